/**
 * Reads and writes that the quick paths of `mmu.ts` leave over: unaligned ones, those that reach into another page, and
 * all over memory that is no `PhysicalMemory`. An access translates all its pages before it touches a byte.
 */

import type { Access } from '../arch/access.ts';
import * as address from '../arch/address.ts';
import { VECTOR_GP } from '../arch/fault.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import * as tlbWord from '../tlb/tlb-word.ts';
import * as wideTlb from '../tlb/wide-tlb.ts';
import type { Caches } from './caches.ts';
import type { Translation } from './translation.ts';
import type { WalkRules } from './walk-rules.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PAGE_OFFSET_MASK, PAGE_SHIFT, PAGE_SIZE } = address;
const { WORD_ADDRESS, WORD_GRANTS } = tlbWord;
const { WIDE_SLOT_MASK, WIDE_TAG } = wideTlb;

export class Accesses {
  // What `find` has found: physical addresses of the first byte, and of the first one in the next page, and how many
  // bytes lie before that.
  #first = 0;
  #second = 0;
  #inPage = 0;

  readonly #translation: Translation;
  readonly #rules: WalkRules;
  readonly #caches: Caches;
  readonly #ram: DirectRam;
  /** No device can be disturbed by a word read where bytes were asked for. */
  readonly #isPlainRam: boolean;

  constructor(translation: Translation, rules: WalkRules, caches: Caches, ram: DirectRam) {
    this.#translation = translation;
    this.#rules = rules;
    this.#caches = caches;
    this.#ram = ram;
    this.#isPlainRam = ram.frameCount > 0;
  }

  /**
   * Translates all pages of an access, before any byte of it is read or written. One that ends where addresses are not
   * canonical is refused as a whole, before its first page is asked: the address is checked before paging begins.
   *
   * TLB hits are looked up here, too, which makes this function too long to be compiled into those that call it: reads and
   * writes must stay short enough for that.
   *
   * @returns false on a fault. Else the bytes may be loaded or stored, all of the access.
   */
  find(low: number, high: number, bytes: number, access: Access): boolean {
    const translation = this.#translation;
    const { isLong } = this.#rules;
    const last = (low + bytes - 1) | 0;
    if (isLong && !translation.isCanonical(this.#rules.addressedHigh(carried(low, last, high), access))) {
      translation.segmentFault(VECTOR_GP);
      return false;
    }
    const { pages, wide } = this.#caches;
    const bit = (1 << access) & WORD_GRANTS;
    const slot = (low >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const word = isLong ? 0 : pages.words[low >>> PAGE_SHIFT]!;
    if ((word & bit) !== 0) {
      this.#first = ((word & WORD_ADDRESS) ^ low) >>> 0;
    } else if (
      wide !== undefined &&
      (((wide.words[slot]! ^ (low & WIDE_TAG) ^ wide.key) & WORD_ADDRESS) | (wide.highs[slot]! ^ high)) ===
        0 &&
      (wide.words[slot]! & bit) !== 0
    ) {
      this.#first = wide.physical[slot]! + (low & PAGE_OFFSET_MASK);
    } else {
      if (!translation.locate(low, high, access)) return false;
      this.#first = translation.physical;
    }
    const inPage = PAGE_SIZE - (low & PAGE_OFFSET_MASK);
    this.#inPage = inPage;
    if (inPage >= bytes) return true;
    // CR2 names this byte if its page faults.
    const next = (low + inPage) | 0;
    const nextWord = isLong ? 0 : pages.words[next >>> PAGE_SHIFT]!;
    if ((nextWord & bit) !== 0) {
      this.#second = ((nextWord & WORD_ADDRESS) ^ next) >>> 0;
    } else {
      if (!translation.locate(next, carried(low, next, high), access)) return false;
      this.#second = translation.physical;
    }
    return true;
  }

  /** A byte of the access that was found. */
  loadByte(i: number): number {
    return this.#ram.loadByte(this.#physical(i));
  }

  /** Four bytes of the access that was found, from the given one on, as int32. */
  loadWord(from: number): number {
    const inPage = this.#inPage - from;
    if (inPage >= 4) return this.#ram.loadWord(this.#first + from);
    if (inPage <= 0) return this.#ram.loadWord(this.#second - inPage);
    if (this.#isPlainRam) {
      // The end of one aligned word, and the beginning of another.
      const before = this.#ram.loadWord(this.#first + from + inPage - 4);
      const behind = this.#ram.loadWord(this.#second);
      return (before >>> (32 - 8 * inPage)) | (behind << (8 * inPage));
    }
    let value = 0;
    for (let i = 0; i < 4; i++) value |= this.loadByte(from + i) << (8 * i);
    return value;
  }

  /** Writes a byte of the access that was found. */
  storeByte(i: number, value: number): void {
    this.#ram.storeByte(this.#physical(i), value);
  }

  /** Writes four bytes of the access that was found. */
  storeWord(from: number, value: number): void {
    const inPage = this.#inPage - from;
    if (inPage >= 4) this.#ram.storeWord(this.#first + from, value);
    else if (inPage <= 0) this.#ram.storeWord(this.#second - inPage, value);
    else for (let i = 0; i < 4; i++) this.storeByte(from + i, value >>> (8 * i));
  }

  /** The physical address of a byte of the access that was found. */
  #physical(i: number): number {
    return i < this.#inPage ? this.#first + i : this.#second + i - this.#inPage;
  }
}

/** The high half of an address a little further on: the low half may have run over. */
function carried(from: number, to: number, high: number): number {
  return to >>> 0 < from >>> 0 ? (high + 1) | 0 : high;
}
