/**
 * `npm run prove`: proves that the walkers which ship equal the manual's rule.
 *
 *   npm run prove                    every theorem
 *   npm run prove -- 32-bit          those whose name contains 32-bit
 *   npm run prove -- --quick         32-bit paging, the TLB and the table writer
 *   npm run prove -- --mutants       every planted mistake is refuted, and its counterexample run for real
 *   npm run prove -- --json
 *
 * Exit: 0 all proven (all mutants refuted), 1 not.
 */

import { campaign } from './campaign.ts';
import type { Theorem } from './claim.ts';
import { ask } from './counterexample.ts';
import { Solver } from './engine/solver.ts';
import { type Proof, writeReport } from './report.ts';
import { interpreter } from './sources.ts';
import { complete, THEOREMS } from './theorems.ts';

const SEED = 1;
const TIMEOUT_MILLISECONDS = 240_000;

const args = process.argv.slice(2);
const flags = new Set(args.filter((arg) => arg.startsWith('--')));
const names = args.filter((arg) => !arg.startsWith('--'));
const isQuick = ({ mode, id }: Theorem): boolean =>
  mode === 'any' || mode === '32-bit' || id.endsWith('/writer');
const chosen = THEOREMS.filter(
  (theorem) =>
    (names.length === 0 || names.some((name) => theorem.id.includes(name))) &&
    (!flags.has('--quick') || isQuick(theorem)),
);

const solver = await Solver.start({ seed: SEED, timeoutMilliseconds: TIMEOUT_MILLISECONDS });
const proofs: Proof[] = [];
let failures = 0;
const start = performance.now();
if (flags.has('--mutants')) {
  failures = await campaign(solver, names, (text) => process.stdout.write(`${text}\n`));
} else {
  for (const theorem of chosen) {
    const proof = await prove(theorem);
    proofs.push(proof);
    if (proof.verdict !== 'proven') failures++;
    if (!flags.has('--json')) process.stdout.write(`${line(proof)}\n`);
  }
}
const seconds = (performance.now() - start) / 1000;
if (flags.has('--json'))
  process.stdout.write(
    `${JSON.stringify({ schema: 'x86-paging/proof/1', solver: solver.version, seed: SEED, proofs })}\n`,
  );
else if (!flags.has('--mutants')) {
  process.stdout.write(
    `${chosen.length - failures} of ${chosen.length} theorems proven in ${seconds.toFixed(0)} s by Z3 ${solver.version}\n`,
  );
}
if (flags.has('--write')) writeReport(proofs, solver.version, SEED);
solver.stop();
process.exitCode = failures === 0 ? 0 : 1;

async function prove(theorem: Theorem): Promise<Proof> {
  const began = performance.now();
  const run = interpreter();
  const claim = theorem.build(run);
  const answer = await ask(solver, complete(claim, run));
  const took = (performance.now() - began) / 1000;
  const common = { theorem, seconds: took };
  if (answer.verdict === 'impossible') {
    // Of nothing everything is true: that there are inputs at all is asked too.
    const inputs = await solver.ask(claim.assumptions);
    if (inputs.verdict === 'possible') return { ...common, verdict: 'proven' };
    return {
      ...common,
      verdict: 'not proven',
      why: `no input is shown to meet the assumptions: ${inputs.verdict}`,
    };
  }
  if (answer.verdict === 'unknown') return { ...common, verdict: 'not proven', why: answer.reason };
  return {
    ...common,
    verdict: 'refuted',
    counterexample: { theorem: theorem.id, mode: theorem.mode, ...answer.machine },
  };
}

function line({ theorem, verdict, seconds: took, ...rest }: Proof): string {
  const head = `${verdict === 'proven' ? '✓' : '✗'} ${theorem.id.padEnd(22)} ${took.toFixed(1).padStart(6)} s  ${theorem.sentence}`;
  if ('counterexample' in rest && rest.counterexample)
    return `${head}\n  REFUTED: ${JSON.stringify(rest.counterexample)}`;
  return 'why' in rest && rest.why ? `${head}\n  NOT PROVEN: ${rest.why}` : head;
}
