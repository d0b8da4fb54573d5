/** Where a session starts: a machine with a domain in it, made anew from a few choices. */

import {
  type BuildOptions,
  buildDomain,
  type Domain,
  type ProfileName,
  sampleKernel,
} from '../builder/index.ts';
import { CPU_MODELS, type CpuModelName, FrameAllocator, Mmu, PhysicalMemory } from '../index.ts';
import { type WideTables, writeWideTables } from './wide-tables.ts';

/** The formats of page tables that the page can show. */
export type TableFormat = '32-bit' | 'PAE' | '4-level';

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

/** A machine as a session finds it. */
export interface Machine {
  readonly memory: PhysicalMemory;
  /** Undefined for raw RAM out of a file. */
  readonly domain: Domain | undefined;
  /** The tables of PAE and long mode, which say the same as the domain's own. */
  readonly wide: WideTables | undefined;
  /** CR3 at the start. */
  readonly cr3: number;
  readonly format: TableFormat;
  /** CR0 and CR4 where they are not as Xen sets them. */
  readonly registers?: { readonly cr0: number; readonly cr4: number };
}

/** Frames that Xen keeps: the 44 MiB of machine memory that it maps directly. */
export const XEN_FRAMES = 0x2c00;
const SHARED_INFO_FRAME = 0x120;
const INITRD_BYTES = 0x8_0000;
/** CR0 as Xen runs its guests: PG, AM, WP, NE, ET, MP, PE. */
const XEN_CR0 = 0x8005_0033;
const CR4_PSE = 0x10;
const CR4_PAE = 0x20;
const CR4_PGE = 0x80;
const EFER_LME = 0x100;
const EFER_NXE = 0x800;

/** The sizes offered. */
export const DOMAIN_MEGABYTES: readonly number[] = [4, 16, 64];

/** @throws RangeError or BuildError for choices that make no domain. */
export function buildMachine(scenario: Scenario): Machine {
  const { megabytes, format } = scenario;
  const memory = new PhysicalMemory((megabytes <= 16 ? 64 : 128) * 2 ** 20);
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
  if (format === '32-bit') return { memory, domain, wide: undefined, cr3: domain.pageDirectory, format };
  const wide = writeWideTables(memory, domain, allocator, format);
  return { memory, domain, wide, cr3: wide.root * 4096, format };
}

/** Bytes that tell where in the initrd one is: each dword holds its own offset. */
function sampleInitrd(): Uint8Array {
  const words = new Uint32Array(INITRD_BYTES / 4);
  for (let i = 0; i < words.length; i++) words[i] = i * 4;
  return new Uint8Array(words.buffer);
}

/** The oldest CPU that knows a format. */
export function oldestCpu(format: TableFormat): CpuModelName {
  return { '32-bit': 'i386', PAE: 'pentium-pro', '4-level': 'core2' }[format] as CpuModelName;
}

/** The CPU that a format is shown with unless another is chosen. */
export function usualCpu(format: TableFormat): CpuModelName {
  return format === '32-bit' ? DEFAULT_SCENARIO.cpu : 'core2';
}

/** The CPUs that know a format, oldest first. */
export function cpusFor(format: TableFormat): CpuModelName[] {
  const names = Object.keys(CPU_MODELS) as CpuModelName[];
  return names.slice(names.indexOf(oldestCpu(format)));
}

/** A CPU with its registers as Xen sets them up, as far as the model has them. */
export function startMmu(machine: Machine, cpu: CpuModelName): Mmu {
  const { memory, cr3, format, registers } = machine;
  const { pse, pge, nx } = CPU_MODELS[cpu] as { pse?: boolean; pge?: boolean; nx?: boolean };
  const wide = format !== '32-bit';
  return new Mmu(memory, {
    cpu,
    cr0: registers?.cr0 ?? XEN_CR0,
    cr3,
    cr4: registers?.cr4 ?? (pse ? CR4_PSE : 0) | (pge ? CR4_PGE : 0) | (wide ? CR4_PAE : 0),
    efer: wide ? (format === '4-level' ? EFER_LME : 0) | (nx ? EFER_NXE : 0) : 0,
  });
}
