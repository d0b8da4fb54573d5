/** The entries that the table writer makes, and what a walk reads in them. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import {
  add,
  bitAnd,
  eq,
  int,
  intVariable,
  less,
  not,
  shiftLeft,
  shiftRight,
  type Term,
  unsigned,
} from '../engine/term.ts';
import { type ClassValue, Num, numberTerm, Obj, type Value } from '../engine/values.ts';
import { MODES, type Mode, NOWHERE, unknownState } from './state.ts';

const FORMAT = 'tables/entry-format.ts';
const [P, RW, US, A] = [1, 2, 4, 0x20];

/** log2 of the page sizes of each mode that are proven. */
const SHIFTS: Readonly<Record<Mode, readonly number[]>> = {
  '32-bit': [12, 22],
  PAE: [12, 21],
  '4-level': [12, 21, 30],
  '5-level': [12, 21, 30],
};

function entries(mode: Mode): (run: Interpreter) => Claim {
  return (run) => {
    const state = unknownState(run, mode);
    const format = run.construct(run.exported(FORMAT, 'EntryFormat') as ClassValue, [mode, state.cpu]);
    const call = (name: string, ...args: Value[]): Value =>
      run.call(run.get(format, name, NOWHERE), args, format, NOWHERE);
    const half = (entry: Value, name: string): Term => numberTerm(run.get(entry, name, NOWHERE))!;
    const never: Record<string, Term> = {};
    const assumptions: Term[] = [...state.assumptions];

    for (const shift of SHIFTS[mode]) {
      const level = levelOf(shift);
      const page = shiftLeft(intVariable(`page_${shift}`, 0n, (1n << BigInt(52 - shift)) - 1n), int(shift));
      assumptions.push(less(page, numberTerm(call('physicalLimit', level))!));
      const leaf = call('leaf', new Num(page), level);
      const [low, high] = [half(leaf, 'low'), half(leaf, 'high')];
      const read = mode === '32-bit' && shift === 22 ? fourMiB(low) : addressIn(low, high, shift);
      never[`a page of 2^${shift} bytes is read elsewhere`] = not(eq(read, page));
      never[`a page of 2^${shift} bytes has another low bit`] = not(
        eq(bitAnd(low, int(0xfff)), int(P | (shift > 12 ? 0x80 : 0))),
      );
      never[`the format reads a page of 2^${shift} bytes elsewhere`] = not(
        eq(numberTerm(call('pageAddress', leaf, level))!, page),
      );
    }
    const limit = mode === '32-bit' ? 32n : 52n;
    const table = shiftLeft(intVariable('table', 0n, (1n << (limit - 12n)) - 1n), int(12));
    const link = call('link', new Num(table), levelOf(21));
    never['a table is read elsewhere'] = not(eq(addressIn(half(link, 'low'), half(link, 'high'), 12), table));
    never['a link grants less than all, or is used'] = not(
      eq(bitAnd(half(link, 'low'), int(P | RW | US | A)), int(P | RW | US)),
    );
    // `leaf` throws for a page beyond what entries reach; the assumptions say that it does not.
    return { state, assumptions, never };
  };
}

function levelOf(shift: number): Obj {
  const level = new Obj();
  level.fields.set('shift', shift);
  level.fields.set('kind', shift === 12 ? 'PTE' : shift === 30 ? 'PDPTE' : 'PDE');
  return level;
}

/** "4-MByte pages": bits 31–22, and bits 20–13 as address bits 39–32. */
function fourMiB(low: Term): Term {
  const above = bitAnd(shiftRight(low, int(13)), int(0xff));
  return add(shiftLeft(above, int(32)), unsigned(32, bitAnd(low, int(-1 << 22))));
}

function addressIn(low: Term, high: Term, shift: number): Term {
  return add(shiftLeft(bitAnd(high, int(0xf_ffff)), int(32)), unsigned(32, bitAnd(low, int(-1 << shift))));
}

export const tableWriterTheorems: readonly Theorem[] = MODES.map((mode) => ({
  id: `${mode}/writer`,
  mode,
  sentence:
    'What the table writer puts into an entry is what the manual says a walk reads there: address, PS, P and rights.',
  domain: 'every aligned page and table address that the CPU reaches, every page size, every CPU',
  files: [FORMAT],
  build: entries(mode),
}));
