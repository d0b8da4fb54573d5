import { ACCESS_WRITE_BIT, type Access } from '../arch/access.ts';
import * as addresses from '../arch/address.ts';
import * as entry from '../arch/entry.ts';
import * as fault from '../arch/fault.ts';
import * as permission from '../arch/permissions.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import * as ram from '../memory/physical-memory.ts';
import type * as tlbPages from '../tlb/page-tlb.ts';
import * as word from '../tlb/tlb-word.ts';
import { INDEX, wordHits } from './word-hits.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time: a fifth of a miss.
const { PAGE_OFFSET_MASK } = addresses;
const { PDE_PS, PTE_A, PTE_D, PTE_FRAME_MASK, PTE_P } = entry;
const { CHUNK_MASK, CHUNK_SHIFT } = ram;
const { PF_P } = fault;
const { RIGHT_D } = permission;
const { WORD_ADDRESS } = word;

/** What the inner loop needs of a walker, and no other file. */
export interface PlainWalk {
  /** Physical address of the directory, int32. */
  readonly rootLow: number;
  /** By rights: the low bits of a TLB word. */
  readonly wordBits: Int32Array;
  /** G where it counts, else 0. */
  readonly globalBit: number;
  /** By access: the bits of an error code that describe it. */
  readonly accessCodes: Int32Array;
}

/** {@link INDEX}, compiled into the code. */
const INDEX_MASK: number = INDEX;
/** From so many on, filling a list is worth the call. */
const MANY = 128;

/** In a list of error codes: the address was translated. No page fault has this code. */
export const NO_FAULT = 0xff;
/**
 * In a list of error codes: the address was translated, but to 4 GiB or above, which a `Uint32Array` of physical
 * addresses cannot hold. Give a `Float64Array`, or ask `translate`. No page fault has this code.
 */
export const ABOVE_4_GIB = 0xfe;
/** In a list of error codes: the address is not canonical, so that #GP is raised and no page fault. */
export const NOT_CANONICAL = 0xfd;
/** In a list of physical addresses: there is none, as the address faults. */
export const NO_ADDRESS = -1;

/** Of an entry: where its frame lies in the chunk. */
const FRAME_IN_CHUNK = CHUNK_MASK & PTE_FRAME_MASK;
/** Frames that a 32-bit entry reaches. */
const FRAMES_OF_32_BITS = 0x10_0000;
/** How far G of an entry lies above `WORD_GLOBAL`. */
const GLOBAL_TO_WORD = 5;

/** After a miss, so many addresses are taken one by one before hits are tried again. */
const AFTER_MISS = 256;

/**
 * Translates addresses as long as nothing out of the ordinary happens: TLB hits and, in 32-bit paging, misses that lead
 * to a 4 KiB page which allows the access. It stops at the first address that is anything else; the
 * caller asks `Mmu.translate` for that one, and comes back.
 *
 * The walk is that of `Walker.word32` once more, with everything in local variables: loops that call nothing are what
 * the JIT makes into code that compares with C's. A property test pins them to `translate`.
 *
 * @param faultCodes - If given, page faults are ordinary too: their error codes go here, {@link NO_FAULT} elsewhere.
 * @param walk - Undefined where only hits are to be taken: in other paging modes.
 * @returns The index of the first address not translated, or `linear.length`.
 */
export function translateRun(
  linear: Uint32Array,
  physical: Uint32Array,
  start: number,
  access: Access,
  faultCodes: Uint8Array | undefined,
  tlb: tlbPages.PageTlb,
  memory: DirectRam,
  walk: PlainWalk | undefined,
): number {
  // What lies beyond all that the loops can count is left to the caller.
  const length = Math.min(linear.length, INDEX_MASK);
  if (start >= length) return start;
  const rootIsRam = walk !== undefined && walk.rootLow >>> 12 < memory.frameCount;
  if (!rootIsRam) return wordHits(linear, physical, start, access, tlb.words);

  tlb.reserve(Math.min(length - start, tlb.words.length));
  tlb.open();
  let i = start;
  for (;;) {
    i = wordHits(linear, physical, i, access, tlb.words);
    const end = Math.min(length, i + AFTER_MISS);
    i = misses(linear, physical, i, end, access, tlb, memory, walk);
    if (i === length) break;
    if (i === end) continue;
    if (faultCodes === undefined) break;
    const first = i;
    i = faults(linear, physical, i, access, faultCodes, tlb.words, memory, walk);
    if (i === first) break;
  }
  tlb.close();
  return i;
}

/**
 * Takes misses that lead to a 4 KiB page which allows the access: walks, sets A and D, fills the TLB. Takes hits too.
 * @returns The index of the first address not translated, or `end`.
 */
function misses(
  linear: Uint32Array,
  physical: Uint32Array,
  start: number,
  end: number,
  access: Access,
  tlb: tlbPages.PageTlb,
  memory: DirectRam,
  { rootLow, wordBits, globalBit }: PlainWalk,
): number {
  const { words, fills } = tlb;
  const chunks = memory.words;
  const directory = chunks[rootLow >>> CHUNK_SHIFT]!;
  const directoryAt = (rootLow & CHUNK_MASK) >>> 2;
  const bit = 1 << access;
  const usedBits = (access & ACCESS_WRITE_BIT) !== 0 ? PTE_A | PTE_D : PTE_A;
  let fillCount = tlb.fillCount & INDEX_MASK;
  let i = start & INDEX_MASK;
  const last = end & INDEX_MASK;
  for (; i < last; i++) {
    const address = linear[i]!;
    const cached = words[address >>> 12]!;
    if ((cached & bit) !== 0) {
      physical[i] = (cached & WORD_ADDRESS) ^ address;
      continue;
    }
    const slot = directoryAt | (address >>> 22);
    const pde = directory[slot]!;
    // Bit 7 is a large page, or means nothing: translate knows.
    if ((pde & (PTE_P | PDE_PS)) !== PTE_P) break;
    const table = chunks[pde >>> CHUNK_SHIFT]!;
    const at = ((pde & FRAME_IN_CHUNK) >>> 2) | ((address >>> 12) & 0x3ff);
    // Outside RAM this is undefined, in which P is clear as well: that saves a comparison.
    const pte = table[at]!;
    if ((pte & PTE_P) === 0) break;
    const used = pte | usedBits;
    const bits = wordBits[(((pde & pte) >>> 1) & 3) | ((used >>> 4) & RIGHT_D)]!;
    if ((bits & bit) === 0) break;
    if ((pde & PTE_A) === 0) directory[slot] = pde | PTE_A;
    if (used !== pte) table[at] = used;
    words[address >>> 12] = ((address ^ pte) & WORD_ADDRESS) | ((pte & globalBit) >>> GLOBAL_TO_WORD) | bits;
    fills[fillCount] = (address & WORD_ADDRESS) | access;
    fillCount = (fillCount + 1) & INDEX_MASK;
    physical[i] = (pte & PTE_FRAME_MASK) | (address & PAGE_OFFSET_MASK);
  }
  tlb.fillCount = fillCount;
  return i;
}

/**
 * Takes addresses that page-fault for want of a directory entry, a table entry or the right.
 * @returns The index of the first address that is anything else.
 */
function faults(
  linear: Uint32Array,
  physical: Uint32Array,
  start: number,
  access: Access,
  faultCodes: Uint8Array,
  words: Int32Array,
  memory: DirectRam,
  { rootLow, wordBits, accessCodes }: PlainWalk,
): number {
  const chunks = memory.words;
  const frames = Math.min(memory.frameCount, FRAMES_OF_32_BITS);
  const directory = chunks[rootLow >>> CHUNK_SHIFT]!;
  const directoryAt = (rootLow & CHUNK_MASK) >>> 2;
  const bit = 1 << access;
  const absent = accessCodes[access]!;
  const length = Math.min(linear.length, INDEX_MASK);
  let i = start;
  for (; i < length; i++) {
    const address = linear[i]! | 0;
    if ((words[address >>> 12]! & bit) !== 0) break;
    const pde = directory[directoryAt | (address >>> 22)]!;
    let code = absent;
    if ((pde & PTE_P) === 0) {
      const end = absentTables(linear, i, bit, words, directory, directoryAt);
      if (end !== i) {
        note(physical, faultCodes, i, end, absent);
        i = end - 1;
        continue;
      }
    } else {
      const pteAddress = (pde & PTE_FRAME_MASK) | ((address >>> 10) & 0xffc);
      if ((pde & PDE_PS) !== 0 || pteAddress >>> 12 >= frames) break;
      const pte = chunks[pteAddress >>> CHUNK_SHIFT]![(pteAddress & CHUNK_MASK) >>> 2]!;
      if ((pte & PTE_P) !== 0) {
        const bits = wordBits[(((pde & pte) >>> 1) & 3) | RIGHT_D]!;
        if ((bits & bit) !== 0) break;
        code |= PF_P;
      }
    }
    faultCodes[i] = code;
    physical[i] = NO_ADDRESS;
  }
  return i;
}

/**
 * Looks how many addresses there are for which the directory has no table, eight in a turn: most of an address space is
 * like this.
 * @returns The index of the first that is anything else; at the end of a list up to eight may follow that are not.
 */
function absentTables(
  linear: Uint32Array,
  start: number,
  bit: number,
  words: Int32Array,
  directory: Int32Array,
  directoryAt: number,
): number {
  const last = Math.min(linear.length, INDEX_MASK) - 7;
  let i = start & INDEX_MASK;
  for (; i < last; i += 8) {
    const a = linear[i]!;
    if (((words[a >>> 12]! & bit) | (directory[directoryAt | (a >>> 22)]! & PTE_P)) !== 0) return i;
    const b = linear[i + 1]!;
    if (((words[b >>> 12]! & bit) | (directory[directoryAt | (b >>> 22)]! & PTE_P)) !== 0) return i + 1;
    const c = linear[i + 2]!;
    if (((words[c >>> 12]! & bit) | (directory[directoryAt | (c >>> 22)]! & PTE_P)) !== 0) return i + 2;
    const d = linear[i + 3]!;
    if (((words[d >>> 12]! & bit) | (directory[directoryAt | (d >>> 22)]! & PTE_P)) !== 0) return i + 3;
    const e = linear[i + 4]!;
    if (((words[e >>> 12]! & bit) | (directory[directoryAt | (e >>> 22)]! & PTE_P)) !== 0) return i + 4;
    const f = linear[i + 5]!;
    if (((words[f >>> 12]! & bit) | (directory[directoryAt | (f >>> 22)]! & PTE_P)) !== 0) return i + 5;
    const g = linear[i + 6]!;
    if (((words[g >>> 12]! & bit) | (directory[directoryAt | (g >>> 22)]! & PTE_P)) !== 0) return i + 6;
    const h = linear[i + 7]!;
    if (((words[h >>> 12]! & bit) | (directory[directoryAt | (h >>> 22)]! & PTE_P)) !== 0) return i + 7;
  }
  return i;
}

/** Notes that addresses fault, all with the same code. */
function note(physical: Uint32Array, faultCodes: Uint8Array, start: number, end: number, code: number): void {
  if (end - start >= MANY) {
    faultCodes.fill(code, start, end);
    physical.fill(NO_ADDRESS, start, end);
    return;
  }
  for (let i = start; i < end; i++) {
    faultCodes[i] = code;
    physical[i] = NO_ADDRESS;
  }
}
