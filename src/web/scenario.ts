/** Where a session starts: a machine that is made anew from a few choices. */

import {
  CPU_MODELS,
  type CpuFeatures,
  type CpuModel,
  type CpuModelName,
  CR0_AM,
  CR0_ET,
  CR0_MP,
  CR0_NE,
  CR0_PE,
  CR0_PG,
  CR0_WP,
  cpuFeatures,
  type PagingMode,
} from '../arch/index.ts';
import type { ProfileName } from '../builder/index.ts';
import type { MachineRegisters } from '../machine/index.ts';
import { tableRegisters } from '../tables/index.ts';

/** The formats of page tables that the page can show. */
export const TABLE_FORMATS = ['32-bit', 'PAE', '4-level', '5-level'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** What runs: a guest of Xen; a kernel of its own with a program; the same after the program has forked. */
export const SETTINGS = ['xen', 'plain', 'fork'] as const;
export type Setting = (typeof SETTINGS)[number];

/** The choices. Equal scenarios make equal machines, to the byte. */
export interface Scenario {
  readonly setting: Setting;
  /** The domain's size: 4, 16 or 64 MiB. */
  readonly megabytes: number;
  /** Which of the two layouts of 2004. */
  readonly profile: ProfileName;
  /** Frames scattered by this seed; 0 gives them in ascending order. */
  readonly seed: number;
  /** The CPU that the session starts with. */
  readonly cpu: CpuModelName;
  /** The format of the tables. */
  readonly format: TableFormat;
}

export const DEFAULT_SCENARIO: Scenario = {
  setting: 'xen',
  megabytes: 16,
  profile: 'xen-1.2',
  seed: 7,
  cpu: 'pentium-iii',
  format: '32-bit',
};

/** CR0 as Xen runs its guests. */
const XEN_CR0 = (CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE) >>> 0;

/** Bytes of RAM of a machine without Xen. */
export const PLAIN_RAM: number = 32 * 2 ** 20;

/** The sizes offered. */
export const DOMAIN_MEGABYTES: readonly number[] = [4, 16, 64];

/** Bytes of a scenario's RAM. */
export function memoryBytes({ setting, megabytes }: Scenario): number {
  if (setting !== 'xen') return PLAIN_RAM;
  return (megabytes <= 16 ? 64 : 128) * 2 ** 20;
}

/** What a CPU must have for a mode. */
const NEEDS: Readonly<Record<PagingMode, keyof CpuFeatures | undefined>> = {
  off: undefined,
  '32-bit': undefined,
  PAE: 'pae',
  '4-level': 'longMode',
  '5-level': 'la57',
};

/** The CPU that a format is shown with unless another is chosen. */
export function usualCpu(format: TableFormat): CpuModelName {
  return USUAL_CPUS[format];
}

const USUAL_CPUS: Readonly<Record<TableFormat, CpuModelName>> = {
  '32-bit': 'pentium-iii',
  PAE: 'core2',
  '4-level': 'core2',
  '5-level': 'ice-lake-server',
};

/** The CPUs that know a mode, oldest first. */
export function cpusFor(mode: PagingMode): CpuModelName[] {
  const need = NEEDS[mode];
  const names = Object.keys(CPU_MODELS) as CpuModelName[];
  return names.filter((name) => need === undefined || cpuFeatures(name)[need] === true);
}

/** The registers for a mode as Xen would set them up, as far as a CPU has them. */
export function registersFor(cpu: CpuModel, mode: PagingMode, cr3: number): MachineRegisters {
  const { cr4, efer } = tableRegisters(mode, cpuFeatures(cpu), cr3);
  return { cr0: XEN_CR0, cr3, cr4, efer };
}
