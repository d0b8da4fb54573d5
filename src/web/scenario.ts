/** Where a session starts: a machine with a domain in it, made anew from a few choices. */

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
  CR4_LA57,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  cpuFeatures,
  EFER_LME,
  EFER_NXE,
  isLongMode,
  type PagingMode,
} from '../arch/index.ts';
import { type BuildOptions, buildDomain, type ProfileName, sampleKernel } from '../builder/index.ts';
import type { Machine, MachineRegisters } from '../machine/index.ts';
import { FrameAllocator, PhysicalMemory } from '../memory/index.ts';
import { type WideTables, writeWideTables } from './wide-tables.ts';

/** The formats of page tables that the page can show. */
export const TABLE_FORMATS = ['32-bit', 'PAE', '4-level'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** The choices. Equal scenarios make equal machines, to the byte. */
export interface Scenario {
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
  megabytes: 16,
  profile: 'xen-1.2',
  seed: 7,
  cpu: 'pentium-iii',
  format: '32-bit',
};

/** A machine as a session finds it, with the tables that the page has written beside the domain's own. */
export interface PageMachine extends Machine {
  /** The tables of PAE and long mode, which say the same as the domain's own. */
  readonly wide?: WideTables;
}

/** Frames that Xen keeps: the 44 MiB of machine memory that it maps directly. */
export const XEN_FRAMES = 0x2c00;
const SHARED_INFO_FRAME = 0x120;
const INITRD_BYTES = 0x8_0000;
/** CR0 as Xen runs its guests. */
const XEN_CR0 = (CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE) >>> 0;

/** The sizes offered. */
export const DOMAIN_MEGABYTES: readonly number[] = [4, 16, 64];

/** Bytes of a scenario's RAM. */
export function memoryBytes({ megabytes }: Scenario): number {
  return (megabytes <= 16 ? 64 : 128) * 2 ** 20;
}

/** @throws RangeError or BuildError for choices that make no domain. */
export function buildMachine(scenario: Scenario): PageMachine {
  const { megabytes, format, cpu } = scenario;
  const memory = new PhysicalMemory(memoryBytes(scenario));
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: XEN_FRAMES }] });
  const frames = allocator.allocate(
    megabytes * 256,
    scenario.seed === 0 ? { order: 'ascending' } : { order: 'scattered', seed: scenario.seed },
  );
  const options: BuildOptions = {
    profile: scenario.profile,
    frames,
    sharedInfoFrame: SHARED_INFO_FRAME,
    kernel: sampleKernel(),
    initrd: sampleInitrd(),
    commandLine: 'root=/dev/ram0',
    domainId: 1,
  };
  // Xen of 2004 knew the 32-bit format only, so it is left out of the others.
  const domain = buildDomain(memory, format === '32-bit' ? { ...options, xen: { kind: 'slots' } } : options);
  if (format === '32-bit') {
    return { memory, domain, cpu, registers: registersFor(cpu, format, domain.pageDirectory) };
  }
  const wide = writeWideTables(memory, domain, allocator, format);
  return { memory, domain, wide, cpu, registers: registersFor(cpu, format, wide.root * 4096) };
}

/** Bytes that tell where in the initrd one is: each dword holds its own offset. */
function sampleInitrd(): Uint8Array {
  const words = new Uint32Array(INITRD_BYTES / 4);
  for (let i = 0; i < words.length; i++) words[i] = i * 4;
  return new Uint8Array(words.buffer);
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
  return format === '32-bit' ? DEFAULT_SCENARIO.cpu : 'core2';
}

/** The CPUs that know a mode, oldest first. */
export function cpusFor(mode: PagingMode): CpuModelName[] {
  const need = NEEDS[mode];
  const names = Object.keys(CPU_MODELS) as CpuModelName[];
  return names.filter((name) => need === undefined || cpuFeatures(name)[need] === true);
}

/** The registers for a mode as Xen would set them up, as far as a CPU has them. */
export function registersFor(cpu: CpuModel, mode: PagingMode, cr3: number): MachineRegisters {
  const { pse, pge, nx } = cpuFeatures(cpu);
  const isWide = mode !== '32-bit';
  const cr4 =
    (pse ? CR4_PSE : 0) | (pge ? CR4_PGE : 0) | (isWide ? CR4_PAE : 0) | (mode === '5-level' ? CR4_LA57 : 0);
  const efer = isWide ? (isLongMode(mode) ? EFER_LME : 0) | (nx ? EFER_NXE : 0) : 0;
  return { cr0: XEN_CR0, cr3, cr4, efer };
}
