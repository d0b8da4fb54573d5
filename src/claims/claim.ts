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
  /** Which claim this is. */
  readonly kind: 'maps';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
  /** Physical address of the range's first byte; or the frames of its pages, in order. */
  readonly to: number | ArrayLike<number>;
  /** What the pages grant; only what is named is claimed. */
  readonly rights: ClaimedRights;
}

/** No page of a range is mapped. */
export interface UnmappedClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'unmapped';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
}

/** No entry is present that concerns a range alone, not even one that leads to an empty table. */
export interface NoTablesClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'noTables';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
}

/** Nothing is mapped outside some ranges. */
export interface OnlyClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'only';
  /** The linear addresses that it speaks of. */
  readonly ranges: readonly ClaimRange[];
}

/** No page gives write access to some frames. */
export interface ReadOnlyClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'readOnly';
  /** The frames that it speaks of. */
  readonly frames: ClaimedFrames;
  /** Ranges whose pages do not count. */
  readonly except: readonly ClaimRange[];
}

/** A frame that has more than one use has no page that gives write access: its uses are pages, and to be a table. */
export interface NoWritableAliasClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'noWritableAlias';
  /** The frames that it speaks of. */
  readonly frames: ClaimedFrames;
  /** Ranges whose pages do not count. */
  readonly except: readonly ClaimRange[];
}

/** No page leads to some frames. */
export interface HiddenClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'hidden';
  /** The frames that it speaks of. */
  readonly frames: ClaimedFrames;
  /** Where pages are looked at. */
  readonly range: ClaimRange | undefined;
}

/** User mode, or the supervisor, can do nothing with any page of a range. */
export interface ClosedToClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'closedTo';
  /** The ring that it is closed to. */
  readonly who: 'user' | 'supervisor';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange | undefined;
}

/** Accesses that succeed on every page of a range. */
export interface GrantsClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'grants';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
  /** The kinds of access. */
  readonly accesses: readonly Access[];
}

/** Accesses that succeed on no page of a range. */
export interface DeniesClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'denies';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
  /** The kinds of access. */
  readonly accesses: readonly Access[];
}

/** Nothing can be fetched outside some ranges. */
export interface ExecutableOnlyClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'executableOnly';
  /** The linear addresses that it speaks of. */
  readonly ranges: readonly ClaimRange[];
}

/** No page of a range can be both written and fetched from, by whomever. */
export interface WxExclusiveClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'wxExclusive';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange | undefined;
}

/** The pages that a range has are global, or are not. */
export interface GlobalClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'global';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
  /** Whether the translations are global. */
  readonly value: boolean;
}

/** The pages that a range has are of one size. */
export interface PageSizeClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'pageSize';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
  /** The size of every page, in bytes. */
  readonly bytes: PageSize;
}

/** The pages that a range has are of one memory type, as PAT, PCD and PWT select it. */
export interface CacheTypeClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'cacheType';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
  /** The memory type that the pages select. */
  readonly type: MemoryType;
}

/** The pages that a range has are of one protection key. */
export interface ProtectionKeyClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'protectionKey';
  /** The linear addresses that it speaks of. */
  readonly range: ClaimRange;
  /** The protection key of every page, 0–15. */
  readonly key: number;
}

/** The tables, the root's included, are no more than so many frames. */
export interface AtMostClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'atMost';
  /** The greatest number of page tables, the root among them. */
  readonly tables: number;
}

/** All of some claims hold, as one claim. */
export interface AllOfClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'allOf';
  /** The claims that it joins. */
  readonly claims: readonly LayoutClaim[];
}

/** At least one of some claims holds. */
export interface AnyOfClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'anyOf';
  /** The claims that it joins. */
  readonly claims: readonly LayoutClaim[];
}

/** A claim does not hold. */
export interface NotClaim extends ClaimBase {
  /** Which claim this is. */
  readonly kind: 'not';
  /** The claim that must not hold. */
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
