import type { Access } from '../arch/access.ts';
import type { WalkReport } from '../walk/report.ts';

/** Why a claim does not hold: the first place, from the lowest address up, where the domain breaks it. */
export interface Counterexample {
  /** Linear address of the place; absent where the claim is not about an address. */
  readonly linear?: number;
  /** The kind of access that shows it; absent where none does. */
  readonly access?: Access;
  /** What the claim promises there, in words. */
  readonly expected: string;
  /** What is there, in words. */
  readonly found: string;
  /** All of it as one sentence. */
  readonly text: string;
  /** Every step of the walk that shows it; absent where no access does. */
  readonly walk?: WalkReport;
}

/** The names of the claims, in the order in which {@link Verification.claims} lists them. */
export type ClaimName =
  | 'frames-used-once'
  | 'description'
  | 'guest-frames'
  | 'guest-writable'
  | 'tables-read-only'
  | 'no-writable-alias'
  | 'stack-writable'
  | 'guest-closed-to-ring-3'
  | 'nothing-else-mapped'
  | 'xen-range'
  | 'xen-closed-to-ring-3'
  | 'entry-bits'
  | 'start-info'
  | 'shared-info'
  | 'initial-context'
  | 'update-list';

/** One thing that must hold of a domain, and whether it does. */
export interface Claim {
  /** What programs call the claim. */
  readonly name: ClaimName;
  /** The claim as a sentence. */
  readonly title: string;
  /** It holds. */
  readonly ok: boolean;
  /** Present exactly where the claim does not hold. */
  readonly counterexample?: Counterexample;
}

/** The verdict on a domain. */
export interface Verification {
  /** All claims hold. */
  readonly ok: boolean;
  /** Every claim with its own verdict: all of them are judged, also after one has failed. */
  readonly claims: readonly Claim[];
}

/** What `verifyDomain` may be told. */
export interface VerifyOptions {
  /**
   * Called now and then during the walk with the pages done and their number, 2^20. While the walk is under way
   * the accessed and dirty bits that it sets are in memory; what is thrown here ends it and leaves none of them.
   */
  readonly onProgress?: (done: number, total: number) => void;
}
