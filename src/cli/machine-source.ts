/**
 * Where a command's machine comes from: the one place that turns a file and options into a {@link Machine}.
 * Every command that reads a machine takes {@link MACHINE_OPTIONS} and calls {@link machineFrom}.
 */

import { CPU_MODELS, type CpuModel, type CpuModelName, CR3_LAM_U48, CR3_LAM_U57 } from '../arch/index.ts';
import { type ByteSource, byteSource } from '../bytes/byte-source.ts';
import { DUMP_FORMATS, DumpError, readRegisters } from '../dump/index.ts';
import {
  domainMachine,
  ImageError,
  isImage,
  loadMachine,
  type Machine,
  type MachineRegisters,
  type MachineSource,
  machineOf,
  mmuOf,
  type OpenOptions,
  openMachine,
} from '../machine/index.ts';
import type { Mmu } from '../mmu/index.ts';
import { demoDomain } from './build-options.ts';
import { type Options, text, type Values } from './command.ts';
import { InputError, UsageError } from './errors.ts';
import { fileSource, type Limit, readInput } from './files.ts';
import { parseBits, parseCount } from './numbers.ts';
import { openLive } from './qemu/live.ts';
import { parseQmpAddress } from './qemu/qmp-address.ts';

/** The registers that can be given, with their widths. CR3 does not keep bit 63; see {@link parseRegister}. */
const REGISTERS = { cr0: 32, cr3: 63, cr4: 32, efer: 32 } as const;
/** CR3 has as many bits as a physical address can have, and above them two of LAM. */
const CR3_ADDRESS_BITS = 52n;

/** Options of every command that reads a machine. */
export const MACHINE_OPTIONS: Options = {
  image: {
    type: 'string',
    value: 'FILE',
    help: "the machine's file; - for standard input (default: the demo's domain)",
  },
  qemu: {
    type: 'string',
    value: 'ADDRESS',
    help: 'a running QEMU, by its QMP: unix:PATH or HOST:PORT, as its option -qmp has them',
  },
  stop: { type: 'boolean', help: 'hold the guest of that QEMU while it is looked at' },
  'allow-remote': { type: 'boolean', help: 'take a QEMU on another machine' },
  timeout: { type: 'string', value: 'SECONDS', help: 'how long QEMU may take for an answer (default 30)' },
  format: {
    type: 'string',
    value: 'FORMAT',
    choices: ['x86page', ...Object.keys(DUMP_FORMATS)],
    help: `x86page (a machine saved here), ${Object.keys(DUMP_FORMATS).join(', ')} (default: as the content tells)`,
  },
  registers: {
    type: 'string',
    value: 'FILE',
    help: "registers beside a dump: QEMU's `info registers`, Bochs's `creg`, or JSON",
  },
  'cpu-index': { type: 'string', value: 'N', help: "which of the dump's CPUs (default 0)" },
  partial: { type: 'boolean', help: 'go on with what is there where a dump is cut short' },
  strict: { type: 'boolean', help: 'refuse PDPTEs that a CPU refuses, though other emulators make them' },
  cpu: {
    type: 'string',
    value: 'MODEL',
    choices: Object.keys(CPU_MODELS),
    help: `${Object.keys(CPU_MODELS).join(', ')} (default: as the file says; of a dump, one that has all)`,
  },
  cr0: {
    type: 'string',
    value: 'N',
    help: "in place of the file's; of a domain, as Xen sets it, 0x8005_0033",
  },
  cr3: { type: 'string', value: 'N', help: "in place of the file's; of a domain, its directory" },
  cr4: { type: 'string', value: 'N', help: "in place of the file's; of a domain, as Xen sets it, 0x90" },
  efer: { type: 'string', value: 'N', help: "in place of the file's; of a domain, 0" },
};

/**
 * The machine that a command works on: of the file given as operand or as `--image`, a machine saved here or any dump,
 * else the demo's domain; with the CPU and the registers of the options, where there are any. Its `notes` tell what had
 * to be concluded; the command tells them on.
 *
 * @throws UsageError, InputError
 */
export async function machineFrom(values: Values, operand?: string, needsRegisters = true): Promise<Machine> {
  const image = text(values, 'image');
  if (operand !== undefined && image !== undefined) {
    throw new UsageError(
      `two files are given, '${operand}' and '${image}'; --image is the operand as an option`,
    );
  }
  const file = operand ?? image;
  const told = toldBy(values);
  const live = liveFrom(values, file);
  if (live !== undefined)
    return withDumpErrors('QEMU', () => machineOf(live(), openOptions(values, told, needsRegisters)));
  return file === undefined ? withTold(demoMachine(), told) : openFile(file, values, told, needsRegisters);
}

/** The same options without those of a running QEMU, for a machine that is surely in a file. */
export function withoutQemu(values: Values): Values {
  const { qemu: _, stop: __, 'allow-remote': ___, timeout: ____, ...rest } = values;
  return rest;
}

/** Says what is to be known of a machine, on standard error. */
export function noteAll({ notes = [] }: Machine, note: (text: string) => void): void {
  for (const text of notes) note(text);
}

/** Why there is nothing to tell of page tables, where that is so. */
export function notePagingOff({ mode }: Mmu, note: (text: string) => void): void {
  if (mode === 'off')
    note('paging is off (CR0.PG is clear): no page table counts, and linear addresses are physical ones');
}

/** An MMU in the state of a machine. @throws UsageError, InputError where the CPU model cannot be in that state. */
export function mmuFrom(machine: Machine, values: Values): Mmu {
  try {
    return mmuOf(machine);
  } catch (error) {
    const told = ['cpu', ...Object.keys(REGISTERS)].some((name) => values[name] !== undefined);
    const { message } = error as Error;
    throw told ? new UsageError(message) : new InputError(`${message}; choose another CPU with --cpu`);
  }
}

function demoMachine(): Machine {
  const { memory, domain } = demoDomain();
  return domainMachine(memory, domain);
}

/** How to reach the QEMU that the options name; undefined where they name none. @throws UsageError */
function liveFrom(values: Values, file: string | undefined): (() => MachineSource) | undefined {
  const qemu = text(values, 'qemu');
  if (qemu === undefined) {
    const alone = ['stop', 'allow-remote', 'timeout'].find((name) => (values[name] ?? false) !== false);
    if (alone !== undefined) throw new UsageError(`--${alone} goes with --qemu, which names a running QEMU`);
    return undefined;
  }
  if (file !== undefined)
    throw new UsageError(`a file and a running QEMU are given, '${file}' and '${qemu}'; choose one`);
  const address = parseQmpAddress(qemu, values['allow-remote'] === true);
  const seconds = parseCount(text(values, 'timeout') ?? '30', '--timeout', 1, 3600);
  return () => openLive(address, { stop: values['stop'] === true, timeoutMs: seconds * 1000 });
}

/** Opens a machine's file: of one on a disk no more is read than is needed, of a pipe all of it. */
function openFile(path: string, values: Values, told: Told, needsRegisters: boolean): Machine {
  const format = text(values, 'format') as OpenOptions['format'];
  const options = openOptions(values, told, needsRegisters);
  const file = fileSource(path, 'image') ?? byteSource(readInput(path, 'image', PIPED));
  return withDumpErrors(path, () => {
    const isSaved = format === 'x86page' || (format === undefined && startsImage(file));
    if (isSaved && text(values, 'registers') === undefined) return withTold(loadMachine(file), told);
    return openMachine(file, { ...options, format, partial: values['partial'] === true });
  });
}

/** What the options say of any source. @throws InputError */
function openOptions(values: Values, told: Told, needsRegisters: boolean): OpenOptions {
  const index = text(values, 'cpu-index');
  const registers = text(values, 'registers');
  return {
    registers: registers === undefined ? told.registers : [registerText(registers), told.registers],
    cpu: told.cpu,
    cpuIndex: index === undefined ? undefined : parseCount(index, '--cpu-index', 0, 0xffff),
    strict: values['strict'] === true,
    needsRegisters,
  };
}

/** Tells what is wrong with a source as this program's errors. */
function withDumpErrors<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DumpError && error.code === 'bad-request')
      throw new UsageError(`${where}: ${error.message}${hintFor(error)}`);
    if (error instanceof DumpError || error instanceof ImageError)
      throw new InputError(`${where}: ${error.message}`);
    throw error;
  }
}

/** What to type, where the error does not say. */
function hintFor(error: Error): string {
  const register = /^(CR[34]) is not known/.exec(error.message)?.[1];
  if (register !== undefined) return `; --${register.toLowerCase()} N gives it, or --registers FILE`;
  if (!error.message.includes('tells no registers')) return '';
  return ' (--registers FILE, or --cr0 --cr3 --cr4 --efer; x86-paging roots FILE)';
}

function startsImage(file: ByteSource): boolean {
  return isImage(file.read(0, Math.min(8, file.size)));
}

/** @throws InputError where the file tells no registers: it is this one that is wrong, not the dump beside it. */
function registerText(path: string): string {
  const read = new TextDecoder().decode(
    readInput(path, 'registers', { bytes: 2 ** 20, why: 'more than the registers of any machine' }),
  );
  try {
    readRegisters(read);
  } catch (error) {
    throw error instanceof DumpError ? new InputError(`${path}: ${error.message}`) : error;
  }
  return read;
}

/** Through a pipe, all of a file must be held in memory. */
const PIPED: Limit = { bytes: 2 ** 30, why: 'the most that is read of what is no file on a disk' };

/** What the options say of CPU and registers. */
interface Told {
  readonly cpu: CpuModel | undefined;
  readonly registers: Partial<MachineRegisters>;
}

/** Read before any file is, so that a slip on the command line is told at once. */
function toldBy(values: Values): Told {
  // One of its choices, or the command would not run.
  const cpu = text(values, 'cpu') as CpuModelName | undefined;
  const registers: Record<string, number | bigint> = {};
  for (const [name, bits] of Object.entries(REGISTERS)) {
    const value = text(values, name);
    if (value !== undefined) registers[name] = parseRegister(name, value, bits);
  }
  // Only CR3 may hold more than a number does.
  return { cpu, registers: registers as Partial<MachineRegisters> };
}

/** @throws UsageError for a value that the register cannot hold. */
function parseRegister(name: string, value: string, bits: number): number | bigint {
  const parsed = parseBits(value, `--${name}`, bits);
  const aboveAddress = (BigInt(parsed) & ~(CR3_LAM_U48 | CR3_LAM_U57)) >> CR3_ADDRESS_BITS;
  if (name === 'cr3' && aboveAddress !== 0n) {
    throw new UsageError(
      `--cr3 '${value}' does not fit ${CR3_ADDRESS_BITS} bits; above them only bits 61 and 62 (LAM) may be set`,
    );
  }
  return parsed;
}

function withTold(machine: Machine, { cpu = machine.cpu, registers }: Told): Machine {
  const { memory, domain } = machine;
  // For another CPU, Xen sets up CR4 with what that one has.
  const ofOtherCpu =
    domain !== undefined && cpu !== machine.cpu
      ? { cr4: domainMachine(memory, domain, cpu).registers.cr4 }
      : {};
  return { ...machine, cpu, registers: { ...machine.registers, ...ofOtherCpu, ...registers } };
}
