/**
 * The registers that govern paging, and what the CPU says to a bad value. The MMU asks these rules before it
 * changes anything, so that a refused write leaves every register as it was.
 * Source: SDM 2A "MOV—Move to/from Control Registers", SDM 3A §2.5 and §4.1.
 */

import { type Said, said } from '../said/said.ts';
import { FOUR_GIB } from './address.ts';
import {
  CR0_AM,
  CR0_CD,
  CR0_EM,
  CR0_ET,
  CR0_MP,
  CR0_NE,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR0_WP,
  CR3_LAM_U48_HIGH,
  CR3_LAM_U57_HIGH,
  CR4_CET,
  CR4_LA57,
  CR4_LAM_SUP,
  CR4_PAE,
  CR4_PCIDE,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
  EFER_SCE,
} from './control.ts';
import type { CpuFeatures } from './cpu.ts';
import { PTE_FRAME_MASK_HIGH } from './entry.ts';
import { GeneralProtectionError } from './exceptions.ts';
import { highHalf, lowHalf } from './linear.ts';
import { isLongMode, PAGING_MODES, type PagingMode } from './paging-modes.ts';

/** Whether `mask` has a bit in common with `value`. Both are unsigned 32-bit. */
export function has(value: number, mask: number): boolean {
  return (value & mask) !== 0;
}

/** The control registers together, since what one accepts depends on the others. */
export interface ControlState {
  /** CR0. */
  readonly cr0: number;
  /** CR4. */
  readonly cr4: number;
  /** EFER. */
  readonly efer: number;
}

/** The paging mode that the registers select (SDM 3A §4.1.1). */
export function pagingMode(state: ControlState): PagingMode {
  if (!has(state.cr0, CR0_PG)) return 'off';
  if (!has(state.cr4, CR4_PAE)) return '32-bit';
  if (!has(state.efer, EFER_LMA)) return 'PAE';
  return has(state.cr4, CR4_LA57) ? '5-level' : '4-level';
}

/** What selects a paging mode once CR0.PG is set, {@link pagingMode} turned round; 'off' needs nothing. */
export function modeBits(mode: PagingMode): Pick<ControlState, 'cr4' | 'efer'> {
  return {
    cr4: (PAGING_MODES[mode].entryBytes === 8 ? CR4_PAE : 0) | (mode === '5-level' ? CR4_LA57 : 0),
    efer: isLongMode(mode) ? EFER_LME | EFER_LMA : 0,
  };
}

/** The same registers with EFER.LMA as the CPU derives it: on while CR0.PG and EFER.LME are (SDM 3A §10.8.5). */
export function withLongModeActive(state: ControlState): ControlState {
  const { cr0, cr4, efer } = state;
  const active = has(cr0, CR0_PG) && has(efer, EFER_LME);
  return { cr0, cr4, efer: (active ? efer | EFER_LMA : efer & ~EFER_LMA) >>> 0 };
}

const CR0_386 = CR0_PG | CR0_ET | CR0_TS | CR0_EM | CR0_MP | CR0_PE;
const CR0_486 = CR0_386 | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD;

/** The bits of CR0 that a write can change. */
export function cr0Bits(cpu: CpuFeatures): number {
  return (cpu.wp ? CR0_486 : CR0_386) >>> 0;
}

/** The bits of CR0 that read as 1 whatever was written: ET from the 486 on, on the 386 all reserved ones. */
export function cr0Ones(cpu: CpuFeatures): number {
  return cpu.wp ? CR0_ET : 0x7fff_ffe0;
}

/** The CR4 bits that a model has, of those that matter to paging and of its others. */
export function cr4Bits(cpu: CpuFeatures): number {
  let mask = cpu.otherCr4Bits ?? 0;
  if (cpu.pse) mask |= CR4_PSE;
  if (cpu.pae) mask |= CR4_PAE;
  if (cpu.pge) mask |= CR4_PGE;
  if (cpu.la57) mask |= CR4_LA57;
  if (cpu.pcid) mask |= CR4_PCIDE;
  if (cpu.smep) mask |= CR4_SMEP;
  if (cpu.smap) mask |= CR4_SMAP;
  if (cpu.pku) mask |= CR4_PKE;
  if (cpu.pks) mask |= CR4_PKS;
  if (cpu.shadowStacks) mask |= CR4_CET;
  if (cpu.lam) mask |= CR4_LAM_SUP;
  return mask >>> 0;
}

/** The bits of CR3's high half that a model has in long mode beside the address, as int32. */
export function cr3FlagsHigh(cpu: CpuFeatures): number {
  return cpu.lam ? CR3_LAM_U48_HIGH | CR3_LAM_U57_HIGH : 0;
}

/** CR3 without the flags of its high half: the address of the root table, with what the low 12 bits hold. */
export function cr3Address(cr3: number | bigint): number {
  return (highHalf(cr3) & PTE_FRAME_MASK_HIGH) * FOUR_GIB + (lowHalf(cr3) >>> 0);
}

/** Whether there are shadow-stack accesses: CR4.CET is set, on a CPU where it means them. */
export function hasShadowStacks(cpu: CpuFeatures, cr4: number): boolean {
  return cpu.shadowStacks === true && has(cr4, CR4_CET);
}

/** The EFER bits that a model has; 0: it has no EFER. */
export function eferBits(cpu: CpuFeatures): number {
  let mask = cpu.otherEferBits ?? 0;
  if (cpu.longMode) mask |= EFER_SCE | EFER_LME | EFER_LMA;
  if (cpu.nx) mask |= EFER_NXE;
  return mask >>> 0;
}

/** Rules that any state must meet, however it was reached. @throws GeneralProtectionError */
export function checkState(cpu: CpuFeatures, { cr0, cr4, efer }: ControlState): void {
  if (has(cr0, CR0_PG) && !has(cr0, CR0_PE)) refuse(said`CR0.PG needs CR0.PE`, cr0);
  if (cpu.wp && has(cr0, CR0_NW) && !has(cr0, CR0_CD)) refuse(said`CR0.NW needs CR0.CD`, cr0);
  const unknown4 = (cr4 & ~cr4Bits(cpu)) >>> 0;
  if (unknown4 !== 0)
    refuse(said`the CPU model '${cpu.name ?? said`unnamed`}' reserves CR4 bits ${hex(unknown4)}`, cr4);
  const unknownEfer = (efer & ~eferBits(cpu)) >>> 0;
  if (unknownEfer !== 0) {
    refuse(said`the CPU model '${cpu.name ?? said`unnamed`}' reserves EFER bits ${hex(unknownEfer)}`, efer);
  }
  if (has(cr0, CR0_PG) && has(efer, EFER_LME) && !has(cr4, CR4_PAE))
    refuse(said`long mode needs CR4.PAE`, cr4);
  // Both ways: CET cannot be set while WP is clear, nor WP cleared while CET is set.
  if (has(cr4, CR4_CET) && !has(cr0, CR0_WP)) refuse(said`CR4.CET needs CR0.WP`, cr4);
  if (has(cr4, CR4_PCIDE) && !(has(cr0, CR0_PG) && has(efer, EFER_LME))) {
    refuse(said`CR4.PCIDE needs long mode to be active`, cr4);
  }
}

/** Rules about changes, on top of {@link checkState}. @throws GeneralProtectionError */
export function checkChange(old: ControlState, next: ControlState, cr3Low12: number): void {
  const changed4 = old.cr4 ^ next.cr4;
  const active = has(old.efer, EFER_LMA);
  if (active && has(changed4, CR4_LA57))
    refuse(said`CR4.LA57 cannot change while long mode is active`, next.cr4);
  if (has(changed4, CR4_PCIDE) && has(next.cr4, CR4_PCIDE) && cr3Low12 !== 0) {
    refuse(said`CR4.PCIDE can be set only while CR3 bits 11–0 are 0; they are ${hex(cr3Low12)}`, next.cr4);
  }
  if (has(old.cr0, CR0_PG) && has(old.efer ^ next.efer, EFER_LME)) {
    refuse(said`EFER.LME cannot change while paging is on`, next.efer);
  }
}

/** Answers a register write as the CPU does, with #GP(0). @throws GeneralProtectionError always. */
export function refuse(rule: Said, value: number | bigint): never {
  throw new GeneralProtectionError(said`#GP(0): ${rule} (value written: ${hex(value)})`);
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
