/**
 * What a layout may promise, as plain data. The functions of `vocabulary.ts` make it, and `layout-json.ts` reads and
 * writes it.
 */

import type { Access } from '../arch/access.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { PageSize } from '../arch/paging-modes.ts';

/** Linear addresses from the first up to, but not with, the second; multiples of 4096. */
export type ClaimRange = readonly [start: number | bigint, end: number | bigint];

/** Rights that are claimed of pages, in terms of accesses that succeed; what is not named is not claimed. */
export interface ClaimedRights {
  /** Whoever the page is for (user mode where it is a user page) can write it. False: nobody can. */
  readonly writable?: boolean | undefined;
  /** User mode can read it. False: user mode can do nothing with it. */
  readonly user?: boolean | undefined;
  /** Whoever the page is for can fetch from it. False: nobody can. */
  readonly executable?: boolean | undefined;
  /** Its translation is global: G is set, and CR4.PGE too. */
  readonly global?: boolean | undefined;
}

/** Frames of physical memory: those that hold page tables, or some given by number, ascending and each once. */
export type ClaimedFrames = 'tables' | readonly number[];

interface ClaimBase {
  /** What programs call the claim. Default: its kind. */
  readonly name?: string;
  /** The claim as a sentence. Default: made of its parts. */
  readonly title?: string;
  /** What lies there, in a few words, for the reader of a counterexample. */
  readonly what?: string;
}

/** Every page of a range leads where it should, and grants what is named. */
export interface MapsClaim extends ClaimBase {
  readonly kind: 'maps';
  readonly range: ClaimRange;
  /** Physical address of the range's first byte; or the frames of its pages, in order. */
  readonly to: number | ArrayLike<number>;
  readonly rights: ClaimedRights;
}

/** No page of a range is mapped. */
export interface UnmappedClaim extends ClaimBase {
  readonly kind: 'unmapped';
  readonly range: ClaimRange;
}

/** No entry is present that concerns a range alone, not even one that leads to an empty table. */
export interface NoTablesClaim extends ClaimBase {
  readonly kind: 'noTables';
  readonly range: ClaimRange;
}

/** Nothing is mapped outside some ranges. */
export interface OnlyClaim extends ClaimBase {
  readonly kind: 'only';
  readonly ranges: readonly ClaimRange[];
}

/** No page gives write access to some frames. */
export interface ReadOnlyClaim extends ClaimBase {
  readonly kind: 'readOnly';
  readonly frames: ClaimedFrames;
  /** Ranges whose pages do not count. */
  readonly except: readonly ClaimRange[];
}

/** A frame that has more than one use has no page that gives write access: its uses are pages, and to be a table. */
export interface NoWritableAliasClaim extends ClaimBase {
  readonly kind: 'noWritableAlias';
  readonly frames: ClaimedFrames;
  /** Ranges whose pages do not count. */
  readonly except: readonly ClaimRange[];
}

/** No page leads to some frames. */
export interface HiddenClaim extends ClaimBase {
  readonly kind: 'hidden';
  readonly frames: ClaimedFrames;
  /** Where pages are looked at. */
  readonly range: ClaimRange | undefined;
}

/** User mode, or the supervisor, can do nothing with any page of a range. */
export interface ClosedToClaim extends ClaimBase {
  readonly kind: 'closedTo';
  readonly who: 'user' | 'supervisor';
  readonly range: ClaimRange | undefined;
}

/** Accesses that succeed on every page of a range. */
export interface GrantsClaim extends ClaimBase {
  readonly kind: 'grants';
  readonly range: ClaimRange;
  readonly accesses: readonly Access[];
}

/** Accesses that succeed on no page of a range. */
export interface DeniesClaim extends ClaimBase {
  readonly kind: 'denies';
  readonly range: ClaimRange;
  readonly accesses: readonly Access[];
}

/** Nothing can be fetched outside some ranges. */
export interface ExecutableOnlyClaim extends ClaimBase {
  readonly kind: 'executableOnly';
  readonly ranges: readonly ClaimRange[];
}

/** No page of a range can be both written and fetched from, by whomever. */
export interface WxExclusiveClaim extends ClaimBase {
  readonly kind: 'wxExclusive';
  readonly range: ClaimRange | undefined;
}

/** The pages that a range has are global, or are not. */
export interface GlobalClaim extends ClaimBase {
  readonly kind: 'global';
  readonly range: ClaimRange;
  readonly value: boolean;
}

/** The pages that a range has are of one size. */
export interface PageSizeClaim extends ClaimBase {
  readonly kind: 'pageSize';
  readonly range: ClaimRange;
  readonly bytes: PageSize;
}

/** The pages that a range has are of one memory type, as PAT, PCD and PWT select it. */
export interface CacheTypeClaim extends ClaimBase {
  readonly kind: 'cacheType';
  readonly range: ClaimRange;
  readonly type: MemoryType;
}

/** The pages that a range has are of one protection key. */
export interface ProtectionKeyClaim extends ClaimBase {
  readonly kind: 'protectionKey';
  readonly range: ClaimRange;
  readonly key: number;
}

/** The tables, the root's included, are no more than so many frames. */
export interface AtMostClaim extends ClaimBase {
  readonly kind: 'atMost';
  readonly tables: number;
}

/** All of some claims hold, as one claim. */
export interface AllOfClaim extends ClaimBase {
  readonly kind: 'allOf';
  readonly claims: readonly LayoutClaim[];
}

/** At least one of some claims holds. */
export interface AnyOfClaim extends ClaimBase {
  readonly kind: 'anyOf';
  readonly claims: readonly LayoutClaim[];
}

/** A claim does not hold. */
export interface NotClaim extends ClaimBase {
  readonly kind: 'not';
  readonly claim: LayoutClaim;
}

/** One promise of a layout. Holds in every paging mode, for every kind of access. */
export type LayoutClaim =
  | MapsClaim
  | UnmappedClaim
  | NoTablesClaim
  | OnlyClaim
  | ReadOnlyClaim
  | NoWritableAliasClaim
  | HiddenClaim
  | ClosedToClaim
  | GrantsClaim
  | DeniesClaim
  | ExecutableOnlyClaim
  | WxExclusiveClaim
  | GlobalClaim
  | PageSizeClaim
  | CacheTypeClaim
  | ProtectionKeyClaim
  | AtMostClaim
  | AllOfClaim
  | AnyOfClaim
  | NotClaim;
