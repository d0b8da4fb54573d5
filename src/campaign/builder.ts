import type { CpuModel } from '../arch/cpu.ts';
import { cpuFeatures } from '../arch/cpu.ts';
import type { Machine } from '../machine/machine.ts';
import { tableRegisters } from '../tables/table-registers.ts';
import type { BuildRequest } from './request.ts';

/** What builds page tables on request: a module, a program, or anything else that can be asked. */
export interface Builder {
  /** What reports call it. */
  readonly name: string;
  /**
   * Builds what is asked for.
   * @throws BuilderError if it cannot, or what it made is not a machine.
   */
  build(request: BuildRequest): Promise<Machine> | Machine;
}

/** A builder that made nothing that could be judged: it ended badly, said nothing, or something that is no machine. */
export class BuilderError extends Error {
  /** Name of the class. */
  override readonly name = 'BuilderError';
}

/** The CPU that tables are for unless a builder says otherwise: one that has everything. */
export const DEFAULT_CPU = 'sapphire-rapids';

/** The registers that a builder may give beside CR3. What it leaves out is as the paging mode wants it. */
export interface GivenRegisters {
  /** CR3: the root table. */
  readonly cr3: number;
  /** CR0. */
  readonly cr0?: number;
  /** CR4. */
  readonly cr4?: number;
  /** EFER. */
  readonly efer?: number;
  /** The CPU. */
  readonly cpu?: CpuModel;
}

/** The CPU and the registers for tables of a mode: as given, else what the mode needs, with WP, PGE, PSE and NXE on. */
export function registersFor(
  mode: BuildRequest['mode'],
  { cr3, cr0, cr4, efer, cpu = DEFAULT_CPU }: GivenRegisters,
): Pick<Machine, 'cpu' | 'registers'> {
  const usual = tableRegisters(mode, cpuFeatures(cpu), cr3);
  return {
    cpu,
    registers: { cr3, cr0: cr0 ?? usual.cr0, cr4: cr4 ?? usual.cr4, efer: efer ?? usual.efer },
  };
}
