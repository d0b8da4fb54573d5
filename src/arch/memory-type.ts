import type { CpuFeatures } from './cpu.ts';
import { PDE_PAT_LARGE, PTE_PAT, PTE_PCD, PTE_PWT } from './entry.ts';

/** Memory types that the PAT can select. `UC-` is uncacheable unless an MTRR says write-combining. */
export type MemoryType = 'UC' | 'WC' | 'WT' | 'WP' | 'WB' | 'UC-';

/** The PAT as it is after reset: entries 4–7 repeat 0–3 (SDM 3A §12.12.4). */
const PAT_AFTER_RESET: readonly MemoryType[] = ['WB', 'WT', 'UC-', 'UC', 'WB', 'WT', 'UC-', 'UC'];
/** Without a PAT: PCD and PWT alone choose (SDM 3A §12.5.2). */
const WITHOUT_PAT: readonly MemoryType[] = ['WB', 'WT', 'UC', 'UC'];

/**
 * The memory type that a leaf entry selects with PWT, PCD and, where the CPU has it, PAT, whose bit is 7 in
 * a 4 KiB entry and 12 in a larger one. The PAT holds its values after reset; MTRRs are not modelled.
 *
 * @param low - Low half of the leaf.
 */
export function memoryTypeOf(cpu: CpuFeatures, low: number, largePage: boolean): MemoryType {
  const pat = (low & (largePage ? PDE_PAT_LARGE : PTE_PAT)) !== 0 ? PTE_PAT : 0;
  return selectedMemoryType(cpu, (low & (PTE_PWT | PTE_PCD)) | pat);
}

/**
 * The memory type that three bits select, whatever size the page has.
 * @param bits - `PTE_PWT`, `PTE_PCD` and `PTE_PAT`; the last counts only where the CPU has a PAT.
 */
export function selectedMemoryType(cpu: CpuFeatures, bits: number): MemoryType {
  const base = ((bits & PTE_PWT) !== 0 ? 1 : 0) | ((bits & PTE_PCD) !== 0 ? 2 : 0);
  if (!cpu.pat) return WITHOUT_PAT[base]!;
  return PAT_AFTER_RESET[base | ((bits & PTE_PAT) !== 0 ? 4 : 0)]!;
}
