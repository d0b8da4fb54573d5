import { CR0_PE, CR0_PG, CR0_WP, CR4_PGE, CR4_PSE, EFER_LME, EFER_NXE } from '../arch/control.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import type { PagingMode } from '../arch/paging-modes.ts';
import { modeBits } from '../arch/registers.ts';

/** What a CPU needs to use tables: itself, and its control registers. */
export interface TableRegisters {
  /** The CPU. */
  readonly cpu: CpuFeatures;
  /** CR0: PG and PE, and WP where the CPU has it. */
  readonly cr0: number;
  /** CR3: the topmost table. */
  readonly cr3: number;
  /** CR4: what the paging mode needs, and PSE and PGE where the CPU has them. */
  readonly cr4: number;
  /** EFER: LME in long mode, and NXE where the CPU has it and entries have the bit. */
  readonly efer: number;
}

/** The registers for tables of a mode. */
export function tableRegisters(mode: PagingMode, cpu: CpuFeatures, root: number): TableRegisters {
  const bits = modeBits(mode);
  const cr4 = bits.cr4 | (cpu.pse ? CR4_PSE : 0) | (cpu.pge ? CR4_PGE : 0);
  const efer = (bits.efer & EFER_LME) | (bits.cr4 !== 0 && cpu.nx ? EFER_NXE : 0);
  return { cpu, cr0: (CR0_PG | CR0_PE | (cpu.wp ? CR0_WP : 0)) >>> 0, cr3: root, cr4, efer };
}
