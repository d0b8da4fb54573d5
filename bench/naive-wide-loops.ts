/** The naive MMU's work in long mode and PAE, beside that of long-mode-work.ts and growth-work.ts. */
import { hashDoubles } from './lists.ts';
import type { NaiveWideMmu } from './naive-wide-walker.ts';
import type { Variant } from './work.ts';

type Addresses = ArrayLike<number> | ArrayLike<bigint>;

/** @param before - What each run begins with: a load of CR3, or nothing. */
export function naiveWideEach(
  naive: () => NaiveWideMmu,
  list: Addresses,
  before: (mmu: NaiveWideMmu) => void = () => {},
): Variant {
  const physical = new Float64Array(list.length);
  return {
    run() {
      const mmu = naive();
      before(mmu);
      for (let i = 0; i < list.length; i++) physical[i] = mmu.translate(list[i]!, false, false);
    },
    hash: () => hashDoubles(physical),
  };
}

/** Two address spaces in turn, whose entries in the TLB are kept apart, and kept. */
export function naiveInTurn(naive: () => NaiveWideMmu, list: Addresses, spaces: readonly number[]): Variant {
  const physical = new Float64Array(list.length);
  return {
    run() {
      const mmu = naive();
      for (const cr3 of spaces) {
        mmu.switchTo(cr3);
        for (let i = 0; i < list.length; i++) physical[i] = mmu.translate(list[i]!, false, false);
      }
    },
    hash: () => hashDoubles(physical),
  };
}

export function naiveWideXor(naive: () => NaiveWideMmu, list: Addresses): Variant {
  return xorOf(naive, list, (mmu, address) => mmu.translate(address, false, false));
}

export function naiveWideInvlpg(naive: () => NaiveWideMmu, list: Addresses): Variant {
  return xorOf(naive, list, (mmu, address) => {
    mmu.invlpg(address);
    return mmu.translate(address, false, false);
  });
}

function xorOf(
  naive: () => NaiveWideMmu,
  list: Addresses,
  one: (mmu: NaiveWideMmu, address: number | bigint) => number,
): Variant {
  let result = 0;
  return {
    run() {
      const mmu = naive();
      let xor = 0;
      for (let i = 0; i < list.length; i++) xor ^= one(mmu, list[i]!);
      result = xor;
    },
    hash: () => result >>> 0,
  };
}
