/** What page tables tell of registers that a dump lacks. */

import { PDE_PS, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import { PAGING_MODES, type PagingMode } from '../arch/paging-modes.ts';
import type { RamReader } from '../memory/index.ts';
import { type Said, said } from '../said/said.ts';

/** Tables that are looked at; a guest that uses NX has such an entry long before. */
const MAX_TABLES = 65_536;

/**
 * Whether the tables at CR3 are those of long mode rather than of PAE. A PDPTE of PAE has no R/W and no U/S bit:
 * they are reserved there. A PML4E without R/W maps nothing but read-only memory, which no kernel has at its root.
 */
export function looksLikeLongMode(memory: RamReader, cr3: number): { active: boolean; because: Said } {
  if (cr3 % 4096 >= 32) return { active: false, because: said`CR3 does not point to the start of a page` };
  const root = cr3 - (cr3 % 32);
  for (let i = 0; i < 4; i++) {
    const entry = memory.loadWord(root + 8 * i);
    if ((entry & PTE_P) === 0) continue;
    return (entry & (PTE_RW | PTE_US)) === 0
      ? { active: false, because: said`the entries at CR3 have no R/W and U/S bits, as PDPTEs of PAE` }
      : {
          active: true,
          because: said`the entries at CR3 have R/W and U/S bits, which PDPTEs of PAE have not`,
        };
  }
  return { active: true, because: said`the first four entries at CR3 are empty, and PAE has no others` };
}

/** Whether an entry under a root has bit 63 set, which is reserved while EFER.NXE is clear. */
export function usesNoExecute(memory: RamReader, mode: PagingMode, cr3: number): boolean {
  const { levels, entryBytes } = PAGING_MODES[mode];
  if (entryBytes !== 8) return false;
  const seen = new Set<number>();
  const search = (table: number, depth: number): boolean => {
    const level = levels[depth];
    if (level === undefined || seen.has(table) || seen.size >= MAX_TABLES) return false;
    seen.add(table);
    const entries = 2 ** level.indexBits;
    // The kernel's half, which has them, first.
    for (let i = entries - 1; i >= 0; i--) {
      const low = memory.loadWord(table + 8 * i);
      if ((low & PTE_P) === 0) continue;
      const high = memory.loadWord(table + 8 * i + 4);
      if (high < 0) return true;
      if (depth + 1 === levels.length || (low & PDE_PS) !== 0) continue;
      const next = (high & 0xf_ffff) * 0x1_0000_0000 + ((low & -4096) >>> 0);
      if (memory.isRam?.(next) !== false && search(next, depth + 1)) return true;
    }
    return false;
  };
  return search(cr3 - (cr3 % (mode === 'PAE' ? 32 : 4096)), 0);
}
