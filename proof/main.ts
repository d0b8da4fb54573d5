/**
 * `npm run prove`: proves that the walkers which ship equal the manual's rule.
 *
 *   npm run prove                    every theorem
 *   npm run prove -- 32-bit          those whose name contains 32-bit
 *   npm run prove -- --quick         32-bit paging, the TLB and the table writer
 *   npm run prove -- --mutants       every planted mistake is refuted, and its counterexample run for real
 *   npm run prove -- --source mmu/walker.ts=/tmp/walker.ts
 *                                    the theorems that speak of src/mmu/walker.ts, with another file in its place
 *   npm run prove -- --write         docs/proof.md, of all theorems
 *   npm run prove -- --json
 *
 * Exit: 0 all proven (all mutants refuted), 1 not, 2 usage.
 */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';
import type { Theorem } from './claim.ts';
import { Solver } from './engine/solver.ts';
import { type Proof, prove } from './prove.ts';
import { disagreement, RealBuild } from './real-build.ts';
import { writeReport } from './report.ts';
import type { Replacement } from './sources.ts';
import { THEOREMS } from './theorems.ts';

const SEED = 1;
const TIMEOUT_MILLISECONDS = 240_000;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    mutants: { type: 'boolean' },
    source: { type: 'string' },
    write: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const replaced = options.source === undefined ? undefined : replacement(options.source);
const isQuick = ({ mode, id }: Theorem): boolean =>
  mode === 'any' || mode === '32-bit' || id.endsWith('/writer');
const chosen = THEOREMS.filter(
  (theorem) =>
    (names.length === 0 || names.some((name) => theorem.id.includes(name))) &&
    (!options.quick || isQuick(theorem)) &&
    (replaced === undefined || theorem.files.includes(replaced.file)),
);
if (chosen.length === 0 && !options.mutants) usage(`no theorem fits ${process.argv.slice(2).join(' ')}`);

const solver = await Solver.start({ seed: SEED, timeoutMilliseconds: TIMEOUT_MILLISECONDS });
const proofs: Proof[] = [];
let failures = 0;
if (options.mutants) {
  failures = await campaign(solver, names, (text) => process.stdout.write(`${text}\n`));
} else {
  const build = replaced === undefined ? undefined : new RealBuild();
  for (const theorem of chosen) {
    const proof = await prove(solver, theorem, replaced);
    proofs.push(proof);
    if (proof.verdict !== 'proven') failures++;
    if (options.json) continue;
    process.stdout.write(`${line(proof)}\n`);
    if (proof.counterexample === undefined || build === undefined) continue;
    const shown = disagreement(build.run(proof.counterexample, replaced!));
    process.stdout.write(`  RUN FOR REAL: ${shown ?? 'the machine shows no difference'}\n`);
  }
  build?.remove();
}
const seconds = proofs.reduce((sum, proof) => sum + proof.seconds, 0);
if (options.json)
  process.stdout.write(
    `${JSON.stringify({ schema: 'x86-paging/proof/1', solver: solver.version, seed: SEED, proofs })}\n`,
  );
else if (!options.mutants) {
  process.stdout.write(
    `${chosen.length - failures} of ${chosen.length} theorems proven in ${seconds.toFixed(0)} s of CPU by ${solver.version}\n`,
  );
}
if (options.write) writeReport(proofs, solver.version, SEED);
solver.stop();
process.exitCode = failures === 0 ? 0 : 1;

function replacement(text: string): Replacement {
  const [file, path, ...rest] = text.split('=');
  if (!file || !path || rest.length > 0) {
    usage(`--source takes FILE=PATH, such as mmu/walker.ts=/tmp/walker.ts, not ${text}`);
  }
  return { file, text: readFileSync(path, 'utf8') };
}

function usage(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

function line({ theorem, verdict, seconds: took, ...rest }: Proof): string {
  const head = `${verdict === 'proven' ? '✓' : '✗'} ${theorem.id.padEnd(22)} ${took.toFixed(1).padStart(6)} s  ${theorem.sentence}`;
  if ('counterexample' in rest && rest.counterexample)
    return `${head}\n  REFUTED: ${JSON.stringify(rest.counterexample)}`;
  return 'why' in rest && rest.why ? `${head}\n  NOT PROVEN: ${rest.why}` : head;
}
