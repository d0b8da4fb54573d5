/**
 * Loops of single calls, measured as docs/performance.md says that a caller should write them: functions of the module,
 * since what a closure captures is loaded anew at every turn once there are two such closures; and in the state in which
 * a program that runs for long has them.
 */
import type { Mmu } from 'x86-paging/mmu';
import type { Variant } from './work.ts';

/** Calls before anything is measured, and how many elements each is given. */
const CALLS = 3000;
const ELEMENTS = 16;

interface List<Self> {
  subarray(start: number, end: number): Self;
}

/**
 * @param loop - Does the work for every element, and gives its results combined by XOR. It is called with short lists
 * first: V8 replaces a long loop while it runs, by code that knows less, and keeps that for a while.
 */
export function inLoop<Addresses extends List<Addresses>>(
  loop: (mmu: Mmu, list: Addresses) => number,
  mmu: Mmu,
  list: Addresses,
): Variant {
  let result = 0;
  let isWarm = false;
  return {
    run() {
      if (!isWarm) warm(loop, mmu, list.subarray(0, ELEMENTS));
      isWarm = true;
      result = loop(mmu, list);
    },
    hash: () => result >>> 0,
  };
}

function warm<Addresses>(loop: (mmu: Mmu, list: Addresses) => number, mmu: Mmu, list: Addresses): void {
  for (let call = 0; call < CALLS; call++) loop(mmu, list);
}
