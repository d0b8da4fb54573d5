/** The slow half of a translation: what happens when the quick look into the TLB, in `mmu.ts`, finds nothing. */

import * as accesses from '../arch/access.ts';
import * as address from '../arch/address.ts';
import * as fault from '../arch/fault.ts';
import * as linear from '../arch/linear.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import { RIGHT_D } from '../arch/permissions.ts';
import * as tlbWord from '../tlb/tlb-word.ts';
import * as wideTlb from '../tlb/wide-tlb.ts';
import type { Caches } from './caches.ts';
import type { Walker } from './walker.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { ACCESS_WRITE_BIT, accessName, SHADOW_STACK_ACCESSES } = accesses;
const { PAGE_OFFSET_MASK, PAGE_SHIFT } = address;
const { VECTOR_GP, VECTOR_PF } = fault;
const { isCanonicalHigh } = linear;
const { NO_WORD, WORD_ADDRESS, WORD_GLOBAL, WORD_GRANTS, WORD_LARGE } = tlbWord;
const { WIDE_SLOT_MASK, WIDE_TAG, wideMeta } = wideTlb;

type Access = accesses.Access;

const NO_CODES = new Int32Array(1);

export class Translation {
  /** The physical address that {@link Translation.miss} or {@link Translation.locate} has found. */
  physical = 0;

  // The last fault.
  cr2Low = 0;
  cr2High = 0;
  faultCode = 0;
  faultVector = 0;

  readonly #walker: Walker;
  readonly #caches: Caches;
  /** The walker's. It begins as what it becomes: V8 then need not look. */
  readonly #accessCodes: Int32Array = NO_CODES;

  constructor(walker: Walker, caches: Caches) {
    this.#walker = walker;
    this.#accessCodes = walker.accessCodes;
    this.#caches = caches;
  }

  /**
   * Translates an address of any mode.
   * @returns false on a fault, which is latched. Else `physical` is the physical address.
   */
  locate(low: number, high: number, access: Access): boolean {
    const { pages, wide } = this.#caches;
    const bit = (1 << access) & WORD_GRANTS;
    if (!this.#walker.isLong) {
      const word = pages.words[low >>> PAGE_SHIFT]!;
      if ((word & bit) !== 0) {
        this.physical = ((word & WORD_ADDRESS) ^ low) >>> 0;
        return true;
      }
    } else if (wide !== undefined) {
      const slot = (low >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
      const word = wide.words[slot]!;
      if (
        (((word ^ (low & WIDE_TAG) ^ wide.key) & WORD_ADDRESS) | (wide.highs[slot]! ^ high)) === 0 &&
        (word & bit) !== 0
      ) {
        this.physical = wide.physical[slot]! + (low & PAGE_OFFSET_MASK);
        return true;
      }
    }
    return this.find(low, high, access);
  }

  /** {@link Translation.miss}, with the result in `physical`. @returns false on a fault, which is latched. */
  find(low: number, high: number, access: Access): boolean {
    const found = this.miss(low, high, access);
    if (found === 0) return false;
    if (found !== NO_WORD) this.physical = ((found & WORD_ADDRESS) ^ low) >>> 0;
    return true;
  }

  /** Latches the page fault of an address of 32-bit paging that has no entry. */
  absent(low: number, access: Access): void {
    this.cr2Low = low;
    this.cr2High = 0;
    this.faultCode = this.#accessCodes[access]!;
    this.faultVector = VECTOR_PF;
  }

  /**
   * No TLB answers at once: one may after a closer look, else RAM is walked.
   *
   * One function for all modes on purpose. In parts, each would be small enough for V8 to compile into `translate` and
   * so into every loop that calls it; loops over TLB hits would then be slower.
   *
   * @returns A word whose address part XOR the linear address is the physical one; 0 on a fault, which is latched;
   * `NO_WORD` where the physical address is in `physical`.
   * @throws RangeError for an access that is none. It is found out here since no TLB entry ever grants it.
   */
  miss(low: number, high: number, access: Access): number {
    const walker = this.#walker;
    if (((1 << access) & walker.accesses) === 0) throw noAccess(access);
    // No cached translation grants an access to a shadow stack: RAM decides.
    const bit = (1 << access) & WORD_GRANTS;
    const { pages, wide, model } = this.#caches;
    if (wide !== undefined && walker.linearBits > 32) return this.#missLong(low, high, access, bit);
    const { mode } = walker;
    if (mode === '32-bit' && model === undefined) {
      if (low >>> PAGE_SHIFT === 0 && (pages.zeroWord & bit) !== 0) return pages.zeroWord;
      if (wide !== undefined && this.#revived(low, 0, bit)) return NO_WORD;
      const word = walker.word32(low, access);
      if (word === 0) return this.#pageFault(low, 0);
      if (word === NO_WORD) return this.#fillWide(low, 0, access);
      this.#caches.keepWord(low, word, access);
      return word;
    }
    if (mode === 'off') {
      this.physical = walker.onBus(low >>> 0);
      return NO_WORD;
    }

    if (model !== undefined) {
      const highUsed = walker.isLong ? walker.addressedHigh(high, access) : 0;
      if (walker.isLong && !this.isCanonical(highUsed)) return this.segmentFault(VECTOR_GP);
      return this.#missModel(low, highUsed, access);
    }
    if (low >>> PAGE_SHIFT === 0 && (pages.zeroWord & bit) !== 0) return pages.zeroWord;
    if (wide !== undefined && this.#revived(low, 0, bit)) return NO_WORD;
    return walker.walkPae(low, access) ? this.#fill(low, access) : this.#pageFault(low, 0);
  }

  /** The same in long mode, with the default TLB. */
  #missLong(low: number, high: number, access: Access, bit: number): number {
    const walker = this.#walker;
    const highUsed = walker.addressedHigh(high, access);
    if (!this.isCanonical(highUsed)) return this.segmentFault(VECTOR_GP);
    if (this.#revived(low, highUsed, bit)) return NO_WORD;
    return walker.walkLong(low, highUsed, access)
      ? this.#fillWide(low, highUsed, access)
      : this.#pageFault(low, highUsed);
  }

  /** Whether a high half is that of a canonical address of long mode. */
  isCanonical(high: number): boolean {
    return isCanonicalHigh(high, this.#walker.linearBits);
  }

  /** Latches #GP(0) or #SS(0): CR2 keeps its value. @returns 0. */
  segmentFault(vector: number): number {
    this.faultCode = 0;
    this.faultVector = vector;
    return 0;
  }

  #pageFault(low: number, high: number): number {
    this.cr2Low = low;
    this.cr2High = high;
    this.faultCode = this.#walker.faultCode;
    this.faultVector = VECTOR_PF;
    return 0;
  }

  /** The wide TLB has the page, but of another epoch: it answers if the registers of now allow the access. */
  #revived(low: number, high: number, bit: number): boolean {
    const wide = this.#caches.wide!;
    const slot = wide.find(low, high);
    if (slot < 0) return false;
    const walker = this.#walker;
    const grants = walker.grantsOf(wide.rightsOf(slot), wide.keyOf(slot)) & walker.grantsAt(high);
    // Not enough cached rights: RAM decides, since it may have been changed without an invalidation.
    if ((grants & bit) === 0) {
      wide.drop(slot);
      return false;
    }
    wide.revive(slot, grants);
    this.physical = wide.physical[slot]! + (low & PAGE_OFFSET_MASK);
    return true;
  }

  /** Caches the result of a walk of PAE paging. */
  #fill(low: number, access: Access): number {
    const { pageBase, pageShift, rights, global, wordBits } = this.#walker;
    const physical = pageBase + ((low & ~(-1 << pageShift)) >>> 0);
    if (physical > 0xffff_ffff) return this.#fillWide(low, 0, access);
    const large = pageShift === PAGE_SHIFT ? 0 : WORD_LARGE;
    const word = ((low ^ physical) & WORD_ADDRESS) | large | (global ? WORD_GLOBAL : 0) | wordBits[rights]!;
    this.#caches.keepWord(low, word, access);
    return word;
  }

  #fillWide(low: number, high: number, access: Access): number {
    const walker = this.#walker;
    const { pageShift, rights, key } = walker;
    const inPage = low & ~(-1 << pageShift);
    const page = walker.pageBase + ((inPage & WORD_ADDRESS) >>> 0);
    const meta = wideMeta(rights, key, pageShift, walker.global, access, this.#caches.pcid);
    this.#caches.keepWide(low, high, page, walker.grantsOf(rights, key) & walker.grantsAt(high), meta);
    this.physical = page + (low & PAGE_OFFSET_MASK);
    return NO_WORD;
  }

  /** The same with the TLB that the caller chose. */
  #missModel(low: number, high: number, access: Access): number {
    const walker = this.#walker;
    const model = this.#caches.model!;
    const { pcid } = this.#caches;
    const { mode } = walker;
    if (model.lookup(low, high, pcid, PAGING_MODES[mode].largePageShifts)) {
      const clean = (model.rights & RIGHT_D) === 0;
      if (!((access & ACCESS_WRITE_BIT) !== 0 && clean) && walker.check(model.rights, model.key, access)) {
        this.physical = model.use(low);
        return NO_WORD;
      }
      // Not enough cached rights: RAM decides, since it may have been changed without an invalidation.
      model.drop();
    }
    model.countMiss();
    const found =
      mode === '32-bit'
        ? walker.walk32(low, access)
        : mode === 'PAE'
          ? walker.walkPae(low, access)
          : walker.walkLong(low, high, access);
    if (!found) return this.#pageFault(low, high);
    const { pageBase, pageShift, rights, key, global } = walker;
    model.fill(low, high, pageBase, pageShift, rights, key, global, pcid, access);
    this.physical = pageBase + ((low & ~(-1 << pageShift)) >>> 0);
    return NO_WORD;
  }
}

/** The error for an access that is none, or none now. */
export function noAccess(access: number): RangeError {
  if (SHADOW_STACK_ACCESSES.includes(access as Access)) {
    return new RangeError(
      `there is no ${accessName(access as Access)} (access ${access}) now: set CR4.CET, on a CPU with shadowStacks`,
    );
  }
  return new RangeError(
    `access ${access} is none: give READ, WRITE, FETCH, USER_READ, USER_WRITE, USER_FETCH, IMPLICIT_READ, IMPLICIT_WRITE or one of SHADOW_STACK_ACCESSES`,
  );
}
