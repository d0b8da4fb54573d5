/** A counterexample as a machine that says so, and back. */

import type { Access } from '../arch/access.ts';
import { judgedInWords, subjectOf } from '../claims/check-layout.ts';
import type { LayoutClaim } from '../claims/claim.ts';
import type { FindingWords } from '../claims/counterexample.ts';
import type { Claim } from '../claims/verification.ts';
import type { Machine } from '../machine/machine.ts';
import type { Said } from '../said/said.ts';
import { contextOf, type Walkable } from '../walk/context.ts';
import { explainWalk } from '../walk/explain.ts';
import type { WalkReport } from '../walk/report.ts';
import { notesOf, readNotes } from './notes.ts';
import type { SmallCounterexample } from './smallest.ts';

/**
 * The machine of a counterexample, with the claim and the access in its notes: what `saveMachine` makes a file of, for
 * {@link replayCounterexample} and `x86-paging replay`.
 *
 * @throws RangeError for a claim of more than about 60,000 characters as JSON.
 * @example
 * writeFileSync('counterexample.x86page', saveMachine(counterexampleMachine(small)));
 */
export function counterexampleMachine(small: SmallCounterexample): Machine {
  const { machine, claim, title, counterexample } = small;
  const { linear, access } = counterexample;
  const notes = notesOf({
    claim,
    title,
    access: linear === undefined || access === undefined ? undefined : { kind: access, linear },
  });
  return { ...machine, notes };
}

/** An access to one address. */
export interface ReplayedAccess {
  /** Of which kind. */
  readonly kind: Access;
  /** Byte address. */
  readonly linear: number | bigint;
}

/** What {@link replayCounterexample} finds. */
export interface Replay {
  /** The whole claim of the layout, as a sentence. */
  readonly title: string;
  /** The claim that was saved: of a range, what it says of the one page. */
  readonly claim: LayoutClaim;
  /** The access that was saved; undefined where none shows the failure. */
  readonly access: ReplayedAccess | undefined;
  /** What that access does now, step by step; undefined where there is none. */
  readonly walk: WalkReport | undefined;
  /** Whether the claim holds now, and the counterexample if it does not. */
  readonly verdict: Claim;
  /** The saved claim as a sentence that can be said in another language. */
  readonly claimed: Said;
  /** The same of what the verdict's counterexample says; undefined where the claim holds. */
  readonly words: FindingWords | undefined;
}

/**
 * Judges the claim of a saved counterexample again: on its own machine, or on another one, such as the whole machine
 * after its builder has been mended.
 *
 * @param saved - What {@link counterexampleMachine} made, as `loadMachine` gives it back.
 * @param on - The machine or MMU to judge. Default: the saved machine.
 * @throws CounterexampleError if the saved machine holds no counterexample, or one that cannot be read.
 */
export function replayCounterexample(saved: Machine, on: Walkable = saved): Replay {
  const { claim, title, access } = readNotes(saved);
  const context = contextOf(on);
  const { verdict, title: claimed, words } = judgedInWords(claim, subjectOf(context));
  return {
    title,
    claim,
    access,
    walk: access === undefined ? undefined : explainWalk(context, access.linear, access.kind),
    verdict,
    claimed,
    words,
  };
}
