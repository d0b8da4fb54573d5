/** Lists of 32-bit addresses: what the words of the TLB answer. */

import type { Access } from '../arch/access.ts';
import * as address from '../arch/address.ts';
import * as tlbWord from '../tlb/tlb-word.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PAGE_SHIFT } = address;
const { WORD_ADDRESS } = tlbWord;

/**
 * Loops over hits are given lists in pieces of this length. V8 compiles a function that is called often, with the module's
 * constants in the code; a loop that runs for long it replaces while it runs, by code that loads them anew at each turn.
 */
export const PIECE = 1024;

/** As far as indices are known to be integers, so that V8 need not look for an overflow when it adds to one. */
const INDEX_MASK = 0x3fff_ffff;
/** The same for other modules: V8 loads what is exported at every use, in its own module too. */
export const INDEX: number = INDEX_MASK;

/** @returns The index of the first address that no word answers, or of one beyond all that the loops can count. */
export function wordHits(
  linear: Uint32Array,
  physical: Uint32Array,
  start: number,
  access: Access,
  words: Int32Array,
): number {
  const length = Math.min(linear.length, INDEX_MASK);
  let i = start;
  while (i < length) {
    const end = Math.min(length, i + PIECE);
    i = hits(linear, physical, i, end, access, words);
    if (i < end) break;
  }
  return i;
}

/**
 * Sixteen at a time: the loop counts, asks what kind of arrays these are, and looks whether anyone interrupts it, once for
 * them. Each is written before the next one is read. To judge several first would keep all of them, and V8 has no registers for that.
 */
function hits(
  linear: Uint32Array,
  physical: Uint32Array,
  start: number,
  end: number,
  access: Access,
  words: Int32Array,
): number {
  const bit = 1 << access;
  const last = (end & INDEX_MASK) - 15;
  let i = start & INDEX_MASK;
  for (; i < last; i += 16) {
    const a = linear[i]!;
    const wordA = words[a >>> PAGE_SHIFT]!;
    if ((wordA & bit) === 0) return i;
    physical[i] = (wordA & WORD_ADDRESS) ^ a;
    const b = linear[i + 1]!;
    const wordB = words[b >>> PAGE_SHIFT]!;
    if ((wordB & bit) === 0) return i + 1;
    physical[i + 1] = (wordB & WORD_ADDRESS) ^ b;
    const c = linear[i + 2]!;
    const wordC = words[c >>> PAGE_SHIFT]!;
    if ((wordC & bit) === 0) return i + 2;
    physical[i + 2] = (wordC & WORD_ADDRESS) ^ c;
    const d = linear[i + 3]!;
    const wordD = words[d >>> PAGE_SHIFT]!;
    if ((wordD & bit) === 0) return i + 3;
    physical[i + 3] = (wordD & WORD_ADDRESS) ^ d;
    const e = linear[i + 4]!;
    const wordE = words[e >>> PAGE_SHIFT]!;
    if ((wordE & bit) === 0) return i + 4;
    physical[i + 4] = (wordE & WORD_ADDRESS) ^ e;
    const f = linear[i + 5]!;
    const wordF = words[f >>> PAGE_SHIFT]!;
    if ((wordF & bit) === 0) return i + 5;
    physical[i + 5] = (wordF & WORD_ADDRESS) ^ f;
    const g = linear[i + 6]!;
    const wordG = words[g >>> PAGE_SHIFT]!;
    if ((wordG & bit) === 0) return i + 6;
    physical[i + 6] = (wordG & WORD_ADDRESS) ^ g;
    const h = linear[i + 7]!;
    const wordH = words[h >>> PAGE_SHIFT]!;
    if ((wordH & bit) === 0) return i + 7;
    physical[i + 7] = (wordH & WORD_ADDRESS) ^ h;
    const j = linear[i + 8]!;
    const wordJ = words[j >>> PAGE_SHIFT]!;
    if ((wordJ & bit) === 0) return i + 8;
    physical[i + 8] = (wordJ & WORD_ADDRESS) ^ j;
    const k = linear[i + 9]!;
    const wordK = words[k >>> PAGE_SHIFT]!;
    if ((wordK & bit) === 0) return i + 9;
    physical[i + 9] = (wordK & WORD_ADDRESS) ^ k;
    const l = linear[i + 10]!;
    const wordL = words[l >>> PAGE_SHIFT]!;
    if ((wordL & bit) === 0) return i + 10;
    physical[i + 10] = (wordL & WORD_ADDRESS) ^ l;
    const m = linear[i + 11]!;
    const wordM = words[m >>> PAGE_SHIFT]!;
    if ((wordM & bit) === 0) return i + 11;
    physical[i + 11] = (wordM & WORD_ADDRESS) ^ m;
    const n = linear[i + 12]!;
    const wordN = words[n >>> PAGE_SHIFT]!;
    if ((wordN & bit) === 0) return i + 12;
    physical[i + 12] = (wordN & WORD_ADDRESS) ^ n;
    const o = linear[i + 13]!;
    const wordO = words[o >>> PAGE_SHIFT]!;
    if ((wordO & bit) === 0) return i + 13;
    physical[i + 13] = (wordO & WORD_ADDRESS) ^ o;
    const p = linear[i + 14]!;
    const wordP = words[p >>> PAGE_SHIFT]!;
    if ((wordP & bit) === 0) return i + 14;
    physical[i + 14] = (wordP & WORD_ADDRESS) ^ p;
    const q = linear[i + 15]!;
    const wordQ = words[q >>> PAGE_SHIFT]!;
    if ((wordQ & bit) === 0) return i + 15;
    physical[i + 15] = (wordQ & WORD_ADDRESS) ^ q;
  }
  for (; i < end; i++) {
    const linearAddress = linear[i]!;
    const word = words[linearAddress >>> PAGE_SHIFT]!;
    if ((word & bit) === 0) break;
    physical[i] = (word & WORD_ADDRESS) ^ linearAddress;
  }
  return i;
}
