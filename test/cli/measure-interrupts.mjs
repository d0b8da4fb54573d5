// How long each command takes to end after a signal: `npm run measure:interrupts`. Prints the slowest of some rounds, in
// milliseconds, and fails where one takes a quarter of a second or more.

import { spawn } from 'node:child_process';
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
