import {
  MMUEXT_INVLPG,
  MMUEXT_NEW_BASEPTR,
  MMUEXT_PIN_L1_TABLE,
  MMUEXT_PIN_L2_TABLE,
  MMUEXT_SET_LDT,
  MMUEXT_TLB_FLUSH,
  MMUEXT_UNPIN_TABLE,
} from '../abi/xen.ts';
import { flushPage } from './flush.ts';
import { COUNT_PINNED, TYPE_L1, TYPE_L2 } from './frame-table.ts';
import { DIRECT_MAP_START } from './layout.ts';
import { dropLdtShadow, loadLdt } from './ldt.ts';
import { dropFrame, takeCallersFrame } from './references.ts';
import { DEFERRED_FLUSH, DEFERRED_LDT, refuse, type XenState } from './state.ts';
import { dropFrameAndType, takeCallersFrameAndType } from './types.ts';

/**
 * Extended commands: the pointer of the update is an argument, and the low byte of its value says what to do with it.
 * Both are unsigned numbers; the pointer's low two bits are clear.
 */
export function extendedCommand(x: XenState, pointer: number, value: number): boolean {
  const command = value & 0xff;
  const frame = pointer >>> 12;
  // Nothing is done, and that counts as success.
  if (frame >= x.frameCount && command !== MMUEXT_SET_LDT) return true;
  switch (command) {
    case MMUEXT_PIN_L1_TABLE:
    case MMUEXT_PIN_L2_TABLE:
      return pin(x, frame, command === MMUEXT_PIN_L1_TABLE ? TYPE_L1 : TYPE_L2);
    case MMUEXT_UNPIN_TABLE:
      return unpin(x, frame);
    case MMUEXT_NEW_BASEPTR:
      return newBasePointer(x, frame);
    case MMUEXT_TLB_FLUSH:
      x.deferred |= DEFERRED_FLUSH;
      return true;
    case MMUEXT_INVLPG:
      flushPage(x, (value & ~0xff) >>> 0);
      return true;
    case MMUEXT_SET_LDT:
      return setLdt(x, pointer, value >>> 8);
    default:
      return refuse(x, { rule: 'unknown-command', command });
  }
}

/** Keeps a frame's type, whoever else needs it or not: a reference and a type reference, once. */
function pin(x: XenState, frame: number, type: typeof TYPE_L1 | typeof TYPE_L2): boolean {
  if (!takeCallersFrameAndType(x, frame, type)) return false;
  const word = x.frames.count(frame);
  if ((word & COUNT_PINNED) !== 0) {
    dropFrameAndType(x, frame);
    return refuse(x, { rule: 'already-pinned', frame });
  }
  x.frames.setCount(frame, word | COUNT_PINNED);
  return true;
}

/** Gives back what the pin took. To look at the frame it takes a reference, and the original keeps that one. */
function unpin(x: XenState, frame: number): boolean {
  if (!takeCallersFrame(x, frame)) return false;
  const word = x.frames.count(frame);
  const isPinned = (word & COUNT_PINNED) !== 0;
  if (isPinned) {
    x.frames.setCount(frame, word & ~COUNT_PINNED);
    dropFrameAndType(x, frame);
  }
  if (x.repairs['pin-count']) dropFrame(x, frame);
  return isPinned || refuse(x, { rule: 'not-pinned', frame });
}

/** Makes a directory the caller's current one. CR3 is loaded at the end of the call. */
function newBasePointer(x: XenState, frame: number): boolean {
  if (!takeCallersFrameAndType(x, frame, TYPE_L2)) return false;
  const { caller } = x;
  dropFrameAndType(x, caller.cr3 >>> 12);
  caller.cr3 = frame * 4096;
  dropLdtShadow(x);
  x.deferred |= DEFERRED_FLUSH;
  return true;
}

function setLdt(x: XenState, base: number, entries: number): boolean {
  const end = base + entries * 8;
  if ((base & 0xfff) !== 0 || entries > 8192 || end > DIRECT_MAP_START) {
    return refuse(x, { rule: 'bad-ldt', base, entries });
  }
  const { caller } = x;
  if (caller.ldtEntries === entries && caller.ldtBase === base) return true;
  dropLdtShadow(x);
  caller.ldtBase = base;
  caller.ldtEntries = entries;
  loadLdt(x, caller);
  x.deferred &= ~DEFERRED_LDT;
  if (entries !== 0) x.deferred |= DEFERRED_LDT;
  return true;
}
