import type { CpuModel } from '../arch/cpu.ts';
import type { Domain } from '../builder/index.ts';
import type { Memory } from '../memory/index.ts';
import { Mmu, type MmuOptions } from '../mmu/index.ts';

/**
 * The registers that decide how a machine translates addresses. A register that is absent has the value it has
 * after reset, 0 (false).
 *
 * Control registers are what the CPU would read back: PG and PE in `cr0` decide whether paging is on. What the CPU
 * model does not allow, such as a CR4 bit that it reserves, is refused by {@link mmuOf}, not here.
 */
export interface MachineRegisters {
  /** CR0, 0 to 2^32 − 1. */
  readonly cr0: number;
  /** CR2, the linear address of the last page fault. A bigint where it does not fit a number. */
  readonly cr2?: number | bigint;
  /**
   * CR3: physical address of the root table with its low bits (PWT, PCD, PCID) and, in bits 61 and 62, linear-address
   * masking. A bigint where it does not fit a number.
   */
  readonly cr3: number | bigint;
  /** CR4, 0 to 2^32 − 1. */
  readonly cr4: number;
  /** IA32_EFER, 0 to 2^32 − 1. LMA follows from LME and CR0.PG. */
  readonly efer: number;
  /** PKRU, the rights of protection keys on user pages. */
  readonly pkru?: number;
  /** IA32_PKRS, the same for supervisor pages. */
  readonly pkrs?: number;
  /** EFLAGS.AC, which suspends SMAP. */
  readonly alignmentCheck?: boolean;
  /**
   * The four PDPTE registers, which count only in PAE paging. A CPU loads them with CR3 and walks from them, not
   * from RAM, so they may differ from what RAM holds now. Absent: they are what RAM holds.
   * A bigint where a value does not fit a number.
   */
  readonly pdptes?: Pdptes;
}

/** The four PDPTE registers of PAE paging, as 64-bit values. */
export type Pdptes = readonly [number | bigint, number | bigint, number | bigint, number | bigint];

/** A named stretch of addresses of a machine. */
export interface MachineRegion {
  /** What lies there. */
  readonly name: string;
  /** Whether the addresses are linear or physical. */
  readonly space: 'linear' | 'physical';
  /** First address. */
  readonly start: number | bigint;
  /** First address after it. */
  readonly end: number | bigint;
}

/**
 * A machine at one moment: RAM, the CPU, and its registers. Where it comes from does not matter: built here, a saved
 * file, another emulator's dump, a running guest. Plain data; {@link mmuOf} makes it translate.
 *
 * @example
 * const machine: Machine = {
 *   memory: new PhysicalMemory(16 * 2 ** 20),
 *   cpu: 'pentium-iii',
 *   registers: { cr0: CR0_PG | CR0_PE, cr3: 0x1000, cr4: 0, efer: 0 },
 * };
 */
export interface Machine {
  /** Its RAM. */
  readonly memory: Memory;
  /** Its CPU, by name or by its features. */
  readonly cpu: CpuModel;
  /** The registers that govern paging. */
  readonly registers: MachineRegisters;
  /** The domain of 2004 that lies in it, if one does. Its regions count as the machine's. */
  readonly domain?: Domain | undefined;
  /** Other names for stretches of its address spaces, in any order. Where two overlap, the first counts. */
  readonly regions?: readonly MachineRegion[] | undefined;
  /** What a reader should know of where it comes from, such as a register that the source did not hold. */
  readonly notes?: readonly string[] | undefined;
}

/**
 * An MMU in the state of a machine, over the machine's own RAM: what the one writes, the other reads.
 *
 * @param options - What the machine does not say, such as a modelled TLB.
 * @throws RangeError for an unknown CPU model or a value too large for its register.
 * @throws GeneralProtectionError or InvalidOpcodeError if the CPU model could not be in that state; choose a model
 * that has the feature.
 */
export function mmuOf({ memory, cpu, registers }: Machine, options: Pick<MmuOptions, 'tlb'> = {}): Mmu {
  const { cr0, cr2 = 0, cr3, cr4, efer, pkru = 0, pkrs = 0, alignmentCheck = false, pdptes } = registers;
  const mmu = new Mmu(memory, {
    ...options,
    cpu,
    cr0,
    cr3,
    cr4,
    efer,
    ...(pdptes && { pdptes }),
  });
  mmu.cr2 = cr2;
  mmu.pkru = pkru;
  mmu.pkrs = pkrs;
  mmu.alignmentCheck = alignmentCheck;
  return mmu;
}

/** The registers of an MMU as a machine holds them, such as to save it. */
export function registersOf(mmu: Mmu): MachineRegisters {
  const { cr0, cr2, cr3, cr4, efer, pkru, pkrs, alignmentCheck, pdptes } = mmu;
  return { cr0, cr2, cr3, cr4, efer, pkru, pkrs, alignmentCheck, ...(pdptes && { pdptes }) };
}
