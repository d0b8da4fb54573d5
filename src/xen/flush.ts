import type { XenState } from './state.ts';

/** Flushes of the TLB, the clock that counts them, and what they are remembered for. Source: README of the traces. */

/** How far back a time stamp still counts, in ticks: the clock may have wrapped since. */
const CLOCK_REACH = 2 * 0x1_0000;

/** A full flush has happened: the clock ticks. */
function tick(x: XenState): void {
  x.clock = (x.clock + 1) >>> 0;
  x.lastFlush = x.clock;
}

/** Loads CR3 with the caller's directory, which flushes all but global translations. */
export function loadCr3(x: XenState): void {
  x.mmu.cr3 = x.caller.cr3;
  tick(x);
  x.flushes.push(['cr3', x.caller.cr3]);
}

/** Flushes all but global translations: CR3 is loaded with what it holds. */
export function flushAll(x: XenState, kind: 'type-change' | 'local'): void {
  const { cr3 } = x.mmu;
  x.mmu.cr3 = cr3;
  tick(x);
  x.flushes.push([kind]);
}

/** INVLPG: drops one page's translation, global or not. The clock does not tick. */
export function flushPage(x: XenState, linear: number): void {
  x.mmu.invlpg(linear);
  x.flushes.push(['invlpg', linear]);
}

/** Whether the CPU may hold translations of a frame that were made before a time stamp. */
export function needsFlush(x: XenState, stamp: number): boolean {
  return x.lastFlush <= stamp && stamp - x.lastFlush <= CLOCK_REACH;
}
