import fc from 'fast-check';
import type { HoleName, XenStep } from '../../../src/xen/index.ts';
import { attackOf } from '../arbitraries.ts';
import { attack } from '../attack.ts';
import { makeWorld } from '../world.ts';
import type { Installation } from './mutants.ts';

/** How long an attack is, on average at most. */
const STEPS_OF_AN_ATTACK = 20;

/** A hole that was found by attacks which know nothing of it. */
interface Found {
  readonly hole: HoleName;
  /** Steps that the search had made by then, those of shrinking included. */
  readonly steps: number;
  /** The shortest story that shrinking came to. */
  readonly story: readonly XenStep[];
}

/**
 * `node test/xen/campaign/run.mjs blind [steps] [seed]`: attacks on the hypervisor as it was. What is found is shrunk, told apart by
 * which repair closes it, closed, and the search goes on.
 */
export function main([budget = '1000000', seed = '1']: string[], { built }: Installation): number {
  const found: Found[] = [];
  let steps = 0;
  for (let round = 0; steps < Number(budget); round++) {
    const closed = found.map(({ hole }) => hole);
    const breach = (story: readonly XenStep[], repaired: readonly HoleName[]): boolean => {
      steps += story.length;
      return attack(built, makeWorld(built, { repaired }).xen, story) !== undefined;
    };
    const property = fc.property(attackOf(30), (story) => steps >= Number(budget) || !breach(story, closed));
    // No more attacks than the budget has room for: those behind it would be drawn, and not made.
    const numRuns = Math.ceil((Number(budget) - steps) / STEPS_OF_AN_ATTACK);
    const report = fc.check(property, { numRuns, seed: Number(seed) + round });
    if (!report.failed) continue;
    const [story] = report.counterexample!;
    const hole = built.HOLE_NAMES.find((name) => !closed.includes(name) && !breach(story, [...closed, name]));
    if (hole === undefined) continue;
    found.push({ hole, steps, story });
    process.stdout.write(`${hole}\t${steps} steps\t${story.length} calls\t${JSON.stringify(story)}\n`);
  }
  return found.length >= 3 ? 0 : 1;
}
