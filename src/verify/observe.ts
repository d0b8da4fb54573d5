import { ACCESS_KINDS } from '../arch/access.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { FAULT, type Mmu } from '../mmu/mmu.ts';
import { AddressSpace, LINEAR_PAGES } from './address-space.ts';

/** Pages between two calls of `onProgress`. */
const PROGRESS_STEP = 8192;

/**
 * Asks the MMU about every page and every kind of access: 2^20 × 6 translations.
 *
 * @param onProgress - Called now and then with the pages done and their number.
 */
export function observe(mmu: Mmu, onProgress?: (done: number, total: number) => void): AddressSpace {
  const space = new AddressSpace();
  for (let first = 0; first < LINEAR_PAGES; first += PROGRESS_STEP) {
    observeRun(mmu, space, first, first + PROGRESS_STEP);
    onProgress?.(first + PROGRESS_STEP, LINEAR_PAGES);
  }
  return space;
}

function observeRun(mmu: Mmu, space: AddressSpace, first: number, end: number): void {
  const { frames, granted } = space;
  for (let page = first; page < end; page++) {
    const linear = page * PAGE_SIZE;
    for (const access of ACCESS_KINDS) {
      const physical = mmu.translate(linear, access);
      if (physical === FAULT) continue;
      frames[page] = physical / PAGE_SIZE;
      granted[page]! |= 1 << access;
    }
  }
}
