import type { CpuModel } from '../arch/cpu.ts';
import {
  type ByteSource,
  byteSource,
  type CpuState,
  DumpError,
  type DumpFormat,
  openDump,
  readRegisters,
} from '../dump/index.ts';
import { GUEST_CPU, guestState } from './guest.ts';
import { isImage, loadMachine } from './image/load.ts';
import type { Machine, MachineRegisters } from './machine.ts';

/** What {@link openMachine} may be told. */
export interface OpenOptions {
  /** The format of the file; default: as its content tells. */
  readonly format?: DumpFormat | 'x86page' | undefined;
  /**
   * Registers beside the file: as text, QEMU's `info registers`, Bochs's `creg` or JSON; or by name. They count
   * before those that the file tells.
   */
  readonly registers?: string | Partial<MachineRegisters> | undefined;
  /** The CPU; default: one that has whatever the guest uses. */
  readonly cpu?: CpuModel | undefined;
  /** Which of the CPUs that the file or the registers tell of; default 0. */
  readonly cpuIndex?: number | undefined;
  /** Go on with what is there where the file is cut short. */
  readonly partial?: boolean | undefined;
  /** Refuse what a CPU refuses, though other emulators do not: the accessed bit in a PDPTE of PAE. */
  readonly strict?: boolean | undefined;
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
  const dump = openDump(bytes, { format: options.format, partial: options.partial });
  const state = chosenCpu(dump.cpus, options);
  const { registers, notes } = guestState(dump.memory, state, options.strict);
  return {
    memory: dump.memory,
    cpu: options.cpu ?? GUEST_CPU,
    registers,
    notes: [...dump.notes, ...notes],
  };
}

/** What is told of the CPU that was asked for: by the options first, then by the dump. */
function chosenCpu(ofDump: readonly CpuState[], { registers, cpuIndex }: OpenOptions): CpuState {
  const index = cpuIndex ?? 0;
  const told = typeof registers === 'string' ? readRegisters(registers) : undefined;
  const lists = [ofDump, told ?? []].filter((list) => list.length > 0);
  for (const list of lists) {
    if (list.some((cpu) => cpu.index === index)) continue;
    throw new DumpError(
      'bad-request',
      `there is no CPU ${index}; known are the registers of CPU ${list.map((cpu) => cpu.index).join(', ')}`,
    );
  }
  const state: CpuState = { index };
  const sources = [
    ...lists.map((list) => list.find((cpu) => cpu.index === index)),
    typeof registers === 'object' ? registers : {},
  ];
  return Object.assign(state, ...sources.map((source) => defined(source ?? {})));
}

/** The properties that are not undefined. */
function defined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function startsImage(source: ByteSource): boolean {
  return source.size >= 8 && isImage(source.read(0, 8));
}

/** A machine saved here knows its CPU and registers; the options' count before them. */
function openImage(source: ByteSource, { registers, cpu }: OpenOptions): Machine {
  const machine = loadMachine(source);
  const told = typeof registers === 'string' ? readRegisters(registers)[0] : registers;
  return {
    ...machine,
    cpu: cpu ?? machine.cpu,
    registers: { ...machine.registers, ...defined(told ?? {}) },
  };
}
