/**
 * Lists of 64-bit addresses: TLB hits, and misses that lead to a 4 KiB page which allows the access, in loops that call
 * nothing. Whatever else an address is, the caller asks `Translation.locate` for it, and comes back.
 */

import type * as accesses from '../arch/access.ts';
import * as addresses from '../arch/address.ts';
import * as pageWord from '../tlb/tlb-word.ts';
import * as wideTlb from '../tlb/wide-tlb.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PAGE_OFFSET_MASK, PAGE_SHIFT } = addresses;
const { WORD_ADDRESS } = pageWord;
const { WIDE_SLOT_MASK, WIDE_TAG } = wideTlb;

/**
 * Takes hits.
 * @param halves - The addresses, low and high halves in turn.
 * @returns The index of the first address not translated.
 */
export function wideHits(
  halves: Int32Array,
  physical: Float64Array,
  start: number,
  access: accesses.Access,
  tlb: wideTlb.WideTlb,
): number {
  const { words, highs, key } = tlb;
  const pages = tlb.physical;
  const bit = 1 << access;
  const wanted = key | bit;
  const mask = WORD_ADDRESS | bit;
  const length = halves.length >>> 1;
  let i = start;
  for (; i < length; i++) {
    const low = halves[2 * i]!;
    const slot = (low >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const differs = ((words[slot]! ^ (low & WIDE_TAG) ^ wanted) & mask) | (highs[slot]! ^ halves[2 * i + 1]!);
    if (differs !== 0) break;
    physical[i] = pages[slot]! + (low & PAGE_OFFSET_MASK);
  }
  return i;
}
