/** The functions that make claims. Each checks what it is given and throws a `RangeError` that names it. */

import { type Access, accessName } from '../arch/access.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { PageSize } from '../arch/paging-modes.ts';
import type {
  AllOfClaim,
  AnyOfClaim,
  AtMostClaim,
  CacheTypeClaim,
  ClaimedFrames,
  ClaimedRights,
  ClaimRange,
  ClosedToClaim,
  DeniesClaim,
  ExecutableOnlyClaim,
  GlobalClaim,
  GrantsClaim,
  HiddenClaim,
  LayoutClaim,
  MapsClaim,
  NoTablesClaim,
  NotClaim,
  NoWritableAliasClaim,
  OnlyClaim,
  PageSizeClaim,
  ProtectionKeyClaim,
  ReadOnlyClaim,
  UnmappedClaim,
  WxExclusiveClaim,
} from './claim.ts';

/** Frames as they may be given: `'tables'`, one or many numbers, or runs of them. */
export type FramesArgument = 'tables' | number | Iterable<number>;

/**
 * Every page of the range leads where it should, and grants what is named.
 *
 * @param to - Physical address of the range's first byte, a multiple of 4096; or the frames of its pages, in order.
 */
export function maps(
  range: ClaimRange,
  to: number | ArrayLike<number>,
  rights: ClaimedRights = {},
): MapsClaim {
  const [start, end] = checkedRange(range);
  if (typeof to === 'number') {
    if (!(Number.isInteger(to) && to >= 0 && to % PAGE_SIZE === 0 && to < 2 ** 52)) {
      throw new RangeError(`maps: the physical address ${to} is not a multiple of 4096 below 2^52`);
    }
  } else {
    const pages = Number((BigInt(end) - BigInt(start)) / BigInt(PAGE_SIZE));
    if (to.length !== pages) {
      throw new RangeError(`maps: ${to.length} frames are given for the ${pages} pages of the range`);
    }
    for (let i = 0; i < to.length; i++) checkFrame('maps', to[i]!);
  }
  return { kind: 'maps', range, to, rights };
}

/** Every page of the range leads to the physical address that equals its own, and grants what is named. */
export function identity(range: ClaimRange, rights: ClaimedRights = {}): MapsClaim {
  checkedRange(range);
  return maps(range, Number(range[0]), rights);
}

/** No page of the range is mapped: guard pages, the page at 0. */
export function unmapped(range: ClaimRange): UnmappedClaim {
  checkedRange(range);
  return { kind: 'unmapped', range };
}

/** No entry is present that concerns the range alone: it has no tables either, not even empty ones. */
export function noTables(range: ClaimRange): NoTablesClaim {
  checkedRange(range);
  return { kind: 'noTables', range };
}

/** Nothing is mapped outside these ranges. */
export function only(ranges: readonly ClaimRange[]): OnlyClaim {
  return { kind: 'only', ranges: ranges.map(checkedRange) };
}

/** What a claim on frames may leave out. */
export interface FramesOptions {
  /** Ranges whose pages do not count, such as a kernel's window on all of memory. */
  readonly except?: readonly ClaimRange[];
}

/** No page gives write access to these frames: `'tables'` are those that hold page tables. */
export function readOnly(frames: FramesArgument, { except = [] }: FramesOptions = {}): ReadOnlyClaim {
  return { kind: 'readOnly', frames: checkedFrames('readOnly', frames), except: except.map(checkedRange) };
}

/**
 * A frame that has more than one use has no page that gives write access. Its uses are the pages that lead to it, and
 * to be a page table: so a table has no writable page at all, and any other frame that two pages share has none.
 */
export function noWritableAlias(
  frames: FramesArgument,
  { except = [] }: FramesOptions = {},
): NoWritableAliasClaim {
  const checked = checkedFrames('noWritableAlias', frames);
  return { kind: 'noWritableAlias', frames: checked, except: except.map(checkedRange) };
}

/** No page leads to these frames: not in the range, or nowhere. */
export function hidden(frames: FramesArgument, range?: ClaimRange): HiddenClaim {
  return { kind: 'hidden', frames: checkedFrames('hidden', frames), range: optional(range) };
}

/** User mode (or the supervisor) can do nothing with any page: of the range, or at all. */
export function closedTo(who: 'user' | 'supervisor', range?: ClaimRange): ClosedToClaim {
  if (who !== 'user' && who !== 'supervisor') {
    throw new RangeError(`closedTo: '${String(who)}' is neither 'user' nor 'supervisor'`);
  }
  return { kind: 'closedTo', who, range: optional(range) };
}

/** These accesses succeed on every page of the range. */
export function grants(range: ClaimRange, accesses: readonly Access[]): GrantsClaim {
  return { kind: 'grants', range: checkedRange(range), accesses: checkedAccesses(accesses) };
}

/** These accesses succeed on no page of the range. */
export function denies(range: ClaimRange, accesses: readonly Access[]): DeniesClaim {
  return { kind: 'denies', range: checkedRange(range), accesses: checkedAccesses(accesses) };
}

/** Nothing can be fetched outside these ranges. */
export function executableOnly(ranges: readonly ClaimRange[]): ExecutableOnlyClaim {
  return { kind: 'executableOnly', ranges: ranges.map(checkedRange) };
}

/** No page can be both written and fetched from, by whomever: of the range, or at all. */
export function wxExclusive(range?: ClaimRange): WxExclusiveClaim {
  return { kind: 'wxExclusive', range: optional(range) };
}

/** The pages that the range has are global; with `value` false, none of them is. */
export function global(range: ClaimRange, value = true): GlobalClaim {
  return { kind: 'global', range: checkedRange(range), value };
}

/** The pages that the range has are of this size: 4096, 0x20_0000, 0x40_0000 or 0x4000_0000 bytes. */
export function pageSize(range: ClaimRange, bytes: PageSize): PageSizeClaim {
  if (![0x1000, 0x20_0000, 0x40_0000, 0x4000_0000].includes(bytes)) {
    throw new RangeError(`pageSize: no page has ${bytes} bytes; there are 4 KiB, 2 MiB, 4 MiB and 1 GiB`);
  }
  return { kind: 'pageSize', range: checkedRange(range), bytes };
}

/** The pages that the range has are of this memory type, as PAT, PCD and PWT select it. */
export function cacheType(range: ClaimRange, type: MemoryType): CacheTypeClaim {
  if (!['UC', 'WC', 'WT', 'WP', 'WB', 'UC-'].includes(type)) {
    throw new RangeError(`cacheType: '${String(type)}' is none of UC, WC, WT, WP, WB, UC-`);
  }
  return { kind: 'cacheType', range: checkedRange(range), type };
}

/** The pages that the range has are of this protection key, where CR4.PKE or CR4.PKS makes keys count. */
export function protectionKey(range: ClaimRange, key: number): ProtectionKeyClaim {
  if (!(Number.isInteger(key) && key >= 0 && key <= 15)) {
    throw new RangeError(`protectionKey: ${key} is not a whole number from 0 to 15`);
  }
  return { kind: 'protectionKey', range: checkedRange(range), key };
}

/** The tables, the root's included, are no more than so many frames. */
export function atMost({ tables }: { readonly tables: number }): AtMostClaim {
  if (!(Number.isInteger(tables) && tables >= 1)) {
    throw new RangeError(`atMost: ${tables} tables is not a whole number from 1 up`);
  }
  return { kind: 'atMost', tables };
}

/** All of these hold, as one claim. */
export function allOf(claims: readonly LayoutClaim[]): AllOfClaim {
  return { kind: 'allOf', claims };
}

/** At least one of these holds: a layout that has variants. */
export function anyOf(claims: readonly LayoutClaim[]): AnyOfClaim {
  if (claims.length === 0) throw new RangeError('anyOf: no claim is given, so that none could hold');
  return { kind: 'anyOf', claims };
}

/** This does not hold. */
export function not(claim: LayoutClaim): NotClaim {
  return { kind: 'not', claim };
}

/** A claim with a name for programs, and a sentence or a word on what lies there for readers. */
export function named<C extends LayoutClaim>(
  name: string,
  claim: C,
  words: { readonly title?: string; readonly what?: string } = {},
): C {
  return { ...claim, name, ...words };
}

function optional(range: ClaimRange | undefined): ClaimRange | undefined {
  return range === undefined ? undefined : checkedRange(range);
}

function checkedRange(range: ClaimRange): ClaimRange {
  const [start, end] = range;
  for (const border of range) {
    const whole = typeof border === 'bigint' || Number.isInteger(border);
    if (!(whole && border >= 0 && border <= 2 ** 64)) {
      throw new RangeError(`the border ${border} of a range is not a whole number from 0 to 2^64`);
    }
    if (BigInt(border) % BigInt(PAGE_SIZE) !== 0n) {
      throw new RangeError(`the border 0x${border.toString(16)} of a range is not a multiple of 4096`);
    }
  }
  if (start >= end) {
    throw new RangeError(
      `the range ends at 0x${end.toString(16)}, not after its start 0x${start.toString(16)}`,
    );
  }
  return range;
}

function checkedFrames(claim: string, frames: FramesArgument): ClaimedFrames {
  if (typeof frames === 'string') {
    if (frames === 'tables') return frames;
    throw new RangeError(`${claim}: '${frames}' is neither 'tables' nor the numbers of frames`);
  }
  const all = typeof frames === 'number' ? [frames] : [...frames];
  for (const frame of all) checkFrame(claim, frame);
  return [...new Set(all)].sort((a, b) => a - b);
}

function checkFrame(claim: string, frame: number): void {
  if (Number.isInteger(frame) && frame >= 0 && frame < 2 ** 40) return;
  throw new RangeError(`${claim}: frame ${frame} is not a whole number from 0 to 2^40 - 1`);
}

function checkedAccesses(accesses: readonly Access[]): readonly Access[] {
  for (const access of accesses) {
    if (![0, 1, 2, 4, 5, 6].includes(access)) {
      throw new RangeError(`${accessName(access)} is none of the six kinds of access that software makes`);
    }
  }
  if (accesses.length === 0) throw new RangeError('no kind of access is given');
  return accesses;
}
