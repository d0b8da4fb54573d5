import { checkDescriptorPage, descriptorFault } from './descriptor-check.ts';
import { flushAll } from './flush.ts';
import { TYPE_GDT, TYPE_LDT, TYPE_WRITABLE, typeOf } from './frame-table.ts';
import {
  FIRST_RESERVED_GDT_ENTRY,
  GDT_PAGES,
  LAST_RESERVED_GDT_ENTRY,
  XEN_GDT,
  XEN_TABLE_FLAGS,
} from './layout.ts';
import { perDomainEntry } from './ldt.ts';
import { EINVAL } from './mmu-update.ts';
import { dropFrame, takeFrame } from './references.ts';
import { closeWindow, openWindow, refuse, type XenState } from './state.ts';
import { dropFrameAndType, dropType, takeFrameAndType, takeType } from './types.ts';

/** The most entries of a GDT: 16 pages. */
const MAX_GDT_ENTRIES = 8192;
const ENTRIES_PER_PAGE = 512;

/**
 * The hypercall set_gdt: the CPU reads the caller's descriptors from frames of his own. Entries 256–295 stay Xen's.
 *
 * @param list - Frames, 512 entries each; a list that is too short ends in frame 0.
 * @returns 0 or -22 (EINVAL).
 */
export function setGdt(x: XenState, list: ArrayLike<number>, entries: number): number {
  if (entries <= LAST_RESERVED_GDT_ENTRY || entries > MAX_GDT_ENTRIES) {
    refuse(x, { rule: 'bad-gdt-size', entries });
    return EINVAL;
  }
  const frames = Array.from({ length: Math.ceil(entries / ENTRIES_PER_PAGE) }, (_, page) => list[page] ?? 0);
  if (!takeGdtFrames(x, frames)) return EINVAL;

  copyReservedEntries(x, frames[0]!, (address) => x.memory.loadWord(address));
  for (let page = 0; page < GDT_PAGES; page++) {
    const entry = perDomainEntry(x.caller, page);
    const old = x.memory.loadWord(entry) >>> 12;
    if (old !== 0) dropFrameAndType(x, old);
    const frame = frames[page];
    x.memory.storeWord(entry, frame === undefined ? 0 : (frame << 12) | XEN_TABLE_FLAGS);
  }
  x.caller.gdtEntries = entries;
  flushAll(x, 'local');
  x.flushes.push(['lgdt']);
  return 0;
}

/** Takes all frames of a GDT, or none. */
function takeGdtFrames(x: XenState, frames: readonly number[]): boolean {
  for (const [page, frame] of frames.entries()) {
    const isTaken =
      page === 0
        ? takeGdtFrame(x, frame) || (clearReservedEntries(x, frame) && takeGdtFrame(x, frame))
        : isFurtherPage(x, frame, frames[0]!) && takeGdtFrame(x, frame);
    if (isTaken) continue;
    const { refusal } = x;
    for (const taken of frames.slice(0, page).reverse()) dropFrameAndType(x, taken);
    x.refusal = refusal;
    return false;
  }
  return true;
}

/** Repaired: the page is not the first one, and was not left with Xen's descriptors in it when it was one. */
function isFurtherPage(x: XenState, frame: number, first: number): boolean {
  if (!x.repairs['reserved-descriptors'] || frame >= x.frameCount) return true;
  if (frame === first) return refuse(x, { rule: 'gdt-page-twice', frame });
  return checkDescriptorPage(x, frame, TYPE_GDT);
}

function takeGdtFrame(x: XenState, frame: number): boolean {
  if (frame >= x.frameCount) {
    return refuse(x, { rule: 'frame-beyond-memory', frame, frameCount: x.frameCount });
  }
  return takeFrameAndType(x, frame, x.caller.pointer, TYPE_GDT);
}

/**
 * The first page may fail only for what is in the entries that Xen overwrites anyway. The original clears them, as
 * far as it can have the frame as writable, and tries again; they stay cleared if that fails too.
 */
function clearReservedEntries(x: XenState, frame: number): boolean {
  if (frame >= x.frameCount || !takeFrameAndType(x, frame, x.caller.pointer, TYPE_WRITABLE)) return false;
  copyReservedEntries(x, frame, () => 0);
  dropFrameAndType(x, frame);
  return true;
}

/** Fills entries 256–295 of a GDT page with words that belong to addresses of Xen's own GDT. */
function copyReservedEntries(x: XenState, frame: number, wordAt: (address: number) => number): void {
  openWindow(x);
  for (let offset = 8 * FIRST_RESERVED_GDT_ENTRY; offset < 8 * (LAST_RESERVED_GDT_ENTRY + 1); offset += 4) {
    x.memory.storeWord(frame * 4096 + offset, wordAt(XEN_GDT + offset));
  }
  closeWindow(x);
}

/**
 * The hypercall update_descriptor: writes one checked descriptor into a frame of the caller's.
 *
 * @param address - Machine address, a multiple of 8.
 * @returns 0 or -22 (EINVAL).
 */
export function updateDescriptor(x: XenState, address: number, low: number, high: number): number {
  const frame = Math.floor(address / 4096);
  if (!checkDescriptorArguments(x, address, low, high)) return EINVAL;
  if (!takeFrame(x, frame, x.caller.pointer)) {
    // The original gives back what it did not get.
    const { refusal } = x;
    if (!x.repairs['descriptor-reference']) dropFrame(x, frame);
    x.refusal = refusal;
    return EINVAL;
  }
  const isDone = storeDescriptor(x, address, low, high);
  dropFrame(x, frame);
  return isDone ? 0 : EINVAL;
}

function checkDescriptorArguments(x: XenState, address: number, low: number, high: number): boolean {
  const frame = Math.floor(address / 4096);
  if ((address & 7) !== 0) return refuse(x, { rule: 'descriptor-unaligned', address });
  if (frame >= x.frameCount) {
    return refuse(x, { rule: 'frame-beyond-memory', frame, frameCount: x.frameCount });
  }
  const fault = descriptorFault(low, high);
  return fault === undefined || refuse(x, { rule: 'bad-descriptor', low, high, fault });
}

/** The frame must be a GDT's or LDT's, or data; the caller holds a reference. */
function storeDescriptor(x: XenState, address: number, low: number, high: number): boolean {
  const frame = Math.floor(address / 4096);
  const entry = (address & 0xfff) >>> 3;
  const type = typeOf(x.frames.type(frame));
  if (type === TYPE_GDT && isCurrentReserved(x, frame, entry)) {
    return refuse(x, { rule: 'reserved-descriptor', frame, entry });
  }
  if (!takeType(x, frame, type === TYPE_GDT || type === TYPE_LDT ? type : TYPE_WRITABLE)) return false;
  openWindow(x);
  x.memory.storeWord(address, low);
  x.memory.storeWord(address + 4, high);
  closeWindow(x);
  dropType(x, frame);
  return true;
}

/** Whether an entry is one of Xen's in the first page of the caller's GDT. */
function isCurrentReserved(x: XenState, frame: number, entry: number): boolean {
  return (
    x.memory.loadWord(perDomainEntry(x.caller, 0)) >>> 12 === frame &&
    entry >= FIRST_RESERVED_GDT_ENTRY &&
    entry <= LAST_RESERVED_GDT_ENTRY
  );
}
