import type { Access } from '../arch/access.ts';
import type { WalkReport } from '../walk/report.ts';

/** Why a claim does not hold: the first place, from the lowest address up, that breaks it. */
export interface Counterexample {
  /** Linear address of the place; absent where the claim is not about an address. */
  readonly linear?: number | bigint;
  /** The kind of access that shows it; absent where none does. */
  readonly access?: Access;
  /** What the claim promises there, in words. */
  readonly expected: string;
  /** What is there, in words. */
  readonly found: string;
  /** All of it as one sentence. */
  readonly text: string;
  /** Every step of the walk that shows it, each with its entry; absent where no access does. */
  readonly walk?: WalkReport;
  /** What would mend it, where that can be told: which bits of which entry. */
  readonly mend?: string;
}

/** One thing that must hold, and whether it does. */
export interface Claim<Name extends string = string> {
  /** What programs call the claim. */
  readonly name: Name;
  /** The claim as a sentence. */
  readonly title: string;
  /** It holds. */
  readonly ok: boolean;
  /** Present exactly where the claim does not hold. */
  readonly counterexample?: Counterexample;
}

/** The verdict on a layout. */
export interface Verification<Name extends string = string> {
  /** All claims hold. */
  readonly ok: boolean;
  /** Every claim with its own verdict: all of them are judged, also after one has failed. */
  readonly claims: readonly Claim<Name>[];
}
