/** What a guard tells. */

import type { Access } from '../arch/access.ts';
import type { Claim } from '../claims/verification.ts';
import type { WalkReport } from '../walk/report.ts';

/** One thing that was done, as the guard counts them. */
export interface GuardStep {
  /**
   * Its number, from 1: accesses, loads of registers and invalidations count, and writes to page tables in force; writes
   * to other memory do not.
   */
  readonly step: number;
  /** Who did it, as `Guard.as` was told; empty where it was not told. */
  readonly who: string;
  /** What it was, in words. */
  readonly what: string;
}

/** An entry of a page table that was written to. */
export interface GuardWrite extends GuardStep {
  /** Physical address of the entry. */
  readonly address: number;
  /** What it held. */
  readonly before: number | bigint;
  /** What it held afterwards. */
  readonly after: number | bigint;
}

/** A claim of the layout that held, and does not hold since this step. */
export interface LayoutFinding extends GuardStep {
  /** Which kind of finding it is. */
  readonly kind: 'layout';
  /** The claim, with its counterexample. */
  readonly claim: Claim;
  /** The entries that this step wrote; none where it loaded a register. */
  readonly writes: readonly GuardWrite[];
  /** All of it as one sentence. */
  readonly text: string;
  /** How it came about, line by line. */
  readonly story: readonly string[];
}

/** A translation that was used after its entry had changed, without an invalidation in between. */
export interface StaleFinding extends GuardStep {
  /** Which kind of finding it is. */
  readonly kind: 'stale';
  /** The linear address of the access. */
  readonly linear: number | bigint;
  /** Its kind. */
  readonly access: Access;
  /** Where it went: a physical address, or -1 for a fault. */
  readonly physical: number;
  /** What the tables said at that time. */
  readonly tables: WalkReport;
  /** When the translation was made that was used; undefined: before the guard was there. */
  readonly cached: GuardStep | undefined;
  /** What has changed its entries since. */
  readonly writes: readonly GuardWrite[];
  /** All of it as one sentence. */
  readonly text: string;
  /** The story of the page, line by line. */
  readonly story: readonly string[];
  /** What would mend it. */
  readonly mend: string;
}

/** One thing that went wrong. */
export type GuardFinding = LayoutFinding | StaleFinding;
