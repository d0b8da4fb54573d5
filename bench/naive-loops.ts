/** The naive MMU's work in 32-bit paging, beside that of mmu-work.ts. */
import { ACCESS_KINDS } from 'x86-paging/mmu';
import { hashAllPages, hashWords } from './lists.ts';
import type { NaiveMmu } from './naive-walker.ts';
import type { Variant } from './work.ts';

const ALL_PAGES = 0x10_0000;

export function naiveEach(naive: () => NaiveMmu, list: Uint32Array, flushed: boolean): Variant {
  const physical = new Uint32Array(list.length);
  return {
    run() {
      const mmu = naive();
      if (flushed) mmu.flush();
      for (let i = 0; i < list.length; i++) physical[i] = mmu.translate(list[i]!, false, false);
    },
    hash: () => hashWords(physical),
  };
}

/** @param loop - Does the work for every element, and gives its results combined by XOR. */
export function naiveLoop<Naive, List>(
  naive: () => Naive,
  list: List,
  loop: (mmu: Naive, list: List) => number,
): Variant {
  let result = 0;
  return {
    run() {
      result = loop(naive(), list);
    },
    hash: () => result >>> 0,
  };
}

export function naiveReads(mmu: NaiveMmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.readUint32(list[i]!);
  return xor;
}

export function naiveTranslations(mmu: NaiveMmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.translate(list[i]!, false, false);
  return xor;
}

export function naiveFaults(mmu: NaiveMmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) {
    if (mmu.translate(list[i]!, true, true) === -1) xor ^= mmu.cr2 ^ mmu.faultCode;
  }
  return xor;
}

export function naiveInvlpg(mmu: NaiveMmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) {
    mmu.invlpg(list[i]!);
    xor ^= mmu.translate(list[i]!, false, false);
  }
  return xor;
}

/** Reads and fetches are one to it, as 32-bit paging has no rights to execute. */
export function naiveAllPages(naive: () => NaiveMmu): Variant {
  const found = new Int32Array(ALL_PAGES);
  const granted = new Uint8Array(ALL_PAGES);
  return {
    run() {
      const mmu = naive();
      mmu.flush();
      for (let page = 0; page < ALL_PAGES; page++) {
        found[page] = -1;
        granted[page] = 0;
        for (const access of ACCESS_KINDS) {
          const physical = mmu.translate(page * 4096, (access & 1) !== 0, (access & 4) !== 0);
          if (physical === -1) continue;
          found[page] = Math.floor(physical / 4096);
          granted[page]! |= 1 << access;
        }
      }
    },
    hash: () => hashAllPages(found, granted),
  };
}
