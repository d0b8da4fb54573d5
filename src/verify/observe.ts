import { ACCESS_KINDS, type Access } from '../arch/access.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { ABOVE_4_GIB, type Mmu } from '../mmu/index.ts';
import { AddressSpace, LINEAR_PAGES } from './address-space.ts';

/** Pages between two calls of `onProgress`. */
const PROGRESS_STEP = 4096;
/** The bit of a byte that tells `NO_FAULT` and `ABOVE_4_GIB` from error codes, and the same in four bytes at once. */
const TRANSLATED = 0x80;
const ANY_TRANSLATED = 0x8080_8080 | 0;

/**
 * Asks the MMU about every page and every kind of access: 2^20 × 6 translations.
 *
 * @param onProgress - Called now and then with the pages done and their number.
 */
export function observe(mmu: Mmu, onProgress?: (done: number, total: number) => void): AddressSpace {
  const space = new AddressSpace();
  const run = new ObservedRun();
  for (let first = 0; first < LINEAR_PAGES; first += PROGRESS_STEP) {
    run.observe(mmu, space, first);
    onProgress?.(first + PROGRESS_STEP, LINEAR_PAGES);
  }
  return space;
}

/** The lists for one step, used again for the next. */
class ObservedRun {
  readonly #linear = new Uint32Array(PROGRESS_STEP);
  readonly #physical = new Uint32Array(PROGRESS_STEP);
  readonly #faultCodes = new Uint8Array(PROGRESS_STEP);
  readonly #faultQuads = new Int32Array(this.#faultCodes.buffer);

  observe(mmu: Mmu, space: AddressSpace, first: number): void {
    for (let i = 0; i < PROGRESS_STEP; i++) this.#linear[i] = (first + i) << PAGE_SHIFT;
    for (const access of ACCESS_KINDS) {
      mmu.translateEach(this.#linear, this.#physical, this.#faultCodes, access);
      this.#note(mmu, space, first, access);
    }
  }

  /** Notes what was translated. Most of an address space is not: four pages at a time are passed over. */
  #note(mmu: Mmu, { frames, granted }: AddressSpace, first: number, access: Access): void {
    const bit = 1 << access;
    const physical = this.#physical;
    const faultCodes = this.#faultCodes;
    const quads = this.#faultQuads;
    for (let quad = 0; quad < quads.length; quad++) {
      if ((quads[quad]! & ANY_TRANSLATED) === 0) continue;
      for (let i = 4 * quad; i < 4 * quad + 4; i++) {
        if ((faultCodes[i]! & TRANSLATED) === 0) continue;
        frames[first + i] =
          faultCodes[i] === ABOVE_4_GIB
            ? mmu.translate(this.#linear[i]!, access) / PAGE_SIZE
            : physical[i]! >>> PAGE_SHIFT;
        granted[first + i]! |= bit;
      }
    }
  }
}
