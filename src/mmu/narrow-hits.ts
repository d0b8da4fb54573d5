/** Lists of 32-bit addresses whose physical ones may lie above 4 GiB, as in PAE paging: what a TLB answers at once. */

import type { Access } from '../arch/access.ts';
import * as address from '../arch/address.ts';
import type { PageTlb } from '../tlb/page-tlb.ts';
import * as tlbWord from '../tlb/tlb-word.ts';
import * as wideTlb from '../tlb/wide-tlb.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PAGE_OFFSET_MASK, PAGE_SHIFT } = address;
const { WORD_ADDRESS } = tlbWord;
const { WIDE_SLOT_MASK, WIDE_TAG } = wideTlb;

/**
 * Hits, in the same order as `Translation.locate` looks for them: pages below 4 GiB have words, all others are in the
 * wide TLB.
 *
 * @param access - One of those that cached translations answer.
 * @param wide - Absent as long as nothing was above 4 GiB.
 * @returns The index of the first address that neither answers at once.
 */
export function narrowHits(
  linear: Uint32Array,
  physical: Float64Array,
  start: number,
  access: Access,
  pages: PageTlb,
  wide: wideTlb.WideTlb | undefined,
): number {
  const { words } = pages;
  const bit = 1 << access;
  const { length } = linear;
  let i = start;
  for (; i < length; i++) {
    const low = linear[i]! | 0;
    const word = words[low >>> PAGE_SHIFT]!;
    if ((word & bit) !== 0) {
      physical[i] = ((word & WORD_ADDRESS) ^ low) >>> 0;
      continue;
    }
    if (wide === undefined) break;
    const slot = (low >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const entry = wide.words[slot]!;
    // No entry of this epoch has a high half: long mode was left by a flush.
    if (((entry ^ (low & WIDE_TAG) ^ wide.key) & WORD_ADDRESS) !== 0 || (entry & bit) === 0) break;
    physical[i] = wide.physical[slot]! + (low & PAGE_OFFSET_MASK);
  }
  return i;
}
