// How long each command takes to end after a signal: `npm run measure:interrupts`. Prints the slowest of some rounds, in
// milliseconds, and fails where one takes a quarter of a second or more.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js');
const ROUNDS = Number(process.argv[2] ?? 5);
const LIMIT = 250;
const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
const image = join(directory, 'a.x86page');
const kernel = join(directory, 'kernel');
writeFileSync(kernel, new Uint8Array(200 * 2 ** 20).fill(7));
const domain = join(directory, 'domain.x86page');
execFileSync(process.execPath, [MAIN, 'build', '--memory', '512M', '--out', domain], { stdio: 'ignore' });
const layout = join(directory, 'layout.json');
writeFileSync(layout, '{ "claims": [{ "readOnly": "tables" }] }');
const builder = resolve(import.meta.dirname, '../../examples/builders/builder.mjs');

/** Commands, each with when to send the signal: spread over its run, a little later each round. */
const COMMANDS = [
  [['build', '--memory', '960M', '--kernel', kernel, '--pack', '0xC0000000', '--out', image], 1500],
  [['verify', '-'], 500],
  [['walk', '0', '--image', '-'], 500],
  [['map', '-'], 500],
  [['exercise', '--count', '1000', '--key'], 400],
  [['demo'], 900],
  [['bench'], 3000],
  [['vectors', '--check'], 3000],
  [['page', '--serve'], 500],
  [['map', domain, '--all', '--json'], 600],
  [['lint', domain], 600],
  [['who', '0x2c00000', '--all-roots', '--image', domain], 600],
  [['diff', domain, domain], 600],
  [['roots', domain], 600],
  [['read', '0xC0000000', '0x10000000', '--image', domain], 900],
  [['check', layout, domain], 600],
  [['check', layout, builder, '--runs', '100000'], 1500],
  [['campaign', builder, '--runs', '1000000'], 3000],
  [['xen', 'two-lines-of-defence'], 400],
];

let failed = false;
console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${ROUNDS} rounds; milliseconds`,
);
for (const [args, last] of COMMANDS) {
  const cells = [];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let slowest = 0;
    let done = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const took = await interrupted(args, signal, 150 + ((last - 150) * round) / Math.max(1, ROUNDS - 1));
      if (took === undefined) continue;
      done++;
      slowest = Math.max(slowest, took);
    }
    failed ||= slowest >= LIMIT;
    cells.push(`${signal} ${done === 0 ? 'over before' : `${slowest.toFixed(0)} (${done})`}`.padEnd(22));
  }
  console.log(`${args[0].padEnd(10)} ${cells.join('')}`.trimEnd());
}
const left = readdirSync(directory).filter((name) => name.endsWith('.tmp'));
if (left.length > 0) console.log(`left behind: ${left.join(', ')}`);
rmSync(directory, { recursive: true });
process.exit(failed || left.length > 0 ? 1 : 0);

/** Milliseconds from the signal to the end; undefined if the command was done before. */
async function interrupted(args, signal, after) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  const end = new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
  await new Promise((resolve) => setTimeout(resolve, after));
  if (child.exitCode !== null) return undefined;
  const sent = performance.now();
  child.kill(signal);
  return (await end) === signal ? performance.now() - sent : undefined;
}
