import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { PTE_P, PTE_RW } from '../arch/entry.ts';
import { FAULT } from '../mmu/mmu.ts';
import { checkForbiddenBits, takeL1Entry, takeL2Entry } from './entries.ts';
import { TYPE_L1 } from './frame-table.ts';
import { findPageTable, readLinearEntry, writeLinearEntry } from './linear-map.ts';
import { refuse, type XenState } from './state.ts';
import { dropL1Entry, dropL2Entry, dropType, takeType } from './types.ts';

/**
 * Updates of one entry of a table in use. New references are taken before the old ones are dropped; where neither
 * frame nor presence (nor, at level 1, RW) changes, nothing is counted, and nothing is checked.
 */

/** Bits of a level-1 entry that may change without counting: 2–11. */
const L1_FREE_BITS = 0xffc;
/** Bits of a directory entry that may: 1–11. */
const L2_FREE_BITS = 0xffe;

/** A level-1 entry, where Xen has it: in a mapped frame, or in the linear page table. */
export interface L1Place {
  /** Reads the entry. @returns 0 to 2^32 − 1; or FAULT, with the refusal noted. */
  read(x: XenState, at: number): number;
  /** Writes it, if it is still what it was. @returns false with the refusal noted. */
  replace(x: XenState, at: number, old: number, value: number): boolean;
}

/** An entry in a frame that Xen has mapped; `at` is its machine address. */
export const IN_WINDOW: L1Place = {
  read: (x, at) => x.memory.loadWord(at) >>> 0,
  replace(x, at, old, value) {
    const now = x.memory.loadWord(at) >>> 0;
    if (now !== old) return refuse(x, { rule: 'entry-changed', value: now });
    x.memory.storeWord(at, value);
    return true;
  },
};

/** An entry in the linear page table; `at` is the page whose entry it is. */
export const IN_LINEAR_TABLE: L1Place = {
  read(x, at) {
    const value = readLinearEntry(x, at);
    if (value === FAULT) refuse(x, { rule: 'entry-not-readable', page: at });
    return value;
  },
  replace(x, at, old, value) {
    const now = readLinearEntry(x, at);
    if (now !== old) return refuse(x, { rule: 'entry-changed', value: now });
    return writeLinearEntry(x, at, value) || refuse(x, { rule: 'entry-not-writable', page: at });
  },
};

/** Updates a level-1 entry. @param value - As unsigned number. */
export function updateL1Entry(x: XenState, place: L1Place, at: number, value: number): boolean {
  const old = place.read(x, at);
  if (old === FAULT) return false;
  if ((value & PTE_P) === 0) {
    if (!place.replace(x, at, old, value)) return false;
    dropL1Entry(x, old);
    return true;
  }
  if (x.repairs['l1-global-flag'] && !checkForbiddenBits(x, value, 1)) return false;
  if (((old ^ value) & ~L1_FREE_BITS) === 0) return place.replace(x, at, old, value);
  if (!takeL1Entry(x, value)) return false;
  if (!place.replace(x, at, old, value)) {
    const { refusal } = x;
    dropL1Entry(x, value);
    x.refusal = refusal;
    return false;
  }
  dropL1Entry(x, old);
  return true;
}

/** Updates the level-1 entry of a page of the current address space. */
export function updateEntryOfPage(x: XenState, page: number, value: number): boolean {
  if (!x.repairs['stale-linear-map']) return updateL1Entry(x, IN_LINEAR_TABLE, page, value);
  const table = findPageTable(x, page, true);
  if (table === FAULT) return refuse(x, { rule: 'entry-not-writable', page });
  if (!takeType(x, table, TYPE_L1)) return false;
  const isDone = updateL1Entry(x, IN_WINDOW, table * 4096 + 4 * (page & 1023), value);
  dropType(x, table);
  return isDone;
}

/** Updates an entry of a directory. @param at - Machine address of the entry. @param value - As unsigned number. */
export function updateL2Entry(x: XenState, at: number, value: number): boolean {
  const directory = Math.floor(at / 4096);
  const slot = (at & 0xfff) >>> 2;
  if (slot >= XEN_FIRST_SLOT) return refuse(x, { rule: 'xen-slot', frame: directory, slot });
  const old = IN_WINDOW.read(x, at);
  if ((value & PTE_P) === 0) {
    if (!IN_WINDOW.replace(x, at, old, value)) return false;
    dropL2Entry(x, old, directory);
    return true;
  }
  if (x.repairs['l2-large-flag'] && !checkForbiddenBits(x, value, 2)) return false;
  const counts = x.repairs['l2-writable-flag'] ? value & PTE_RW : 0;
  if (((old ^ value) & (~L2_FREE_BITS | counts)) === 0) return IN_WINDOW.replace(x, at, old, value);
  if (!takeL2Entry(x, value, directory)) return false;
  if (!IN_WINDOW.replace(x, at, old, value)) {
    const { refusal } = x;
    dropL2Entry(x, value, directory);
    x.refusal = refusal;
    return false;
  }
  dropL2Entry(x, old, directory);
  return true;
}
