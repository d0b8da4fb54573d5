/** Tables as the writer makes them, from the root to the page, and what a walk finds in them; and large pages split. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import {
  add,
  and,
  bitAnd,
  boolVariable,
  eq,
  implies,
  int,
  intVariable,
  less,
  not,
  or,
  select,
  shiftLeft,
  shiftRight,
  type Term,
  unsigned,
} from '../engine/term.ts';
import { type ClassValue, Num, numberTerm, Obj, same, Truth, type Value } from '../engine/values.ts';
import { ruleOutcome } from './outcome.ts';
import { wordOf } from './ram.ts';
import { MODES, type Mode, NOWHERE, type State, unknownState } from './state.ts';

const FORMAT = 'tables/entry-format.ts';
const ATTRIBUTES = 'tables/page-attributes.ts';
const REGISTERS = 'tables/table-registers.ts';

/** log2 of what an entry covers, from the root down, and its kind. */
const LEVELS = {
  '32-bit': [
    [22, 'PDE'],
    [12, 'PTE'],
  ],
  PAE: [
    [30, 'PDPTE'],
    [21, 'PDE'],
    [12, 'PTE'],
  ],
  '4-level': [
    [39, 'PML4E'],
    [30, 'PDPTE'],
    [21, 'PDE'],
    [12, 'PTE'],
  ],
  '5-level': [
    [48, 'PML5E'],
    [39, 'PML4E'],
    [30, 'PDPTE'],
    [21, 'PDE'],
    [12, 'PTE'],
  ],
} as const;

/** log2 of the page sizes of each mode. */
const SIZES: Readonly<Record<Mode, readonly number[]>> = {
  '32-bit': [12, 22],
  PAE: [12, 21],
  '4-level': [12, 21, 30],
  '5-level': [12, 21, 30],
};

interface Halves {
  readonly low: Term;
  readonly high: Term;
}

function levelOf([shift, kind]: readonly [number, string]): Obj {
  const level = new Obj();
  level.fields.set('shift', shift);
  level.fields.set('kind', kind);
  return level;
}

const RIGHTS = ['writable', 'user', 'executable', 'global', 'accessed', 'dirty'] as const;

/** A writer, with a leaf of any attributes. */
function writer(run: Interpreter, state: State) {
  const format = run.construct(run.exported(FORMAT, 'EntryFormat') as ClassValue, [state.mode, state.cpu]);
  const call = (name: string, ...args: Value[]): Value =>
    run.call(run.get(format, name, NOWHERE), args, format, NOWHERE);
  const halves = (entry: Value): Halves => ({
    low: numberTerm(run.get(entry, 'low', NOWHERE))!,
    high: numberTerm(run.get(entry, 'high', NOWHERE))!,
  });
  const attributes = new Obj();
  const wanted = Object.fromEntries(RIGHTS.map((name) => [name, boolVariable(`page_${name}`)]));
  for (const [name, term] of Object.entries(wanted)) attributes.fields.set(name, new Truth(term));
  const thrown = run.throws.length;
  const bitsOf = run.exported(ATTRIBUTES, 'attributeBits');
  const bits = run.call(bitsOf, [attributes, state.mode, state.cpu], undefined, NOWHERE);
  // What the CPU lacks is refused.
  const assumptions = run.throws.splice(thrown).map(({ condition }) => not(condition));
  const leaf = (page: Term, shift: number, kind: string): Value => {
    const bare = call('leaf', new Num(page), levelOf([shift, kind]));
    return run.call(run.exported(ATTRIBUTES, 'withAttributes'), [bare, bits, shift > 12], undefined, NOWHERE);
  };
  return { call, halves, wanted, assumptions, leaf };
}

function pageOf(shift: number): Term {
  return shiftLeft(intVariable(`page_${shift}`, 0n, (1n << BigInt(52 - shift)) - 1n), int(shift));
}

function walked(mode: Mode): (run: Interpreter) => Claim {
  return (run) => {
    const state = unknownState(run, mode);
    const { call, halves, wanted, assumptions, leaf } = writer(run, state);
    const registers = run.call(
      run.exported(REGISTERS, 'tableRegisters'),
      [mode, state.cpu, 0],
      undefined,
      NOWHERE,
    );
    const contains = (register: Term, name: string): Term => {
      const bits = numberTerm(run.get(registers, name, NOWHERE))!;
      return eq(bitAnd(register, bits), bits);
    };
    const outcome = ruleOutcome(run, state);
    const never: Record<string, Term> = {};
    for (const size of SIZES[mode]) {
      const page = pageOf(size);
      assumptions.push(less(page, numberTerm(call('physicalLimit', levelOf([size, 'PTE'])))!));
      const exists = same(call('missingFor', size), undefined);
      const built = tables(
        state,
        call,
        halves,
        leaf(page, size, size === 12 ? 'PTE' : size === 30 ? 'PDPTE' : 'PDE'),
        size,
      );
      const written = and(exists, built);
      const offset = bitAnd(unsigned(32, state.low), int(2 ** size - 1));
      const global = and(wanted['global']!, not(eq(bitAnd(state.cr4, int(0x80)), int(0))));
      const asked = and(
        eq(outcome.physical, add(page, offset)),
        eq(outcome.pageShift, int(size)),
        eq(outcome.writable, wanted['writable']!),
        eq(outcome.user, wanted['user']!),
        eq(outcome.executable, wanted['executable']!),
        eq(outcome.global, global),
      );
      never[`a page of 2^${size} bytes comes out otherwise`] = and(written, outcome.ok, not(asked));
      // A fault for want of a right or a key; the tables themselves are well formed.
      const malformed = not(eq(bitAnd(outcome.code, int(9)), int(1)));
      never[`a page of 2^${size} bytes is absent or malformed`] = and(written, not(outcome.ok), malformed);
    }
    return {
      state,
      assumptions: [
        ...state.assumptions,
        ...assumptions,
        contains(state.cr4, 'cr4'),
        contains(state.efer, 'efer'),
      ],
      never,
    };
  };
}

/** RAM holds links down to the leaf, for the linear address of the state. */
function tables(
  state: State,
  call: (name: string, ...args: Value[]) => Value,
  halves: (entry: Value) => Halves,
  leaf: Value,
  size: number,
): Term {
  const { mode, ram } = state;
  const entryBytes = mode === '32-bit' ? 4 : 8;
  const limit = numberTerm(call('physicalLimit', levelOf([12, 'PTE'])))!;
  const conditions: Term[] = [];
  let table: Term = bitAnd(state.cr3, int(-4096));
  for (const level of LEVELS[mode]) {
    const [shift, kind] = level;
    const next = shiftLeft(
      intVariable(`table_${shift}`, 0n, (1n << (mode === '32-bit' ? 20n : 24n)) - 1n),
      int(12),
    );
    const { low, high } = halves(shift === size ? leaf : call('link', new Num(next), levelOf(level)));
    const index = indexOf(state, shift);
    if (mode === 'PAE' && kind === 'PDPTE') {
      for (let i = 0; i < 4; i++) {
        const holds = and(eq(state.pdptes[2 * i]!, low), eq(state.pdptes[2 * i + 1]!, high));
        conditions.push(implies(eq(index, int(i)), holds));
      }
    } else {
      const at = add(table, shiftLeft(index, int(entryBytes === 8 ? 3 : 2)));
      conditions.push(ram.isRam(at), eq(select(ram.before, wordOf(at)), low));
      if (entryBytes === 8) conditions.push(eq(select(ram.before, wordOf(add(at, int(4)))), high));
    }
    conditions.push(less(next, limit));
    table = next;
    if (shift === size) break;
  }
  return and(...conditions);
}

/** The index that the linear address has at a level. */
function indexOf({ mode, low, high }: State, shift: number): Term {
  const bits = mode === '32-bit' ? 10 : 9;
  const mask = int(2 ** (mode === 'PAE' && shift === 30 ? 2 : bits) - 1);
  const whole = add(shiftLeft(unsigned(32, high), int(32)), unsigned(32, low));
  return bitAnd(shiftRight(whole, int(shift)), mask);
}

/** What may become smaller pages: its size, theirs. */
const SPLITS: Readonly<Record<Mode, readonly (readonly [number, number])[]>> = {
  '32-bit': [[22, 12]],
  PAE: [[21, 12]],
  '4-level': [
    [21, 12],
    [30, 21],
  ],
  '5-level': [
    [21, 12],
    [30, 21],
  ],
};

/** Bits of a leaf that mean the same at every size: all low flags but PS or PAT, and NX and the key. */
const [SAME_LOW, SAME_HIGH] = [0xf7f, 0xfff0_0000 | 0];

function split(mode: Mode): (run: Interpreter) => Claim {
  return (run) => {
    const state = unknownState(run, mode);
    const { call, halves, assumptions, leaf } = writer(run, state);
    const never: Record<string, Term> = {};
    for (const [size, smaller] of SPLITS[mode]) {
      const page = pageOf(size);
      const [level, child] = [size, smaller].map((shift) =>
        levelOf([shift, shift === 12 ? 'PTE' : shift === 30 ? 'PDPTE' : 'PDE']),
      );
      assumptions.push(
        less(page, numberTerm(call('physicalLimit', child!))!),
        less(page, numberTerm(call('physicalLimit', level!))!),
      );
      const whole = leaf(page, size, size === 30 ? 'PDPTE' : 'PDE');
      const index = intVariable('part', 0n, BigInt(2 ** (size - smaller) - 1));
      const part = call('part', whole, level!, child!, new Num(index));
      const [a, b] = [halves(whole), halves(part)];
      const alike = (mask: number, x: Term, y: Term): Term => eq(bitAnd(x, int(mask)), bitAnd(y, int(mask)));
      const address = numberTerm(call('pageAddress', part, child!))!;
      never[`a part of 2^${size} bytes lies elsewhere`] = not(
        eq(address, add(page, shiftLeft(index, int(smaller)))),
      );
      never[`a part of 2^${size} bytes has other attributes`] = or(
        not(alike(SAME_LOW, a.low, b.low)),
        not(alike(SAME_HIGH, a.high, b.high)),
      );
    }
    return { state, assumptions: [...state.assumptions, ...assumptions], never };
  };
}

const FILES = [FORMAT, ATTRIBUTES, REGISTERS];

export const tableWalkTheorems: readonly Theorem[] = MODES.flatMap((mode): Theorem[] => [
  {
    id: `${mode}/writer-walk`,
    mode,
    sentence:
      'Through tables as the writer makes them, a walk finds each page where it was put, of its size, with the rights and G that were asked for.',
    domain:
      'every linear address, page and table that the CPU reaches, every page size, attributes and CPU, with the registers that the writer names',
    files: FILES,
    build: walked(mode),
  },
  {
    id: `${mode}/writer-split`,
    mode,
    sentence: 'The smaller pages that a large one becomes lie where it lay, and have its attributes.',
    domain: 'every large page, part, attributes and CPU',
    files: FILES,
    build: split(mode),
  },
]);
