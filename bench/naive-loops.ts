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

export function naiveXor(naive: () => NaiveMmu, list: Uint32Array): Variant {
  let result = 0;
  return {
    run() {
      const mmu = naive();
      let xor = 0;
      for (let i = 0; i < list.length; i++) xor ^= mmu.translate(list[i]!, false, false);
      result = xor;
    },
    hash: () => result >>> 0,
  };
}

export function naiveReads(naive: () => NaiveMmu, list: Uint32Array): Variant {
  let result = 0;
  return {
    run() {
      const mmu = naive();
      let xor = 0;
      for (let i = 0; i < list.length; i++) xor ^= mmu.readUint32(list[i]!);
      result = xor;
    },
    hash: () => result >>> 0,
  };
}

export function naiveFaults(naive: () => NaiveMmu, list: Uint32Array): Variant {
  let result = 0;
  return {
    run() {
      const mmu = naive();
      let xor = 0;
      for (let i = 0; i < list.length; i++) {
        if (mmu.translate(list[i]!, true, true) === -1) xor ^= mmu.cr2 ^ mmu.faultCode;
      }
      result = xor;
    },
    hash: () => result >>> 0,
  };
}

export function naiveInvlpg(naive: () => NaiveMmu, list: Uint32Array): Variant {
  let result = 0;
  return {
    run() {
      const mmu = naive();
      let xor = 0;
      for (let i = 0; i < list.length; i++) {
        mmu.invlpg(list[i]!);
        xor ^= mmu.translate(list[i]!, false, false);
      }
      result = xor;
    },
    hash: () => result >>> 0,
  };
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
