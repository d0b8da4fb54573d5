/** Matchers for Vitest and Jest: `expect.extend(layoutMatchers)`. */

import { checkLayout } from '../claims/check-layout.ts';
import type { ClaimedRights, ClaimRange, LayoutClaim } from '../claims/claim.ts';
import { type FramesArgument, maps, readOnly } from '../claims/vocabulary.ts';
import type { Walkable } from '../walk/context.ts';

/** What a matcher answers, as Vitest and Jest take it. */
export interface MatcherResult {
  /** The expectation is met. */
  readonly pass: boolean;
  /** Why it is not, or, with `.not`, what is met. */
  readonly message: () => string;
}

/** The matchers, by name. What is expected of is an MMU or a machine. */
export interface LayoutMatchers {
  /** `expect(mmu).toMap([0xc000_0000, 0xc010_0000], 0x10_0000, { writable: true })` */
  readonly toMap: (
    received: Walkable,
    range: ClaimRange,
    to: number | ArrayLike<number>,
    rights?: ClaimedRights,
  ) => MatcherResult;
  /** `expect(mmu).toBeReadOnly('tables')`: no page gives write access to these frames. */
  readonly toBeReadOnly: (received: Walkable, frames: FramesArgument) => MatcherResult;
  /** `expect(mmu).toSatisfy(layout)`: all claims hold. A function is taken as the predicate that Vitest knows. */
  readonly toSatisfy: (
    received: unknown,
    layout: readonly LayoutClaim[] | ((received: unknown) => boolean),
  ) => MatcherResult;
}

/**
 * The matchers. A failure tells the counterexample, and what would mend it.
 *
 * @example
 * expect.extend(layoutMatchers);
 * expect(machine).toSatisfy([unmapped([0, 0x1000]), wxExclusive()]);
 */
export const layoutMatchers: LayoutMatchers = {
  toMap: (received, range, to, rights) => verdict(received, [maps(range, to, rights)]),
  toBeReadOnly: (received, frames) => verdict(received, [readOnly(frames)]),
  toSatisfy: (received, layout) => {
    if (typeof layout !== 'function') return verdict(received as Walkable, layout);
    const pass = layout(received);
    return { pass, message: () => `the predicate ${pass ? 'holds' : 'does not hold'}` };
  },
};

function verdict(received: Walkable, layout: readonly LayoutClaim[]): MatcherResult {
  const { ok, claims } = checkLayout(received, layout);
  const lines = claims
    .filter((claim) => claim.ok === ok)
    .map(({ title, counterexample }) =>
      counterexample === undefined
        ? `holds: ${title}`
        : [title, counterexample.text, counterexample.mend && `to mend it: ${counterexample.mend}`]
            .filter(Boolean)
            .join('\n  '),
    );
  return { pass: ok, message: () => lines.join('\n') };
}
