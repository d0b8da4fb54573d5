import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { attackOf } from '../arbitraries.ts';
import { attack } from '../attack.ts';
import { type Build, makeWorld } from '../world.ts';
import { writeIntoDocs } from './report.ts';

/**
 * `npm run campaign:xen -- [--runs 100000] [--seed 1] [--steps 40] [--report]`: attacks on the repaired hypervisor. With
 * `--report`, a round without a broken promise is told in docs/xen-hypervisor.md.
 */
export function main(args: string[], { built: build }: { readonly built: Build }): number {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      steps: { type: 'string', default: '40' },
      report: { type: 'boolean', default: false },
    },
  });
  const [runs, seed, maxLength] = [Number(values.runs), Number(values.seed), Number(values.steps)];
  let steps = 0;
  const started = performance.now();
  const report = fc.check(
    fc.property(attackOf(maxLength), (sequence) => {
      steps += sequence.length;
      const { xen } = makeWorld(build, { repaired: 'all' });
      const breach = attack(build, xen, sequence);
      if (breach !== undefined) throw new Error(`step ${breach.step}: ${breach.findings.join('; ')}`);
    }),
    { numRuns: runs, seed },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (report.failed) {
    process.stdout.write(`${fc.defaultReportMessage(report)}\n`);
    return 1;
  }
  process.stdout.write(
    `${runs} sequences, ${steps} steps, seed ${seed}: every promise kept (${seconds} s)\n`,
  );
  if (values.report) {
    const count = (value: number): string => value.toLocaleString('en-US');
    writeIntoDocs(
      'campaign',
      `The longest round that is on record: ${count(runs)} sequences, ${count(steps)} steps, seed ${seed}, every promise kept after each step\n(${seconds} s, Node ${process.version}).`,
    );
  }
  return 0;
}
