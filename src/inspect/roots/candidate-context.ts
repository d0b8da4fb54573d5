/** The registers and the context with which a candidate is walked. */

import {
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR4_LA57,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
} from '../../arch/control.ts';
import type { CpuFeatures } from '../../arch/cpu.ts';
import type { Memory } from '../../memory/index.ts';
import { contextOf, type WalkContext, type WalkRegisters } from '../../walk/index.ts';
import type { Candidate } from './candidates.ts';

/** The registers with which a candidate is walked. */
export function registersFor({ mode, address }: Candidate): WalkRegisters {
  const long = mode === '4-level' || mode === '5-level';
  const paged = mode === '32-bit' ? CR4_PSE : CR4_PAE;
  return {
    cr0: (CR0_PG | CR0_WP | CR0_PE) >>> 0,
    cr3: address,
    cr4: paged | CR4_PGE | (mode === '5-level' ? CR4_LA57 : 0),
    efer: (long ? EFER_LME | EFER_LMA : 0) | (mode === '32-bit' ? 0 : EFER_NXE),
  };
}

/** The context in which a candidate is walked. */
export function contextFor(memory: Memory, cpu: CpuFeatures, candidate: Candidate): WalkContext {
  return contextOf({ memory, cpu, registers: registersFor(candidate) });
}
