import type { CpuModel } from '../arch/cpu.ts';
import {
  type ByteSource,
  byteSource,
  type CpuState,
  type Dump,
  DumpError,
  type DumpFormat,
  openDump,
  readRegisters,
} from '../dump/index.ts';
import { type Said, said } from '../said/said.ts';
import { GUEST_CPU, guestState } from './guest.ts';
import { isImage, loadMachine } from './image/load.ts';
import type { Machine, MachineRegisters } from './machine.ts';

/** Registers as text, or by name. */
export type RegisterSource = string | Partial<MachineRegisters>;

/** What {@link openMachine} may be told. */
export interface OpenOptions {
  /** The format of the file; default: as its content tells. */
  readonly format?: DumpFormat | 'x86page' | undefined;
  /**
   * Registers beside the file: as text, QEMU's `info registers`, Bochs's `creg` or JSON; or by name. They count
   * before those that the file tells; in a list, later ones before earlier ones.
   */
  readonly registers?: RegisterSource | readonly RegisterSource[] | undefined;
  /** The CPU; default: one that has whatever the guest uses. */
  readonly cpu?: CpuModel | undefined;
  /** Which of the CPUs that the file or the registers tell of; default 0. */
  readonly cpuIndex?: number | undefined;
  /** Go on with what is there where the file is cut short. */
  readonly partial?: boolean | undefined;
  /** Refuse what a CPU refuses, though other emulators do not: the accessed bit in a PDPTE of PAE. */
  readonly strict?: boolean | undefined;
  /** Refuse a file whose registers nothing tells, so that its paging mode is not known. */
  readonly needsRegisters?: boolean | undefined;
  /** Told each note that is taken, with its values apart, so that it can be said in another language. */
  readonly onNote?: ((note: Said) => void) | undefined;
}

/**
 * Opens any dump of a machine, or a machine saved here.
 *
 * Memory is read when it is asked for; what is written stays in this object. Registers come from the dump and from
 * the options; what had to be concluded is in `notes`. Where nothing tells the registers, paging is off.
 *
 * @param source - An array, or bytes that lie elsewhere. It must not change while the machine is used.
 * @throws DumpError if the file or the registers cannot be used; ImageError if a machine saved here cannot.
 * @throws RangeError for an unknown CPU model.
 * @example
 * const machine = openMachine(await readFile('guest.elf'));
 * for (const run of mapOf(mmuOf(machine))) console.log(run);
 */
export function openMachine(source: Uint8Array | ByteSource, options: OpenOptions = {}): Machine {
  const bytes = byteSource(source);
  if (options.format === 'x86page' || (options.format === undefined && startsImage(bytes))) {
    return openImage(bytes, options);
  }
  const { format, partial, onNote } = options;
  return machineOf(openDump(bytes, { format, partial, onNote }), options);
}

/** What a source tells of a machine, whatever the source: a dump, or a running guest. */
export type MachineSource = Pick<Dump, 'memory' | 'cpus' | 'notes'>;

/**
 * The machine that a source tells of, as its CPU `cpuIndex` sees it.
 *
 * @throws DumpError if the registers cannot be used. RangeError for an unknown CPU model.
 */
export function machineOf(
  source: MachineSource,
  options: Omit<OpenOptions, 'format' | 'partial'> = {},
): Machine {
  const cpu = chosenCpu(source.cpus, options);
  const { registers, notes } = guestState(source.memory, cpu, options.strict, options.onNote);
  return {
    memory: source.memory,
    cpu: options.cpu ?? GUEST_CPU,
    registers,
    notes: [...source.notes, ...notes],
  };
}

/** What is told of the CPU that was asked for: by the options first, then by the dump. */
function chosenCpu(ofDump: readonly CpuState[], options: OpenOptions): CpuState {
  const { registers, cpuIndex = 0, needsRegisters = false } = options;
  const list = registers === undefined ? [] : isList(registers) ? registers : [registers];
  const state: CpuState = Object.assign(
    { index: cpuIndex },
    withIndex(ofDump, cpuIndex),
    ...list.map((source) =>
      typeof source === 'string' ? withIndex(readRegisters(source), cpuIndex) : defined(source),
    ),
  );
  if (needsRegisters && state.cr0 === undefined && state.cr3 === undefined && state.cr4 === undefined) {
    throw new DumpError(
      'bad-request',
      said`the file tells no registers, so the paging mode and the root of the page tables are not known; give them, or look for roots`,
    );
  }
  return state;
}

function isList(
  registers: RegisterSource | readonly RegisterSource[],
): registers is readonly RegisterSource[] {
  return Array.isArray(registers);
}

/** The CPU of that number, what is known of it; nothing of a list without any CPU. */
function withIndex(cpus: readonly CpuState[], index: number): object {
  const found = cpus.find((cpu) => cpu.index === index);
  if (found !== undefined) return defined(found);
  if (cpus.length === 0) return {};
  const known = cpus.map((cpu) => cpu.index).join(', ');
  throw new DumpError('bad-request', said`there is no CPU ${index}; known are the registers of CPU ${known}`);
}

/** The properties that are not undefined. */
function defined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function startsImage(source: ByteSource): boolean {
  return source.size >= 8 && isImage(source.read(0, 8));
}

/** A machine saved here knows its CPU and registers; the options' count before them. */
function openImage(source: ByteSource, options: OpenOptions): Machine {
  const machine = loadMachine(source);
  const cpu = options.cpu ?? machine.cpu;
  if (options.registers === undefined) return { ...machine, cpu };
  const { pdptes, ...known } = machine.registers;
  const told = chosenCpu([], { ...options, needsRegisters: false });
  const { strict, onNote } = options;
  const { registers, notes } = guestState(machine.memory, { ...known, ...told }, strict, onNote);
  return {
    ...machine,
    cpu,
    // Kept PDPTEs are those of the CR3 that they were loaded with.
    registers: told.cr3 === undefined && pdptes !== undefined ? { ...registers, pdptes } : registers,
    notes: [...(machine.notes ?? []), ...notes],
  };
}
