/** The registers and the context with which a candidate is walked. */

import { CR0_PE, CR0_PG, CR0_WP, CR4_PGE, CR4_PSE, EFER_NXE } from '../../arch/control.ts';
import type { CpuFeatures } from '../../arch/cpu.ts';
import { modeBits } from '../../arch/registers.ts';
import type { Memory } from '../../memory/index.ts';
import { contextOf, type WalkContext, type WalkRegisters } from '../../walk/index.ts';
import type { Candidate } from './candidates.ts';

/** The registers with which a candidate is walked. */
export function registersFor({ mode, address }: Candidate): WalkRegisters {
  const { cr4, efer } = modeBits(mode);
  const wide = cr4 !== 0;
  return {
    cr0: (CR0_PG | CR0_WP | CR0_PE) >>> 0,
    cr3: address,
    cr4: cr4 | CR4_PGE | (wide ? 0 : CR4_PSE),
    efer: efer | (wide ? EFER_NXE : 0),
  };
}

/** The context in which a candidate is walked. */
export function contextFor(memory: Memory, cpu: CpuFeatures, candidate: Candidate): WalkContext {
  return contextOf({ memory, cpu, registers: registersFor(candidate) });
}
