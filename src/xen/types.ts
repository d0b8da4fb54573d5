import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { PTE_P, PTE_RW } from '../arch/entry.ts';
import {
  COUNT_MASK,
  type PageType,
  TYPE_L1,
  TYPE_L2,
  TYPE_L4,
  TYPE_LDT,
  TYPE_VALIDATED,
  TYPE_WRITABLE,
  typeOf,
} from './frame-table.ts';
import { dropFrame, takeCallersFrame, takeFrame } from './references.ts';
import { closeWindow, openWindow, refuse, type XenState } from './state.ts';

/**
 * Page types: what a frame is used as. Types exclude one another, and a frame changes its type only when no
 * reference needs the old one; tables and descriptor pages are checked for the new one first.
 */

/** Takes a reference to a frame as a type. The caller holds a reference to the frame. */
export function takeType(x: XenState, frame: number, type: PageType): boolean {
  const word = x.frames.type(frame);
  let next = word + 1;
  if ((next & COUNT_MASK) === 0) return refuse(x, { rule: 'type-count-overflow', frame, type });
  if ((word & COUNT_MASK) === 0) {
    if (typeOf(word) !== type) {
      // Writable pages need no check.
      next = (type << 29) | (type === TYPE_WRITABLE ? TYPE_VALIDATED : 0) | 1;
    }
  } else if (typeOf(word) !== type) {
    const uses = word & COUNT_MASK;
    return refuse(x, { rule: 'other-type', frame, has: typeOf(word), wanted: type, uses });
  } else if ((word & TYPE_VALIDATED) === 0) {
    return refuse(x, { rule: 'validation-unfinished', frame, type });
  }
  x.frames.setType(frame, next);
  if ((next & TYPE_VALIDATED) !== 0) return true;
  if (!x.rules.validate(x, frame, type)) {
    const { refusal } = x;
    dropType(x, frame);
    x.refusal = refusal;
    return false;
  }
  x.frames.setType(frame, x.frames.type(frame) | TYPE_VALIDATED);
  return true;
}

/** A table whose entries are being dropped. */
interface Release {
  readonly frame: number;
  readonly type: PageType;
  /** The type word without its validated bit, as it was when the release began. */
  readonly word: number;
  /** The next entry to drop. */
  entry: number;
}

/**
 * Gives back a reference to a frame as its type. The last one of a validated table drops all its entries, and with
 * them whatever tables they were the last references to: the original calls itself for each.
 */
export function dropType(x: XenState, frame: number): void {
  const first = settle(x, frame);
  if (first === undefined) return;
  const open = [first];
  while (open.length > 0) {
    const table = open.at(-1)!;
    const inner = dropEntries(x, table);
    if (inner !== undefined) {
      open.push(inner);
      continue;
    }
    open.pop();
    closeWindow(x);
    // While its entries were dropped the frame may have been dropped once more, as its own linear map's target.
    const again = x.frames.type(table.frame) === table.word ? finish(x, table) : settle(x, table.frame);
    if (again !== undefined) open.push(again);
    else if (open.length > 0) dropFrame(x, table.frame);
  }
}

function finish(x: XenState, { frame, word }: Release): undefined {
  x.frames.setType(frame, word - 1);
}

/** Takes one off the type count, unless that leaves a table whose entries must be dropped first. */
function settle(x: XenState, frame: number): Release | undefined {
  const word = x.frames.type(frame);
  const next = word - 1;
  if ((next & COUNT_MASK) === 0) {
    x.frames.setStamp(frame, x.clock);
    if (typeOf(next) <= TYPE_L4 && (next & TYPE_VALIDATED) !== 0) {
      const unvalidated = word & ~TYPE_VALIDATED;
      x.frames.setType(frame, unvalidated);
      openWindow(x);
      return { frame, type: typeOf(word), word: unvalidated, entry: 0 };
    }
  }
  x.frames.setType(frame, next);
  return undefined;
}

/** Drops a table's entries, up to one that is the last reference to another table: that comes first. */
function dropEntries(x: XenState, table: Release): Release | undefined {
  const end = table.type === TYPE_L1 ? 1024 : table.type === TYPE_L2 ? XEN_FIRST_SLOT : 0;
  while (table.entry < end) {
    const value = x.memory.loadWord(table.frame * 4096 + 4 * table.entry++);
    if ((value & PTE_P) === 0) continue;
    const target = value >>> 12;
    if (table.type === TYPE_L1 && (value & PTE_RW) === 0) {
      dropReadOnly(x, target);
    } else if (table.type === TYPE_L1 || target !== table.frame) {
      const inner = settle(x, target);
      if (inner !== undefined) return inner;
      dropFrame(x, target);
    }
  }
  return undefined;
}

/** Drops a read-only mapping. One of an LDT page is rare, so the caller's whole LDT shadow goes with it. */
function dropReadOnly(x: XenState, frame: number): void {
  const word = x.frames.type(frame);
  if (typeOf(word) === TYPE_LDT && (word & COUNT_MASK) !== 0) x.rules.dropLdtShadow(x);
  dropFrame(x, frame);
}

/** Drops a reference and a type reference. */
export function dropFrameAndType(x: XenState, frame: number): void {
  dropType(x, frame);
  dropFrame(x, frame);
}

/** Drops what a level-1 entry refers to. */
export function dropL1Entry(x: XenState, value: number): void {
  if ((value & PTE_P) === 0) return;
  if ((value & PTE_RW) === 0) dropReadOnly(x, value >>> 12);
  else dropFrameAndType(x, value >>> 12);
}

/** Drops what an entry of a directory refers to, unless that is the directory itself. */
export function dropL2Entry(x: XenState, value: number, directory: number): void {
  if ((value & PTE_P) !== 0 && value >>> 12 !== directory) dropFrameAndType(x, value >>> 12);
}

/** Takes a reference to a frame of the caller's and to its type, or neither. */
export function takeCallersFrameAndType(x: XenState, frame: number, type: PageType): boolean {
  return takeCallersFrame(x, frame) && takeTypeOrDrop(x, frame, type);
}

/** Takes a reference to a frame of an owner's and to its type, or neither. */
export function takeFrameAndType(x: XenState, frame: number, pointer: number, type: PageType): boolean {
  return takeFrame(x, frame, pointer) && takeTypeOrDrop(x, frame, type);
}

function takeTypeOrDrop(x: XenState, frame: number, type: PageType): boolean {
  if (takeType(x, frame, type)) return true;
  const { refusal } = x;
  dropFrame(x, frame);
  x.refusal = refusal;
  return false;
}
