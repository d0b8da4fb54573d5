/** What was done, in letters and numbers for a link: one letter, then hexadecimal numbers with dots between. */

import {
  ACCESS_KINDS,
  ACCESS_WRITE_BIT,
  type Access,
  asNumber,
  CPU_MODELS,
  type CpuModelName,
} from '../arch/index.ts';
import type { Linear } from './linear.ts';
import { type Action, MAX_SWEEP, type RegisterName } from './session.ts';
import { MAX_UPDATES, type Update } from './xen-below.ts';

const REGISTERS: readonly RegisterName[] = ['cr0', 'cr3', 'cr4', 'efer'];

/** Numbers that follow a letter, where they are not two. */
const NUMBERS: Readonly<Record<string, number>> = { i: 1, u: 1, s: 3 };

/** Who accesses, by its letter: the kernel or a program; the same through limited segments; Xen. */
const ACCESSES: Readonly<Record<string, { readonly limited?: true; readonly xen?: true }>> = {
  a: {},
  g: { limited: true },
  x: { xen: true },
};

export function encodeAction(action: Action): string {
  const hex = (value: Linear): string => value.toString(16);
  switch (action.kind) {
    case 'access': {
      const letter = action.limited ? 'g' : action.xen ? 'x' : 'a';
      const value = action.value === undefined ? '' : `.${hex(action.value)}`;
      return `${letter}${action.access}.${hex(action.linear)}${value}`;
    }
    case 'word':
      return `w${hex(action.physical)}.${hex(action.value)}`;
    case 'byte':
      return `b${hex(action.physical)}.${hex(action.value)}`;
    case 'register':
      return `r${REGISTERS.indexOf(action.name)}.${hex(action.value)}`;
    case 'invlpg':
      return `i${hex(action.linear)}`;
    case 'sweep':
      return `s${action.access}.${hex(action.linear)}.${hex(action.pages)}`;
    case 'copy':
      return `m${hex(action.from)}.${hex(action.to)}`;
    case 'ask':
      return `h${action.updates.flat().map(hex).join('.')}`;
    case 'built':
      return `u${hex(action.requests)}`;
    case 'cpu':
      return `c${action.cpu}`;
  }
}

/** Reads one action; undefined where the text is none. */
export function decodeAction(text: string): Action | undefined {
  const letter = text[0] ?? '';
  if (letter === 'c') {
    const cpu = text.slice(1);
    return Object.hasOwn(CPU_MODELS, cpu) ? { kind: 'cpu', cpu: cpu as CpuModelName } : undefined;
  }
  const parts = text.slice(1).split('.');
  if (!parts.every((part) => /^[0-9a-f]{1,16}$/.test(part))) return undefined;
  const [first = 0, second, third] = parts.map((part) => asNumber(BigInt(`0x${part}`)));
  const known = Object.hasOwn(ACCESSES, letter) ? ACCESSES[letter] : undefined;
  if (known !== undefined) {
    const access = first as Access;
    if (!ACCESS_KINDS.includes(access) || second === undefined || parts.length > 3) return undefined;
    if (third === undefined) return { kind: 'access', access, linear: second, ...known };
    if ((access & ACCESS_WRITE_BIT) === 0 || !isWord(third)) return undefined;
    return { kind: 'access', access, linear: second, value: third, ...known };
  }
  if (letter === 'h') return asked(parts.map((part) => asNumber(BigInt(`0x${part}`))));
  if (parts.length !== (NUMBERS[letter] ?? 2)) return undefined;
  switch (letter) {
    case 's': {
      const isSweep = ACCESS_KINDS.includes(first as Access) && second !== undefined;
      if (!isSweep || typeof third !== 'number' || third > MAX_SWEEP) return undefined;
      return { kind: 'sweep', access: first as Access, linear: second, pages: third };
    }
    case 'm':
      return second === undefined ? undefined : { kind: 'copy', from: first, to: second };
    case 'i':
      return { kind: 'invlpg', linear: first };
    case 'u':
      return typeof first === 'number' ? { kind: 'built', requests: first } : undefined;
    case 'w':
    case 'b': {
      const limit = letter === 'w' ? 0xffff_ffff : 0xff;
      if (typeof first !== 'number' || typeof second !== 'number' || second > limit) return undefined;
      return { kind: letter === 'w' ? 'word' : 'byte', physical: first, value: second };
    }
    case 'r': {
      const name = REGISTERS[Number(first)];
      if (name === undefined || typeof second !== 'number') return undefined;
      return { kind: 'register', name, value: second };
    }
    default:
      return undefined;
  }
}

/** A call to Xen: pairs of words. */
function asked(words: readonly Linear[]): Action | undefined {
  if (words.length % 2 !== 0 || words.length > 2 * MAX_UPDATES || !words.every(isWord)) return undefined;
  const updates = Array.from(
    { length: words.length / 2 },
    (_, i): Update => [words[2 * i]!, words[2 * i + 1]!] as [number, number],
  );
  return { kind: 'ask', updates };
}

function isWord(value: Linear): value is number {
  return typeof value === 'number' && value <= 0xffff_ffff;
}
