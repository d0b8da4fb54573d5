/**
 * The runs of one table, from an entry that maps a page on: the loop that a scan of all pages spends its time in. Short
 * runs are made in local variables and stored once; where a run goes on for some entries, it is looked ahead for its end.
 */

import * as addresses from '../arch/address.ts';
import * as entry from '../arch/entry.ts';
import { type EntryRules, type LevelRules, mapsPage } from './entry-rules.ts';
import { consecutive32, consecutive64, same32, same64 } from './look-ahead.ts';
import * as run from './run-attributes.ts';
import * as rows from './run-rows.ts';
import type { Pages } from './subtrees.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PTE_A, PTE_D, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH, PTE_NX_HIGH, PTE_P } = entry;
const { PTE_PAT, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } = entry;
const { RUN_CONTIGUOUS, RUN_KEYED, RUN_KEY_SHIFT, RUN_NX, RUN_ONE_FRAME, RUN_SIZE_SHIFT } = run;
const { PAGE_SIZE } = addresses;
const { BATCH } = rows;
const LAYOUT = RUN_CONTIGUOUS | RUN_ONE_FRAME;
const HIGH_HALF = 0x1_0000_0000;
const A_SHIFT: number = Math.log2(PTE_A);
const D_SHIFT: number = Math.log2(PTE_D);
/** As far as indices are known to be integers, so that V8 need not look for an overflow when it adds to one. */
const INDEX_MASK = 0x3fff_ffff;
/** So long is a run before it is looked ahead, and so many pages further on again where that led nowhere. */
const LOOK_AHEAD = 4;

/** A table: where its entries are, what the levels above leave, and what has been found in it. */
export interface LeafTable {
  readonly words: Int32Array;
  /** Index in `words` of its first entry. */
  readonly base: number;
  /** The first entry that is no longer of interest. */
  readonly end: number;
  /** `PTE_RW`, `PTE_US` and `RUN_NX` as the levels above leave them. */
  readonly rights: number;
  /** The pages found so far, while they are mapped alike; undefined: none was found. */
  found: Pages | undefined;
  /** They are not. */
  mixed: boolean;
}

/** Adds pages to what is known of a table. */
export function note(table: LeafTable, next: Pages, contiguous: boolean): void {
  if (table.mixed) return;
  table.found = table.found === undefined ? next : rows.joined(table.found, next, contiguous);
  table.mixed = table.found === undefined;
}

/** What a scan has been told, prepared. */
export interface LeafOptions {
  /** A and D where they end a run. */
  readonly accessedDirty: number;
  /** Entries that look consecutive are. Not so where the board lacks address lines. */
  readonly allLines: boolean;
}

/**
 * Takes entries from `first` on that map pages or nothing, until one leads to a table or the batch is full. Entry `first`
 * maps a page. The last run stays in the row after the complete ones, as it may still grow.
 *
 * @param page - The page of the table's first entry, as the number of its 64-bit address.
 * @param out - Receives the runs.
 * @returns The next entry.
 */
export function leafRuns(
  table: LeafTable,
  level: LevelRules,
  rules: EntryRules,
  first: number,
  page: number,
  out: rows.RunRows,
  { accessedDirty, allLines }: LeafOptions,
): number {
  const { contiguous } = out;
  const { words } = table;
  const wide = rules.entryBytes === 8;
  const stride = wide ? 2 : 1;
  const wideShift = wide ? 1 : 0;
  const levelPages = level.pages | 0;
  // Said to be integers of 32 bits, or V8 takes them for doubles, and all that is made of them.
  const base = table.base | 0;
  const rights = table.rights | 0;
  const end = base + (table.end | 0) * stride;
  const { bytes, pse36, isLast } = level;
  const reservedPage = level.reservedPage | 0;
  const reservedHigh = level.reservedHigh | 0;
  const patBit = level.patBit | 0;
  const shift = level.level.shift | 0;
  const linesHigh = rules.linesHigh | 0;
  const addressLow = level.pageMask & rules.linesLow;
  const step = 1 << shift;
  const fixed = (shift << RUN_SIZE_SHIFT) | (rights & RUN_NX);
  const leafBits = PTE_PWT | PTE_PCD | rules.globalBit | accessedDirty | (rights & (PTE_RW | PTE_US));
  const noExecute = rules.noExecute && (rights & RUN_NX) === 0;
  const likeLow = level.alike | accessedDirty | (rights & (PTE_RW | PTE_US));
  const likeHigh = reservedHigh | (noExecute ? PTE_NX_HIGH : 0);
  const userKeys = rules.userKeys ? PTE_KEY_HIGH : 0;
  const supervisorKeys = rules.supervisorKeys ? PTE_KEY_HIGH : 0;
  const userBit = rights & PTE_US;

  const { growing } = out;
  const { pages: pagesOf, physical: physicalOf, last: lastOf, attributes: attributesOf } = out;
  const { page: pageOf, accessed: accessedOf, dirty: dirtyOf } = out;
  /** `PTE_A` and `PTE_D` of the run that may still grow, if it does not. */
  let allSet = 0;
  let { count } = out;
  let begun = 0;
  /** The row after the complete ones holds a run that began here, and may still grow. */
  let open = false;
  let at = base + (first | 0) * stride;
  while (at < end && count < BATCH) {
    const start = at;
    const low = words[at]!;
    if ((low & PTE_P) === 0) {
      at += stride;
      continue;
    }
    const high = wide ? words[at + 1]! : 0;
    if (!isLast && !mapsPage(level, low)) break;
    at += stride;
    if (((low & reservedPage) | (high & reservedHigh)) !== 0) continue;

    const keys = (low & userBit) !== 0 ? userKeys : supervisorKeys;
    const sameHigh = likeHigh | keys;
    const upper = pse36 ? (low >>> 13) & 0xff : high;
    const physicalLow = low & addressLow;
    const physicalHigh = upper & linesHigh;
    let lastLow = physicalLow;
    let lastHigh = physicalHigh;
    let layout = LAYOUT;
    let pages = 1;
    let accessed = (low >>> A_SHIFT) & 1;
    let dirty = (low >>> D_SHIFT) & 1;
    let lookAhead = LOOK_AHEAD;
    while (at < end) {
      const nextLow = words[at]!;
      const nextHigh = wide ? words[at + 1]! : 0;
      if ((((nextLow ^ low) & likeLow) | ((nextHigh ^ high) & sameHigh)) !== 0) break;
      const nextUpper = pse36 ? (nextLow >>> 13) & 0xff : nextHigh;
      const addressOfNext = nextLow & addressLow;
      const highOfNext = nextUpper & linesHigh;
      const follower = (lastLow + step) | 0;
      const carry = follower === 0 ? 1 : 0;
      const still =
        layout &
        ((addressOfNext === follower && highOfNext === lastHigh + carry ? RUN_CONTIGUOUS : 0) |
          (addressOfNext === physicalLow && highOfNext === physicalHigh ? RUN_ONE_FRAME : 0));
      if (still === 0) break;
      layout = still;
      lastLow = addressOfNext;
      lastHigh = highOfNext;
      pages++;
      accessed += (nextLow >>> A_SHIFT) & 1;
      dirty += (nextLow >>> D_SHIFT) & 1;
      at += stride;
      if (pages < lookAhead) continue;
      // Entries that differ by their frame alone, each from the one before, or not at all.
      const from = at;
      if (layout === RUN_ONE_FRAME) {
        at = wide ? same64(words, at, end, nextLow, nextHigh) : same32(words, at, end, nextLow);
      } else if (allLines) {
        // The address part of the low half must not run over.
        const limit = Math.min(end, at + ((-1 >>> shift) - (nextLow >>> shift)) * stride);
        at = wide
          ? consecutive64(words, at, limit, nextLow, nextHigh, step)
          : consecutive32(words, at, limit, nextLow, step);
      }
      const more = (at - from) >> wideShift;
      pages += more;
      if (layout !== RUN_ONE_FRAME) lastLow = (lastLow + more * step) | 0;
      accessed += more * ((nextLow >>> A_SHIFT) & 1);
      dirty += more * ((nextLow >>> D_SHIFT) & 1);
      lookAhead = pages + LOOK_AHEAD;
    }
    if (!contiguous && at < end) {
      // Where they lie does not matter any more, if there are more.
      const scattered = at;
      let setA = 0;
      let setD = 0;
      if (wide) {
        for (; at < end; at += 2) {
          const next = words[at]!;
          if ((((next ^ low) & likeLow) | ((words[at + 1]! ^ high) & sameHigh)) !== 0) break;
          setA += next & PTE_A;
          setD += next & PTE_D;
        }
      } else {
        for (; at < end; at++) {
          const next = words[at]!;
          if (((next ^ low) & likeLow) !== 0) break;
          setA += next & PTE_A;
          setD += next & PTE_D;
        }
      }
      if (at > scattered) {
        layout = 0;
        pages += (at - scattered) >> wideShift;
        accessed += setA >>> A_SHIFT;
        dirty += setD >>> D_SHIFT;
      }
    }

    let attributes = fixed | layout | (low & leafBits);
    if ((low & patBit) !== 0) attributes |= PTE_PAT;
    if (noExecute && high < 0) attributes |= RUN_NX;
    if (keys !== 0)
      attributes |= RUN_KEYED | (((high & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH) << RUN_KEY_SHIFT);
    // Nothing that comes later in a table joins what comes earlier: it would have been taken with it.
    if (begun > 0) {
      if (open) {
        attributesOf[count]! |= allSet;
        count++;
      }
      table.mixed = true;
    }
    const row = begun > 0 || !growing ? count : count + 1;
    pageOf[row] = page + ((start - base) >> wideShift) * levelPages;
    pagesOf[row] = pages;
    physicalOf[row] = physicalHigh * HIGH_HALF + (physicalLow >>> 0);
    lastOf[row] = lastHigh * HIGH_HALF + (lastLow >>> 0);
    attributesOf[row] = attributes;
    accessedOf[row] = accessed;
    dirtyOf[row] = dirty;
    allSet = (accessed === pages ? PTE_A : 0) | (dirty === pages ? PTE_D : 0);
    if (begun === 0) {
      if (!table.mixed) note(table, out.pagesIn(row), contiguous);
      out.join(row, bytes);
      count = out.count;
      allSet =
        (accessedOf[count] === pagesOf[count] ? PTE_A : 0) | (dirtyOf[count] === pagesOf[count] ? PTE_D : 0);
    }
    begun++;
    open = true;
    if (pages > 1 || !isLast || (userKeys | supervisorKeys) !== 0 || at >= end || count >= BATCH) continue;
    // A page by itself is seldom alone.
    const from = at;
    const grown = attributesOf[count]!;
    attributesOf[count] = grown | allSet;
    out.count = count + 1;
    at = singlePages(
      words,
      at,
      end,
      stride,
      page + ((at - base) >> wideShift),
      out,
      addressLow,
      linesHigh,
      fixed,
      leafBits,
      likeLow,
      likeHigh,
      reservedHigh,
      noExecute ? RUN_NX : 0,
      patBit,
    );
    if (at === from) {
      // None: what was found may still grow, without the bits that it has when it does not.
      attributesOf[count] = grown;
      out.count = count;
      continue;
    }
    table.mixed = true;
    count = out.count;
    open = false;
  }
  out.count = count;
  if (begun > 0) out.growing = open;
  return (at - base) >> wideShift;
}

/**
 * Takes 4 KiB pages that are runs by themselves, as long as one follows the other: neither the page before nor the one
 * behind is mapped alike and lies next to it. A function of its own, small enough for all of it to stay in registers.
 *
 * @param at - The index in `words` of the first entry. The run before it is complete.
 * @returns The index of the first entry that is anything else, or the last of the table.
 */
function singlePages(
  words: Int32Array,
  at: number,
  end: number,
  stride: number,
  page: number,
  out: rows.RunRows,
  addressLow: number,
  linesHigh: number,
  fixed: number,
  leafBits: number,
  likeLow: number,
  likeHigh: number,
  reservedHigh: number,
  noExecute: number,
  patBit: number,
): number {
  const { page: pageOf, pages: pagesOf, physical: physicalOf, attributes: attributesOf } = out;
  const { accessed: accessedOf, dirty: dirtyOf, contiguous } = out;
  // Integers by name: V8 would ask of each argument, at each use, whether it still is one.
  const [lineBits, lineBitsHigh] = [addressLow | 0, linesHigh | 0];
  const [alikeBits, alikeBitsHigh, reserved] = [likeLow | 0, likeHigh | 0, reservedHigh | 0];
  const common = fixed | LAYOUT;
  const bits = leafBits | PTE_A | PTE_D;
  const [pat, nx] = [patBit | 0, noExecute | 0];
  const step = stride & 3;
  // Where an entry has one word, it is read once more and counts as nothing.
  const highAt = step - 1;
  const highMask = step === 2 ? -1 : 0;
  const last = (end - step) & INDEX_MASK;
  let row = out.count & INDEX_MASK;
  const before = page - row;
  let i = at & INDEX_MASK;
  let low = words[i]!;
  let high = words[i + highAt]! & highMask;
  for (; i < last && row < BATCH; row++) {
    if ((low & PTE_P) === 0 || (high & reserved) !== 0) break;
    const behind = (i + step) & INDEX_MASK;
    const next = words[behind]!;
    const nextHigh = words[behind + highAt]! & highMask;
    if ((((next ^ low) & alikeBits) | ((nextHigh ^ high) & alikeBitsHigh)) === 0) {
      if (!contiguous) break;
      // Nearly all that follow each other do so without a carry; those that do not are left to the other loop.
      const apart = ((next & lineBits) - (low & lineBits)) | ((nextHigh ^ high) & lineBitsHigh);
      if (apart === 0 || apart === PAGE_SIZE || (next & lineBits) === 0) break;
    }
    let attributes = common | (low & bits) | ((high >> 31) & nx);
    if ((low & pat) !== 0) attributes |= PTE_PAT;
    attributesOf[row] = attributes;
    pageOf[row] = before + row;
    pagesOf[row] = 1;
    physicalOf[row] = (high & lineBitsHigh) * HIGH_HALF + ((low & lineBits) >>> 0);
    accessedOf[row] = (low >>> A_SHIFT) & 1;
    dirtyOf[row] = (low >>> D_SHIFT) & 1;
    low = next;
    high = nextHigh;
    i = behind;
  }
  out.count = row;
  return i;
}
