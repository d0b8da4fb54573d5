/**
 * Lists of 64-bit addresses in long mode: TLB hits, and misses that lead to a 4 KiB page which allows the access.
 * Whatever else an address is, the caller asks `Translation.locate` for it, and comes back.
 */

import * as accesses from '../arch/access.ts';
import * as addresses from '../arch/address.ts';
import * as entry from '../arch/entry.ts';
import { isCanonicalHigh } from '../arch/linear.ts';
import * as permission from '../arch/permissions.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import * as ram from '../memory/physical-memory.ts';
import * as pageWord from '../tlb/tlb-word.ts';
import * as wideTlb from '../tlb/wide-tlb.ts';
import * as rules from './walk-rules.ts';
import { frameOf, index64 } from './walker.ts';
import { INDEX } from './word-hits.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { ACCESS_WRITE_BIT } = accesses;
const { FOUR_GIB, PAGE_OFFSET_MASK, PAGE_SHIFT } = addresses;
const { PDE_PS, PTE_A, PTE_D, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH, PTE_P } = entry;
const { RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } = permission;
const { CHUNK_MASK, CHUNK_SHIFT } = ram;
const { WORD_ADDRESS } = pageWord;
const { wideMeta, WIDE_SLOT_MASK, WIDE_TAG } = wideTlb;
const { KEY_OF_USER_PAGE } = rules;

/** `frame >>> FRAME_TO_CHUNK` is the number of the chunk that holds a frame. */
const FRAME_TO_CHUNK: number = CHUNK_SHIFT - PAGE_SHIFT;
/** From an address to the byte of its PTE, and of its PDE, in their tables. */
const PTE_BYTE_SHIFT: number = PAGE_SHIFT - 3;
const PDE_BYTE_SHIFT: number = PTE_BYTE_SHIFT + 9;
const ENTRY_BYTES_MASK = 0xff8;
/** log2 of what a page directory maps. */
const DIRECTORY_SHIFT = 30;
/** The level of its entries. */
const DIRECTORY_LEVEL = 2;

/** {@link INDEX}, compiled into the code. */
const INDEX_MASK: number = INDEX;

/** After a miss, so many addresses are taken one by one before the loop for hits is tried again. */
export const WIDE_AFTER_MISS = 256;

/** What the loop for misses needs of a walker. */
export type WideWalk = Pick<
  rules.WalkRules,
  | 'rootLow'
  | 'rootHigh'
  | 'rootLevel'
  | 'linearBits'
  | 'busLow'
  | 'busHigh'
  | 'reservedHigh'
  | 'reservedTable'
  | 'globalBit'
  | 'grants'
  | 'keyGrants'
>;

/**
 * Takes hits.
 * @param halves - The addresses, low and high halves in turn.
 * @param end - The index after the last address to be taken.
 * @returns The index of the first address not translated.
 */
export function wideHits(
  halves: Int32Array,
  physical: Float64Array,
  start: number,
  end: number,
  access: accesses.Access,
  tlb: wideTlb.WideTlb,
): number {
  const { words, highs, key } = tlb;
  const pages = tlb.physical;
  const bit = 1 << access;
  const wanted = key | bit;
  const mask = WORD_ADDRESS | bit;
  let i = end > INDEX_MASK ? start : eightHits(halves, physical, start, end, access, tlb);
  for (; i < end; i++) {
    const low = halves[2 * i]!;
    const slot = (low >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differs = ((words[slot]! ^ (low & WIDE_TAG) ^ wanted) & mask) | (highs[slot]! ^ halves[2 * i + 1]!);
    if (differs !== 0) break;
    physical[i] = pages[slot]! + (low & PAGE_OFFSET_MASK);
  }
  return i;
}

/** Takes hits, eight in a turn, as `word-hits.ts` does. @returns As {@link wideHits}; up to seven hits may follow. */
function eightHits(
  halves: Int32Array,
  physical: Float64Array,
  start: number,
  end: number,
  access: accesses.Access,
  tlb: wideTlb.WideTlb,
): number {
  const { words, highs, key } = tlb;
  const pages = tlb.physical;
  const bit = 1 << access;
  const wanted = key | bit;
  const mask = bit | WORD_ADDRESS;
  const last = (end & INDEX_MASK) - 7;
  let i = start & INDEX_MASK;
  for (; i < last; i += 8) {
    const at = i << 1;
    const lowA = halves[at]!;
    const slotA = (lowA >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsA =
      ((words[slotA]! ^ (lowA & WIDE_TAG) ^ wanted) & mask) | (highs[slotA]! ^ halves[at + 1]!);
    if (differsA !== 0) return i;
    physical[i] = pages[slotA]! + (lowA & PAGE_OFFSET_MASK);
    const lowB = halves[at + 2]!;
    const slotB = (lowB >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsB =
      ((words[slotB]! ^ (lowB & WIDE_TAG) ^ wanted) & mask) | (highs[slotB]! ^ halves[at + 3]!);
    if (differsB !== 0) return i + 1;
    physical[i + 1] = pages[slotB]! + (lowB & PAGE_OFFSET_MASK);
    const lowC = halves[at + 4]!;
    const slotC = (lowC >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsC =
      ((words[slotC]! ^ (lowC & WIDE_TAG) ^ wanted) & mask) | (highs[slotC]! ^ halves[at + 5]!);
    if (differsC !== 0) return i + 2;
    physical[i + 2] = pages[slotC]! + (lowC & PAGE_OFFSET_MASK);
    const lowD = halves[at + 6]!;
    const slotD = (lowD >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsD =
      ((words[slotD]! ^ (lowD & WIDE_TAG) ^ wanted) & mask) | (highs[slotD]! ^ halves[at + 7]!);
    if (differsD !== 0) return i + 3;
    physical[i + 3] = pages[slotD]! + (lowD & PAGE_OFFSET_MASK);
    const lowE = halves[at + 8]!;
    const slotE = (lowE >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsE =
      ((words[slotE]! ^ (lowE & WIDE_TAG) ^ wanted) & mask) | (highs[slotE]! ^ halves[at + 9]!);
    if (differsE !== 0) return i + 4;
    physical[i + 4] = pages[slotE]! + (lowE & PAGE_OFFSET_MASK);
    const lowF = halves[at + 10]!;
    const slotF = (lowF >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsF =
      ((words[slotF]! ^ (lowF & WIDE_TAG) ^ wanted) & mask) | (highs[slotF]! ^ halves[at + 11]!);
    if (differsF !== 0) return i + 5;
    physical[i + 5] = pages[slotF]! + (lowF & PAGE_OFFSET_MASK);
    const lowG = halves[at + 12]!;
    const slotG = (lowG >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsG =
      ((words[slotG]! ^ (lowG & WIDE_TAG) ^ wanted) & mask) | (highs[slotG]! ^ halves[at + 13]!);
    if (differsG !== 0) return i + 6;
    physical[i + 6] = pages[slotG]! + (lowG & PAGE_OFFSET_MASK);
    const lowH = halves[at + 14]!;
    const slotH = (lowH >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differsH =
      ((words[slotH]! ^ (lowH & WIDE_TAG) ^ wanted) & mask) | (highs[slotH]! ^ halves[at + 15]!);
    if (differsH !== 0) return i + 7;
    physical[i + 7] = pages[slotH]! + (lowH & PAGE_OFFSET_MASK);
  }
  return i;
}

/**
 * Takes misses that lead to a 4 KiB page which allows the access: walks, sets A and D in the PTE, fills the TLB. Takes
 * hits too. Entries above the PTE must have A set already.
 *
 * The page directory of the last address is remembered, within this call alone: nothing but the walks of this loop
 * changes RAM in between, and they set A and D of PTEs, which leaves an entry's table and rights as they are.
 *
 * @returns The index of the first address not translated, or `end`.
 */
export function wideMisses(
  halves: Int32Array,
  physical: Float64Array,
  start: number,
  end: number,
  access: accesses.Access,
  tlb: wideTlb.WideTlb,
  memory: DirectRam,
  walk: WideWalk,
): number {
  const { words, highs, bases, stamps, meta, key } = tlb;
  const pages = tlb.physical;
  const { busLow, busHigh, reservedHigh, globalBit, grants, keyGrants } = walk;
  const chunks = memory.words;
  const { frameCount } = memory;
  const { pcid } = tlb;
  const bit = 1 << access;
  const usedBits = (access & ACCESS_WRITE_BIT) !== 0 ? PTE_A | PTE_D : PTE_A;
  let { clock } = tlb;
  // The directory that is remembered, and what it is the directory of. No canonical address has this high half.
  let directoryOf = 0;
  let directoryOfHigh = 0x4000_0000;
  let directory = chunks[0]!;
  let directoryAt = 0;
  let directoryRights = 0;
  let i = start;
  for (; i < end; i++) {
    const low = halves[2 * i]!;
    const high = halves[2 * i + 1]!;
    const slot = (low >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const cached = words[slot]!;
    if (highs[slot] === high && ((cached ^ low) & WIDE_TAG) === 0) {
      if (((cached ^ key) & wideTlb.WIDE_EPOCH) === 0 && (cached & bit) !== 0) {
        physical[i] = (low & PAGE_OFFSET_MASK) + pages[slot]!;
        continue;
      }
      if (tlb.isMine(slot)) break;
    }

    if (low >>> DIRECTORY_SHIFT !== directoryOf || high !== directoryOfHigh) {
      if (!findDirectory(low, high, memory, walk)) break;
      directoryOf = low >>> DIRECTORY_SHIFT;
      directoryOfHigh = high;
      directory = chunks[found[0]!]!;
      directoryAt = found[1]!;
      directoryRights = found[2]!;
    }
    const pdeAt = directoryAt | (((low >>> PDE_BYTE_SHIFT) & ENTRY_BYTES_MASK) >>> 2);
    const pdeLow = directory[pdeAt]!;
    const pdeHigh = directory[pdeAt | 1]!;
    if ((pdeLow & (PTE_P | PTE_A | PDE_PS)) !== (PTE_P | PTE_A) || (pdeHigh & reservedHigh) !== 0) break;
    const tableLow = pdeLow & busLow;
    const tableHigh = pdeHigh & busHigh;
    const frame = frameOf(tableLow, tableHigh);
    if (frame >>> 0 >= frameCount) break;
    const table = chunks[frame >>> FRAME_TO_CHUNK]!;
    const pteAt = ((tableLow & CHUNK_MASK) | ((low >>> PTE_BYTE_SHIFT) & ENTRY_BYTES_MASK)) >>> 2;
    const pteLow = table[pteAt]!;
    const pteHigh = table[pteAt | 1]!;
    if ((pteLow & PTE_P) === 0 || (pteHigh & reservedHigh) !== 0) break;

    const used = pteLow | usedBits;
    const rights =
      (directoryRights & ((pdeLow & pteLow) >>> 1) & (RIGHT_RW | RIGHT_US)) |
      ((directoryRights | (pdeHigh >>> 28) | (pteHigh >>> 28)) & RIGHT_NX) |
      ((used >>> 4) & RIGHT_D);
    const pageKey = (pteHigh & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH;
    const bits =
      grants[rights]! & keyGrants[(rights & RIGHT_US) !== 0 ? pageKey + KEY_OF_USER_PAGE : pageKey]!;
    if ((bits & bit) === 0) break;
    if (used !== pteLow) table[pteAt] = used;

    const page = (pteHigh & busHigh) * FOUR_GIB + ((pteLow & WORD_ADDRESS & busLow) >>> 0);
    words[slot] = (low & WIDE_TAG) | key | bits;
    highs[slot] = high;
    bases[slot] = (high >>> 0) * FOUR_GIB + ((low & WORD_ADDRESS) >>> 0);
    pages[slot] = page;
    meta[slot] = wideMeta(rights, pageKey, PAGE_SHIFT, (used & globalBit) !== 0, access, pcid);
    clock += 1;
    stamps[slot] = clock;
    physical[i] = page + (low & PAGE_OFFSET_MASK);
  }
  tlb.clock = clock;
  return i;
}

/** What {@link findDirectory} has found: the chunk, the place in it, in words, and the rights of the entries above. */
const found = new Int32Array(3);

/**
 * The page directory of an address, by entries that a walk leaves as they are.
 * @returns false if there is none, or the walk would fault, or set A on the way.
 */
function findDirectory(low: number, high: number, memory: DirectRam, walk: WideWalk): boolean {
  if (!isCanonicalHigh(high, walk.linearBits)) return false;
  let tableLow = walk.rootLow;
  let tableHigh = walk.rootHigh;
  let rights = RIGHT_RW | RIGHT_US;
  for (let level = walk.rootLevel; ; level--) {
    const frame = frameOf(tableLow, tableHigh);
    if (frame >>> 0 >= memory.frameCount) return false;
    const at = (tableLow & CHUNK_MASK) >>> 2;
    if (level === DIRECTORY_LEVEL) {
      found[0] = frame >>> FRAME_TO_CHUNK;
      found[1] = at;
      found[2] = rights;
      return true;
    }
    const words = memory.words[frame >>> FRAME_TO_CHUNK]!;
    const entryLow = words[at | (index64(low, high, level) << 1)]!;
    const entryHigh = words[at | (index64(low, high, level) << 1) | 1]!;
    if ((entryLow & (PTE_P | PTE_A | PDE_PS)) !== (PTE_P | PTE_A)) return false;
    if (((entryHigh & walk.reservedHigh) | (entryLow & walk.reservedTable[level]!)) !== 0) return false;
    rights = (rights & (entryLow >>> 1) & 3) | ((rights | (entryHigh >>> 28)) & RIGHT_NX);
    tableLow = entryLow & walk.busLow;
    tableHigh = entryHigh & walk.busHigh;
  }
}
