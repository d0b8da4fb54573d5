import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { flushPage, loadCr3 } from './flush.ts';
import { mapLdtPage } from './ldt.ts';
import { EINVAL } from './mmu-update.ts';
import { DEFERRED_FLUSH, DEFERRED_LDT, refuse, type XenState } from './state.ts';
import { updateEntryOfPage } from './update-entry.ts';

/** Flag of update_va_mapping: flush the whole TLB afterwards. It wins over {@link UVMF_INVLPG}. */
export const UVMF_FLUSH_TLB = 1;
/** Flag of update_va_mapping: flush the page afterwards. */
export const UVMF_INVLPG = 2;

/**
 * The hypercall update_va_mapping: changes the level-1 entry of a page of the current address space. A refused update
 * flushes as well; a page of Xen's does not come so far.
 *
 * @returns 0 or -22 (EINVAL).
 */
export function updateVaMapping(x: XenState, page: number, value: number, flags: number): number {
  if (page >= XEN_VIRTUAL_START / 4096) {
    refuse(x, { rule: 'page-of-xen', page });
    return EINVAL;
  }
  const isDone = updateEntryOfPage(x, page, value);
  const { refusal } = x;
  const due = x.deferred;
  x.deferred = 0;
  if (((due & DEFERRED_FLUSH) | (flags & UVMF_FLUSH_TLB)) !== 0) loadCr3(x);
  else if ((flags & UVMF_INVLPG) !== 0) flushPage(x, page * 4096);
  if ((due & DEFERRED_LDT) !== 0) mapLdtPage(x, 0);
  x.refusal = refusal;
  return isDone ? 0 : EINVAL;
}
