import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { installXenSlots } from './address-space.ts';
import { checkDescriptorPage } from './descriptor-check.ts';
import { takeL1Entry, takeL2Entry } from './entries.ts';
import { flushAll, needsFlush } from './flush.ts';
import {
  COUNT_FLUSH,
  COUNT_ZOMBIE,
  type PageType,
  TYPE_GDT,
  TYPE_L1,
  TYPE_L2,
  TYPE_LDT,
} from './frame-table.ts';
import { closeWindow, openWindow, refuse, type XenState } from './state.ts';
import { dropL1Entry, dropL2Entry } from './types.ts';

/**
 * Checks the contents of a frame that is to become a table or a descriptor page, and takes the references that its
 * entries make. One refused entry undoes those before it.
 */
export function validate(x: XenState, frame: number, type: PageType): boolean {
  flushBeforeTypeChange(x, frame);
  openWindow(x);
  const isValid =
    type === TYPE_L1
      ? validateL1(x, frame)
      : type === TYPE_L2
        ? validateL2(x, frame)
        : (type === TYPE_GDT || type === TYPE_LDT) && checkDescriptorPage(x, frame, type);
  closeWindow(x);
  return isValid;
}

/** The frame may have been mapped writable: a translation that still says so must not outlive the change. */
function flushBeforeTypeChange(x: XenState, frame: number): void {
  const word = x.frames.count(frame);
  if ((word & COUNT_FLUSH) === 0) return;
  x.frames.setCount(frame, word & ~COUNT_FLUSH);
  if ((word & COUNT_ZOMBIE) === 0 && needsFlush(x, x.frames.stamp(frame))) flushAll(x, 'type-change');
}

function validateL1(x: XenState, frame: number): boolean {
  const entryOf = (entry: number): number => x.memory.loadWord(frame * 4096 + 4 * entry);
  for (let entry = 0; entry < 1024; entry++) {
    if (takeL1Entry(x, entryOf(entry))) continue;
    const { refusal } = x;
    for (let taken = entry - 1; taken >= 0; taken--) dropL1Entry(x, entryOf(taken));
    const value = entryOf(entry) >>> 0;
    return refuse(x, { rule: 'bad-entry', frame, type: TYPE_L1, entry, value, because: refusal! });
  }
  return true;
}

function validateL2(x: XenState, frame: number): boolean {
  const entryOf = (slot: number): number => x.memory.loadWord(frame * 4096 + 4 * slot);
  for (let slot = 0; slot < XEN_FIRST_SLOT; slot++) {
    if (takeL2Entry(x, entryOf(slot), frame)) continue;
    const { refusal } = x;
    for (let taken = slot - 1; taken >= 0; taken--) dropL2Entry(x, entryOf(taken), frame);
    const value = entryOf(slot) >>> 0;
    return refuse(x, { rule: 'bad-entry', frame, type: TYPE_L2, entry: slot, value, because: refusal! });
  }
  installXenSlots(x, frame);
  return true;
}
