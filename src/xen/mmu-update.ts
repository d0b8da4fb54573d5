import {
  MMU_EXTENDED_COMMAND,
  MMU_MACHPHYS_UPDATE,
  MMU_NORMAL_PT_UPDATE,
  MMU_UNCHECKED_PT_UPDATE,
} from '../abi/xen.ts';
import { extendedCommand } from './extended-commands.ts';
import { loadCr3 } from './flush.ts';
import { TYPE_L1, TYPE_L2, TYPE_WRITABLE, typeOf } from './frame-table.ts';
import { M2P_BASE } from './layout.ts';
import { mapLdtPage } from './ldt.ts';
import { dropFrame, takeCallersFrame, takeFrameUnranged } from './references.ts';
import { closeWindow, DEFERRED_FLUSH, DEFERRED_LDT, openWindow, refuse, type XenState } from './state.ts';
import { dropType, takeType } from './types.ts';
import { IN_WINDOW, updateL1Entry, updateL2Entry } from './update-entry.ts';

/** The call was refused. */
export const EINVAL = -22;
/** The caller's memory could not be read. */
export const EFAULT = -14;

/** What a list of updates came to. */
export interface UpdateListResult {
  /** 0, -22 (EINVAL) or -14 (EFAULT). */
  readonly result: number;
  /** How many updates were done before the list ended or one was refused. They stay done. */
  readonly applied: number;
}

/**
 * The hypercall mmu_update: a list of pairs of pointer and value. The pointer's low two bits say of which kind the
 * update is. The first refused update ends the list; flushes that were put off are done in any case.
 *
 * @param readable - How many updates can be read from the caller's memory.
 */
export function mmuUpdate(x: XenState, updates: Uint32Array, readable: number): UpdateListResult {
  const count = updates.length >>> 1;
  let result = 0;
  let applied = 0;
  for (; applied < count; applied++) {
    if (applied >= readable) {
      refuse(x, { rule: 'list-unreadable', index: applied });
      result = EFAULT;
      break;
    }
    if (!update(x, updates[2 * applied]!, updates[2 * applied + 1]!)) {
      result = EINVAL;
      break;
    }
  }
  const { refusal } = x;
  const due = x.deferred;
  x.deferred = 0;
  if ((due & DEFERRED_FLUSH) !== 0) loadCr3(x);
  if ((due & DEFERRED_LDT) !== 0) mapLdtPage(x, 0);
  x.refusal = refusal;
  return { result, applied };
}

function update(x: XenState, pointer: number, value: number): boolean {
  const address = (pointer & ~3) >>> 0;
  switch (pointer & 3) {
    case MMU_NORMAL_PT_UPDATE:
      return checkedUpdate(x, address, value);
    case MMU_UNCHECKED_PT_UPDATE:
      if (x.caller.id !== 0) return refuse(x, { rule: 'not-privileged', caller: x.caller.id });
      x.memory.storeWord(address, value);
      return true;
    case MMU_MACHPHYS_UPDATE:
      return machineToPhysicalUpdate(x, pointer >>> 12, value);
    case MMU_EXTENDED_COMMAND:
      return extendedCommand(x, address, value);
    default:
      throw new Error('two bits have four values');
  }
}

/**
 * Writes a word by the rules of what its frame is used as: an entry of a page table, of a directory, or data.
 * The type counts even at type count 0: such a table is validated for this one update, and dropped again.
 */
function checkedUpdate(x: XenState, address: number, value: number): boolean {
  const frame = address >>> 12;
  const isTaken = x.repairs['pointer-beyond-memory']
    ? takeCallersFrame(x, frame)
    : takeFrameUnranged(x, frame);
  if (!isTaken) return false;
  openWindow(x);
  const type = typeOf(x.frames.type(frame));
  const kind = type === TYPE_L1 || type === TYPE_L2 ? type : TYPE_WRITABLE;
  let done = takeType(x, frame, kind);
  if (done) {
    if (kind === TYPE_L1) done = updateL1Entry(x, IN_WINDOW, address, value);
    else if (kind === TYPE_L2) done = updateL2Entry(x, address, value);
    else x.memory.storeWord(address, value);
    dropType(x, frame);
  }
  closeWindow(x);
  dropFrame(x, frame);
  return done;
}

/** Says which pseudo-physical page a frame is. Bits 2–11 of the pointer do not count. */
function machineToPhysicalUpdate(x: XenState, frame: number, value: number): boolean {
  if (!takeCallersFrame(x, frame)) return false;
  x.memory.storeWord(M2P_BASE + 4 * frame, value);
  dropFrame(x, frame);
  return true;
}
