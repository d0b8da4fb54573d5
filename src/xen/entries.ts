import { PDE_PS, PTE_G, PTE_P, PTE_RW } from '../arch/entry.ts';
import {
  COUNT_FLUSH,
  COUNT_MASK,
  TYPE_L1,
  TYPE_L2,
  TYPE_VALIDATED,
  TYPE_WRITABLE,
  typeOf,
} from './frame-table.ts';
import { dropFrame, takeCallersFrame } from './references.ts';
import { refuse, type XenState } from './state.ts';
import { takeCallersFrameAndType } from './types.ts';

/**
 * What an entry of a table needs before it may be installed: the references it makes, in the caller's name.
 * Source: docs/xen-1.2.md §8, §10.
 */

/** GLOBAL and, in the same bit as PSE of a directory entry, PAT. */
const FORBIDDEN_BITS: number = PTE_G | PDE_PS;

/** Whether an entry has none of the bits that are refused. Those of an entry that is not present do not count. */
export function checkForbiddenBits(x: XenState, value: number, level: 1 | 2): boolean {
  const bits = value & FORBIDDEN_BITS;
  if (bits === 0 || (value & PTE_P) === 0) return true;
  return refuse(x, { rule: 'forbidden-bits', level, value: value >>> 0, bits });
}

/** Takes what a level-1 entry refers to. A writable mapping needs the frame as writable; a read-only one, any type. */
export function takeL1Entry(x: XenState, value: number): boolean {
  if ((value & PTE_P) === 0) return true;
  if (!checkForbiddenBits(x, value, 1)) return false;
  const frame = value >>> 12;
  if ((value & PTE_RW) === 0) return takeCallersFrame(x, frame);
  if (!takeCallersFrameAndType(x, frame, TYPE_WRITABLE)) return false;
  x.frames.setCount(frame, x.frames.count(frame) | COUNT_FLUSH);
  return true;
}

/** Takes what an entry of a directory refers to: a page table or, read-only, a directory as one. */
export function takeL2Entry(x: XenState, value: number, directory: number): boolean {
  if ((value & PTE_P) === 0) return true;
  if (!checkForbiddenBits(x, value, 2)) return false;
  const frame = value >>> 12;
  if (takeCallersFrameAndType(x, frame, TYPE_L1)) return true;
  const asTable = x.refusal!;
  if (takeLinearMap(x, value, directory)) return true;
  return refuse(x, { rule: 'not-a-table', frame, asTable, asDirectory: x.refusal! });
}

/**
 * A directory mapped as a page table, so that its entries appear as memory: a linear page table. Never writable.
 * A directory that maps itself takes no reference, or it could never be dropped.
 */
function takeLinearMap(x: XenState, value: number, directory: number): boolean {
  const frame = value >>> 12;
  if ((value & PTE_RW) !== 0) return refuse(x, { rule: 'linear-map-writable', frame, value: value >>> 0 });
  if (frame === directory) return true;
  if (x.repairs['linear-chain']) return refuse(x, { rule: 'linear-map-of-another', frame, directory });
  if (!takeCallersFrame(x, frame)) return false;
  const word = x.frames.type(frame);
  if (typeOf(word) !== TYPE_L2 || (word & TYPE_VALIDATED) === 0) {
    dropFrame(x, frame);
    return refuse(x, { rule: 'not-a-directory', frame, has: typeOf(word) });
  }
  if ((word & COUNT_MASK) === COUNT_MASK) {
    dropFrame(x, frame);
    return refuse(x, { rule: 'type-count-overflow', frame, type: TYPE_L2 });
  }
  x.frames.setType(frame, word + 1);
  return true;
}
