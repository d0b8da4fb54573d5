/**
 * What the pages of a run have in common, as one int32: the bits of a leaf entry where it has them, combined over
 * all levels where the CPU combines them, and above them what no entry's low half holds.
 *
 * | bits | meaning |
 * |---|---|
 * | 1, 2 | `PTE_RW`, `PTE_US`: of all levels, ANDed |
 * | 3, 4 | `PTE_PWT`, `PTE_PCD` of the leaf |
 * | 5, 6 | `PTE_A`, `PTE_D`: set in the leaf of every page |
 * | 7 | `PTE_PAT` of the leaf, also of a large one, where it is bit 12; 0 on a CPU without PAT |
 * | 8 | `PTE_G` of the leaf; 0 while CR4.PGE is clear |
 * | 9 | {@link RUN_NX}: NX of any level |
 * | 10 | {@link RUN_CONTIGUOUS} |
 * | 11 | {@link RUN_ONE_FRAME} |
 * | 12–15 | protection key, where {@link RUN_KEYED} |
 * | 16 | {@link RUN_KEYED} |
 * | 17 | {@link RUN_REPEAT} |
 * | 24–28 | log2 of the page size |
 */

import type { CpuFeatures } from '../arch/cpu.ts';
import { PTE_PAT, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } from '../arch/entry.ts';
import { type MemoryType, selectedMemoryType } from '../arch/memory-type.ts';
import type { Rights } from './report.ts';

/** Some level forbids instruction fetches. */
export const RUN_NX: number = 1 << 9;
/** The pages lie one after the other in physical memory. */
export const RUN_CONTIGUOUS: number = 1 << 10;
/** All pages are the same physical page. (A single page is both contiguous and this.) */
export const RUN_ONE_FRAME: number = 1 << 11;
/** CR4.PKE or CR4.PKS governs the pages, so that their key counts. */
export const RUN_KEYED: number = 1 << 16;
/** No pages but a reference: this range is mapped like one that was listed before. */
export const RUN_REPEAT: number = 1 << 17;

/** Lowest bit of the protection key in the attributes. */
export const RUN_KEY_SHIFT = 12;
/** Lowest bit of the page shift in the attributes. */
export const RUN_SIZE_SHIFT = 24;

/** The rights of a run's pages. */
export function rightsOfRun(attributes: number): Rights {
  return {
    writable: (attributes & PTE_RW) !== 0,
    user: (attributes & PTE_US) !== 0,
    executable: (attributes & RUN_NX) === 0,
  };
}

/** log2 of the size of a run's pages: 12, 21, 22 or 30. */
export function pageShiftOfRun(attributes: number): number {
  return (attributes >>> RUN_SIZE_SHIFT) & 31;
}

/** The protection key of a run's pages, 0–15; undefined where keys do not apply to them. */
export function keyOfRun(attributes: number): number | undefined {
  return (attributes & RUN_KEYED) === 0 ? undefined : (attributes >>> RUN_KEY_SHIFT) & 0xf;
}

/** The memory type that PAT, PCD and PWT of a run's leaves select. */
export function memoryTypeOfRun(cpu: CpuFeatures, attributes: number): MemoryType {
  return selectedMemoryType(cpu, attributes & (PTE_PWT | PTE_PCD | PTE_PAT));
}
