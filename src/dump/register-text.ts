/**
 * Registers as other tools print them: QEMU's `info registers` (of one CPU or, with `-a`, of all), Bochs's `creg`,
 * GDB's `info registers`, and JSON. All the texts name a register and give its value in hexadecimal; only what is in
 * between differs.
 */

import { asNumber } from '../arch/linear.ts';
import { said } from '../said/said.ts';
import type { CpuState } from './cpu-state.ts';
import { DumpError } from './dump-error.ts';

/** Far more than any such text. */
const MAX_TEXT = 16 * 2 ** 20;
const EFLAGS_AC = 0x4_0000n;

/** `CR0=80050033` (QEMU), `CR0=0x80050033: PG …` and `CR2=page fault laddr=0x…` (Bochs), `cr0   0x80050033   [ … ]` (GDB). */
const REGISTER =
  /(?:^|[\s,;])(cr[0234]|efer|pkru|pkrs|r?e?fl(?:ags)?|rfl|efl)(?:\s*[=:]\s*|[ \t]+(?=0x))(?:page fault laddr=)?(?:0x)?([0-9a-f]+)\b/gim;
/** A register that is named with what is no such value. */
const NO_VALUE = /(?:^|[\s,;])(cr[034]|efer)\s*[=:][ \t]*(?!(?:0x)?[0-9a-f]{1,16}\b)([^\s,;]{0,20})/im;
/** What QEMU puts before each CPU. */
const QEMU_CPU = /^CPU#(\d+)/gm;

/**
 * Reads the registers of every CPU in a text.
 *
 * JSON is an object of registers, a list of such, or an object with a list `cpus`; a register is a number or a string
 * such as `"0x80050033"`, its name that of the machine's (`cr0`, `cr2`, `cr3`, `cr4`, `efer`, `pkru`, `pkrs`).
 *
 * @throws DumpError `bad-request` if no register that governs paging is in it, or one has no value.
 */
export function readRegisters(text: string): readonly CpuState[] {
  if (text.length > MAX_TEXT) {
    throw new DumpError(
      'bad-request',
      said`the registers are a text of ${text.length} characters; at most ${MAX_TEXT} are read`,
    );
  }
  const trimmed = text.trimStart();
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) return fromJson(trimmed);
  const [, name, value] = NO_VALUE.exec(text) ?? [];
  if (name !== undefined) throw noValue(name, value!);
  const heads = [...text.matchAll(QEMU_CPU)];
  const parts =
    heads.length === 0
      ? [{ index: 0, text }]
      : heads.map((head, i) => ({
          index: Number(head[1]),
          text: text.slice(head.index, heads[i + 1]?.index),
        }));
  const cpus = parts.map((part) => fromText(part.text, part.index)).filter((cpu) => cpu !== undefined);
  if (cpus.length === 0) {
    throw new DumpError(
      'bad-request',
      said`no CR0, CR3 or CR4 is in the registers' text; take QEMU's \`info registers -a\`, Bochs's \`creg\` or JSON such as {"cr0": "0x80050033", …}`,
    );
  }
  return cpus;
}

function fromText(text: string, index: number): CpuState | undefined {
  const found: Record<string, bigint> = {};
  for (const [, name, digits] of text.matchAll(REGISTER)) {
    const key = name!.toLowerCase();
    // RFLAGS is called RFL, EFL, rflags, eflags.
    const register = key.includes('fl') ? 'flags' : key;
    found[register] ??= BigInt(`0x${digits!}`);
  }
  const { cr0, cr2, cr3, cr4, efer, pkru, pkrs, flags } = found;
  if (cr0 === undefined && cr3 === undefined && cr4 === undefined) return undefined;
  return cpuState(index, { cr0, cr2, cr3, cr4, efer, pkru, pkrs }, flags);
}

type Registers = {
  readonly [name in 'cr0' | 'cr2' | 'cr3' | 'cr4' | 'efer' | 'pkru' | 'pkrs']?: bigint | undefined;
};

function cpuState(index: number, registers: Registers, flags: bigint | undefined): CpuState {
  const small = (name: 'cr0' | 'pkru' | 'pkrs'): number | undefined => {
    const value = registers[name];
    // The upper half of CR0 is always 0.
    return value === undefined ? undefined : Number(BigInt.asUintN(32, value));
  };
  const wide = (name: 'cr2' | 'cr3' | 'cr4' | 'efer'): number | bigint | undefined => {
    const value = registers[name];
    return value === undefined ? undefined : asNumber(BigInt.asUintN(64, value));
  };
  return {
    index,
    cr0: small('cr0'),
    cr2: wide('cr2'),
    cr3: wide('cr3'),
    cr4: wide('cr4'),
    efer: wide('efer'),
    pkru: small('pkru'),
    pkrs: small('pkrs'),
    alignmentCheck: flags === undefined ? undefined : (flags & EFLAGS_AC) !== 0n,
  };
}

function fromJson(text: string): readonly CpuState[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DumpError('bad-request', said`the registers are no JSON: ${error as Error}`);
  }
  const inner = isRecord(value) && 'cpus' in value ? value['cpus'] : value;
  const list: unknown[] = Array.isArray(inner) ? inner : [inner];
  const cpus = list.map((cpu, position) => {
    if (!isRecord(cpu))
      throw new DumpError('bad-request', said`CPU ${position} of the registers is no JSON object`);
    const { index = position } = cpu;
    if (!(typeof index === 'number' && Number.isInteger(index) && index >= 0)) {
      throw new DumpError(
        'bad-request',
        said`the index of CPU ${position} is ${JSON.stringify(index)}, no whole number`,
      );
    }
    const registers: Record<string, bigint> = {};
    for (const name of ['cr0', 'cr2', 'cr3', 'cr4', 'efer', 'pkru', 'pkrs']) {
      const given = cpu[name];
      if (given !== undefined) registers[name] = jsonNumber(given, name);
    }
    const state = cpuState(index, registers, undefined);
    const { alignmentCheck } = cpu;
    return typeof alignmentCheck === 'boolean' ? { ...state, alignmentCheck } : state;
  });
  if (cpus.length === 0) throw new DumpError('bad-request', said`the registers are an empty list`);
  return cpus;
}

function jsonNumber(value: unknown, name: string): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  const digits = typeof value === 'string' ? value.replaceAll('_', '') : '';
  if (/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(digits)) return BigInt(digits);
  throw noValue(name, value);
}

function noValue(name: string, value: unknown): DumpError {
  return new DumpError(
    'bad-request',
    said`the register ${name} is ${JSON.stringify(value)}; write it in hexadecimal, as 0x80050033, in at most 16 digits`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
