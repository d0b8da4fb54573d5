/** What a walk depends on: memory, a CPU and its registers. */

import { PDPTES_ALIGNMENT } from '../arch/control.ts';
import { type CpuFeatures, type CpuModel, cpuFeatures } from '../arch/cpu.ts';
import { highHalf, lowHalf } from '../arch/linear.ts';
import { type ControlState, cr3Address, pagingMode, withLongModeActive } from '../arch/registers.ts';
import type { RamReader } from '../memory/ram.ts';

/** The registers that a walk reads. What is left out is 0, as after reset. */
export interface WalkRegisters {
  /** CR0: PG, PE and WP count. */
  readonly cr0: number;
  /** CR2, which a walk that ends in #GP or #SS leaves alone. */
  readonly cr2?: number | bigint | undefined;
  /** CR3: physical address of the root table, PWT, PCD or the PCID below it, and the bits of linear-address masking. */
  readonly cr3: number | bigint;
  /** CR4. */
  readonly cr4: number;
  /** EFER. LMA is derived: it is on while LME and CR0.PG are. */
  readonly efer: number;
  /** PKRU. */
  readonly pkru?: number | undefined;
  /** IA32_PKRS. */
  readonly pkrs?: number | undefined;
  /** EFLAGS.AC. */
  readonly alignmentCheck?: boolean | undefined;
  /** The four PDPTE registers of PAE, 64 bits each. Absent: what RAM holds at CR3, as if CR3 had just been loaded. */
  readonly pdptes?: readonly (number | bigint)[] | undefined;
}

/** Everything that a translation depends on, complete. */
export interface WalkContext {
  /** The CPU's features. */
  readonly cpu: CpuFeatures;
  /** The memory that holds the tables. */
  readonly memory: RamReader;
  /** CR0. */
  readonly cr0: number;
  /** CR2, as it is before the walk. */
  readonly cr2: number | bigint;
  /** CR3. */
  readonly cr3: number | bigint;
  /** CR4. */
  readonly cr4: number;
  /** EFER, with LMA as it is. */
  readonly efer: number;
  /** The PDPTE registers of PAE: low and high halves in turn, int32. */
  readonly pdptes: Int32Array;
  /** EFLAGS.AC. */
  readonly alignmentCheck: boolean;
  /** PKRU. */
  readonly pkru: number;
  /** IA32_PKRS. */
  readonly pkrs: number;
}

/** A memory with registers, such as a `Machine`. */
export interface WalkMachine {
  /** The memory that holds the tables. */
  readonly memory: RamReader;
  /** The CPU model, or its features. */
  readonly cpu: CpuModel;
  /** Its registers. */
  readonly registers: WalkRegisters;
}

/** What can be walked: an MMU as it stands now, a machine, or a context that was made before. */
export type Walkable = WalkSource | WalkMachine | WalkContext;

/** What walks by registers of its own, such as an MMU. */
export interface WalkSource {
  /** As it stands now. */
  readonly walkContext: WalkContext;
}

/**
 * The context of a walk.
 * @throws RangeError for an unknown CPU model.
 */
export function contextOf(source: Walkable): WalkContext {
  if ('walkContext' in source) return source.walkContext;
  if (!('registers' in source)) return source;
  const { memory, registers } = source;
  const { cr0, cr3, cr4 } = registers;
  const { efer } = withLongModeActive(registers);
  return {
    cpu: cpuFeatures(source.cpu),
    memory,
    cr0,
    cr2: registers.cr2 ?? 0,
    cr3,
    cr4,
    efer,
    pdptes: pdptesOf(memory, { cr0, cr4, efer }, cr3, registers.pdptes),
    alignmentCheck: registers.alignmentCheck ?? false,
    pkru: registers.pkru ?? 0,
    pkrs: registers.pkrs ?? 0,
  };
}

function pdptesOf(
  memory: RamReader,
  state: ControlState,
  cr3: number | bigint,
  given: readonly (number | bigint)[] | undefined,
): Int32Array {
  if (given !== undefined)
    return Int32Array.from(given.flatMap((entry) => [lowHalf(entry), highHalf(entry)]));
  const pdptes = new Int32Array(8);
  if (pagingMode(state) !== 'PAE') return pdptes;
  const root = cr3Address(cr3);
  const table = root - (root % PDPTES_ALIGNMENT);
  return pdptes.map((_, half) => memory.loadWord(table + 4 * half));
}
