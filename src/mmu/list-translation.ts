/** `translateMany` and `translateEach`: which loop takes a list, and what happens to the addresses that none takes. */

import type { Access } from '../arch/access.ts';
import { VECTOR_PF } from '../arch/fault.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import { WORD_GRANTS } from '../tlb/tlb-word.ts';
import type { WideTlb } from '../tlb/wide-tlb.ts';
import type { Caches } from './caches.ts';
import {
  checkApart,
  checkResults,
  halvesView,
  isWideList,
  type LinearList,
  type PhysicalList,
  unsignedView,
} from './lists.ts';
import { narrowHits } from './narrow-hits.ts';
import { paeFaults } from './pae-run.ts';
import { ABOVE_4_GIB, NO_ADDRESS, NO_FAULT, NOT_CANONICAL, translateRun } from './translate-run.ts';
import { noAccess, type Translation } from './translation.ts';
import type { Walker } from './walker.ts';
import { WIDE_AFTER_MISS, wideHits, wideMisses } from './wide-run.ts';
import { PIECE } from './word-hits.ts';

/** Addresses that are taken in JavaScript, behind one that no loop took, before the rest goes inside WebAssembly memory. */
const BEFORE_INSIDE = 32;

export class ListTranslation {
  readonly #walker: Walker;
  readonly #caches: Caches;
  readonly #translation: Translation;
  readonly #ram: DirectRam;

  constructor(walker: Walker, caches: Caches, translation: Translation, ram: DirectRam) {
    this.#walker = walker;
    this.#caches = caches;
    this.#translation = translation;
    this.#ram = ram;
  }

  /** @see Mmu.translateMany */
  many(linear: LinearList, physical: PhysicalList, access: Access): number {
    checkResults('physical', physical, linear);
    return this.#run(linear, physical, undefined, access);
  }

  /** @see Mmu.translateEach */
  each(linear: LinearList, physical: PhysicalList, faultCodes: Uint8Array, access: Access): void {
    checkResults('physical', physical, linear);
    checkResults('faultCodes', faultCodes, linear);
    checkApart('physical', physical, 'faultCodes', faultCodes);
    const translation = this.#translation;
    const { cr2Low, cr2High, faultCode, faultVector } = translation;
    faultCodes.fill(NO_FAULT, 0, linear.length);
    this.#run(linear, physical, faultCodes, access);
    translation.cr2Low = cr2Low;
    translation.cr2High = cr2High;
    translation.faultCode = faultCode;
    translation.faultVector = faultVector;
  }

  /** @returns How many were translated: all, or without `faultCodes` those before the first that has no result. */
  #run(
    linear: LinearList,
    physical: PhysicalList,
    faultCodes: Uint8Array | undefined,
    access: Access,
  ): number {
    if (((1 << access) & this.#walker.accesses) === 0) throw noAccess(access);
    if (isWideList(linear)) return this.#runWide(halvesView(linear), physical, faultCodes, access);
    const list = linear instanceof Int32Array ? unsignedView(linear) : linear;
    return this.#run32(list, physical, faultCodes, access);
  }

  #run32(
    linear: Uint32Array,
    physical: PhysicalList,
    faultCodes: Uint8Array | undefined,
    access: Access,
  ): number {
    const { model } = this.#caches;
    const { length } = linear;
    if (this.#walker.mode === 'off') return this.#untranslated(linear, physical);
    // Long mode has no words, and a modelled TLB counts each access.
    const quick = !this.#walker.isLong && model === undefined && isCacheable(access);
    const { pages } = this.#caches;
    for (let i = 0; ; i++) {
      if (quick && physical instanceof Uint32Array)
        i = this.#quick32(linear, physical, i, access, faultCodes);
      else if (quick) i = narrowHits(linear, physical as Float64Array, i, access, pages, this.#caches.wide);
      if (i === length) return length;
      if (!this.#one(linear[i]! | 0, 0, i, physical, faultCodes, access)) return i;
    }
  }

  /** While paging is off, every address is the physical one. @returns How many there are. */
  #untranslated(linear: Uint32Array, physical: PhysicalList): number {
    const walker = this.#walker;
    const { length } = linear;
    for (let i = 0; i < length; i++) physical[i] = walker.onBus(linear[i]!);
    return length;
  }

  /** What the loops for 32-bit addresses take. @returns The index of the first address that none of them takes. */
  #quick32(
    linear: Uint32Array,
    physical: Uint32Array,
    start: number,
    access: Access,
    faultCodes: Uint8Array | undefined,
  ): number {
    const caches = this.#caches;
    const walker = this.#walker;
    // The wide TLB (pages above 4 GiB) and paging-structure caches may hold what the tables no longer have: no loop walks
    // past them.
    const walks = caches.wide === undefined && !walker.cachesStructures;
    const plain = walks && walker.isPlain ? walker : undefined;
    let i = start;
    // To go inside costs as much as several misses, and behind an address that no loop took there may soon be another: a
    // large page, say, is cached in pieces. Error codes are not written inside.
    const inside = plain !== undefined && start === 0 ? caches.lists : undefined;
    if (inside !== undefined) {
      i = inside.many32(linear, physical, i, access, caches.pages, walker);
      if (faultCodes === undefined || i === linear.length) return i;
    }
    for (;;) {
      i = translateRun(linear, physical, i, access, faultCodes, caches.pages, this.#ram, plain);
      if (walker.mode !== 'PAE' || faultCodes === undefined || !walks) return i;
      const first = i;
      i = paeFaults(linear, physical, i, access, faultCodes, caches.pages, this.#ram, walker);
      if (i === first) return i;
    }
  }

  #runWide(
    halves: Int32Array,
    physical: PhysicalList,
    faultCodes: Uint8Array | undefined,
    access: Access,
  ): number {
    const { wide } = this.#caches;
    const { isLong } = this.#walker;
    const length = halves.length >>> 1;
    const quick = physical instanceof Float64Array && isLong && wide !== undefined && isCacheable(access);
    for (let i = 0; ; i++) {
      if (quick) i = this.#quickWide(halves, physical, i, access, wide);
      if (i === length) return length;
      const high = isLong ? halves[2 * i + 1]! : 0;
      if (!this.#one(halves[2 * i]!, high, i, physical, faultCodes, access)) return i;
    }
  }

  /** Hits, and misses without anything out of the ordinary. @returns The index of the first address not translated. */
  #quickWide(
    halves: Int32Array,
    physical: Float64Array,
    start: number,
    access: Access,
    wide: WideTlb,
  ): number {
    const length = halves.length >>> 1;
    // Masked pointers are translated as other addresses, which the loops for misses know nothing of.
    const walks = !this.#walker.masks && !this.#walker.cachesStructures;
    const inside = walks ? this.#caches.lists : undefined;
    if (inside === undefined) return this.#quickUpTo(length, halves, physical, start, access, wide, walks);
    let i = start;
    if (start > 0) {
      // To go inside costs as much as some addresses, and behind one that no loop took there may soon be another.
      const near = Math.min(length, start + BEFORE_INSIDE);
      i = this.#quickUpTo(near, halves, physical, start, access, wide, walks);
      if (i < near) return i;
    }
    return i === length ? i : inside.many64(halves, physical, i, access, wide, this.#walker);
  }

  /** The same by the loops in JavaScript, for the addresses before `limit`. */
  #quickUpTo(
    limit: number,
    halves: Int32Array,
    physical: Float64Array,
    start: number,
    access: Access,
    wide: WideTlb,
    walks: boolean,
  ): number {
    let i = start;
    for (;;) {
      let end = i;
      while (i === end && i < limit) {
        end = Math.min(limit, i + PIECE);
        i = wideHits(halves, physical, i, end, access, wide);
      }
      if (!walks) return i;
      end = Math.min(limit, i + WIDE_AFTER_MISS);
      i = wideMisses(halves, physical, i, end, access, wide, this.#ram, this.#walker);
      if (i !== end || i === limit) return i;
    }
  }

  /**
   * Translates the address that no loop took.
   * @returns false if the list ends with it: it faults, or (`faultVector` is 0) leads to where the list cannot tell.
   */
  #one(
    low: number,
    high: number,
    i: number,
    physical: PhysicalList,
    faultCodes: Uint8Array | undefined,
    access: Access,
  ): boolean {
    const translation = this.#translation;
    if (translation.locate(low, high, access)) {
      const found = translation.physical;
      if (found <= 0xffff_ffff || physical instanceof Float64Array) {
        physical[i] = found;
        return true;
      }
      if (faultCodes === undefined) {
        translation.faultVector = 0;
        return false;
      }
      faultCodes[i] = ABOVE_4_GIB;
    } else if (faultCodes === undefined) {
      return false;
    } else {
      faultCodes[i] = translation.faultVector === VECTOR_PF ? translation.faultCode : NOT_CANONICAL;
    }
    physical[i] = NO_ADDRESS;
    return true;
  }
}

/** Whether cached translations answer such an access at all: not where it is one to a shadow stack. */
function isCacheable(access: Access): boolean {
  return ((1 << access) & WORD_GRANTS) !== 0;
}
