import { READ, WRITE } from '../arch/access.ts';
import { PTE_P, PTE_RW } from '../arch/entry.ts';
import { cr3Address } from '../arch/registers.ts';
import { FAULT } from '../mmu/mmu.ts';
import { LINEAR_TABLE_START, SLOT_LINEAR_TABLE } from './layout.ts';
import type { XenState } from './state.ts';

/**
 * The linear page table: the level-1 entry of page `p` appears at 0xff00_0000 + 4p, by way of the directory that CR3
 * holds. Xen reads and writes it like memory, so that a fault, or a stale translation, is Xen's as well.
 */

/** Reads a page's entry. @returns 0 to 2^32 − 1, or FAULT. */
export function readLinearEntry(x: XenState, page: number): number {
  if (x.linearMap === 'cached') return x.mmu.readUint32(LINEAR_TABLE_START + 4 * page, READ);
  const address = walkLinearEntry(x, page, PTE_P);
  return address === FAULT ? FAULT : x.memory.loadWord(address) >>> 0;
}

/** Writes a page's entry. CR0.WP is set, so a directory entry without RW stops Xen too. @returns false on a fault. */
export function writeLinearEntry(x: XenState, page: number, value: number): boolean {
  const linear = LINEAR_TABLE_START + 4 * page;
  if (x.linearMap === 'cached') {
    // A translation that is cached without RW is believed, as a CPU may: this TLB forgets nothing by itself.
    if (x.mmu.tlb.lookup(linear)?.rights.writable === false) return false;
    return x.mmu.writeUint32(linear, value, WRITE) !== FAULT;
  }
  const address = walkLinearEntry(x, page, PTE_P | PTE_RW);
  if (address === FAULT) return false;
  x.memory.storeWord(address, value);
  return true;
}

/**
 * What the repair of the stale linear map does instead: finds the page table of a page in the directory as it is now.
 * @returns Its frame; or FAULT, where there is none, or (to write) the entry on the way has no RW.
 */
export function findPageTable(x: XenState, page: number, write: boolean): number {
  const bits = write ? PTE_P | PTE_RW : PTE_P;
  const entry = x.memory.loadWord(((cr3Address(x.mmu.cr3) & -4096) >>> 0) + 4 * (page >>> 10));
  return (entry & bits) === bits ? entry >>> 12 : FAULT;
}

/** Walks to a page's entry. @param bits - What both entries on the way must have. @returns Its address, or FAULT. */
function walkLinearEntry(x: XenState, page: number, bits: number): number {
  const { memory, mmu } = x;
  const own = memory.loadWord(((cr3Address(mmu.cr3) & -4096) >>> 0) + 4 * SLOT_LINEAR_TABLE);
  if ((own & bits) !== bits) return FAULT;
  const entry = memory.loadWord(((own & -4096) >>> 0) + 4 * (page >>> 10));
  if ((entry & bits) !== bits) return FAULT;
  return ((entry & -4096) >>> 0) + 4 * (page & 1023);
}
