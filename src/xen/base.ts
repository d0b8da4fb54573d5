import { loadCr3 } from './flush.ts';
import { TYPE_L2 } from './frame-table.ts';
import { loadLdt } from './ldt.ts';
import type { DomainState, XenState } from './state.ts';
import { takeFrameAndType } from './types.ts';

/**
 * What domain 0's BUILDDOMAIN does to memory: a directory becomes a domain's current one, for which it takes a
 * reference and a type reference. The original does not look whether it got them.
 *
 * @returns 1, or 0 where it did not.
 */
export function setBase(x: XenState, target: DomainState, directory: number): 0 | 1 {
  const isTaken = takeFrameAndType(x, directory >>> 12, target.pointer, TYPE_L2);
  target.cr3 = directory;
  return isTaken ? 1 : 0;
}

/** A context switch: the new domain's directory, then its LDT. */
export function switchTo(x: XenState): void {
  loadCr3(x);
  loadLdt(x, x.caller);
}
