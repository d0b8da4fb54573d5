/**
 * The loops over lists of addresses. One turn of each is proven to do what a single translation does with that address;
 * what a loop does is then, turn after turn, what single translations in order do.
 */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import {
  and,
  bitAnd,
  eq,
  int,
  intVariable,
  ite,
  less,
  not,
  or,
  shiftLeft,
  shiftRight,
  signed,
  type Term,
  TRUE,
  unsigned,
} from '../engine/term.ts';
import { Arr, type Elements, Num, numberTerm, type Obj, truthTerm, type Value } from '../engine/values.ts';
import {
  leftDiffers,
  leftOf,
  type Machine,
  machineOf,
  nothingCached,
  termIn,
  tlbAssumptions,
} from './machine.ts';
import { NOWHERE, type State, unknownState } from './state.ts';

const RUN = 'mmu/translate-run.ts';
const HITS = 'mmu/word-hits.ts';
const NO_ADDRESS = 0xffff_ffff;
const NO_FAULT = 0xff;
/** What a result is before: whichever, since it must not be touched where no result is due. */
const OLD_PHYSICAL = intVariable('old_physical', 0n, 0xffff_ffffn);
const OLD_CODE = intVariable('old_code', 0n, 0xffn);

function typed(elements: Elements, terms: readonly Term[]): Arr {
  return new Arr(
    terms.map((term) => ({ guard: TRUE, value: new Num(term) })),
    elements,
  );
}

function item({ items }: Arr, i: number): Term {
  return numberTerm(items[i]!.value)!;
}

interface Single {
  readonly ok: Term;
  readonly physical: Term;
  readonly code: Term;
}

/** `Translation.locate`: what `Mmu.translate` comes to. */
function single(run: Interpreter, machine: Machine, low: Term, high: Term, access: Term): Single {
  const { translation } = machine;
  const args = [new Num(low), high === int(0) ? 0 : new Num(high), new Num(access)];
  const ok = truthTerm(run.call(run.get(translation, 'locate', NOWHERE), args, translation, NOWHERE))!;
  return { ok, physical: termIn(run, translation, 'physical'), code: termIn(run, translation, 'faultCode') };
}

/** Of the four loops of `translateRun`, the one that is proven here. */
function turn(loop: 'misses' | 'faults'): (run: Interpreter) => Claim {
  return (run) => {
    const state = unknownState(run, '32-bit');
    const list = machineOf(run, state);
    const physical = typed('Uint32Array', [OLD_PHYSICAL]);
    const codes = typed('Uint8Array', [OLD_CODE]);
    const call = (holder: Obj, name: string, ...args: Value[]): Value =>
      run.call(run.get(holder, name, NOWHERE), args, holder, NOWHERE);
    const linear = typed('Uint32Array', [unsigned(32, state.low)]);
    const access = new Num(state.access);
    const { pages, memory, walker } = list;
    // As translateRun calls them: the list open, the directory in RAM.
    call(pages, 'open');
    const words = pages.fields.get('words')!;
    const rest: Value[] =
      loop === 'misses' ? [1, access, pages, memory, walker] : [access, codes, words, memory, walker];
    const returned = run.call(run.named(RUN, loop), [linear, physical, 0, ...rest], undefined, NOWHERE);
    call(pages, 'close');
    const taken = eq(numberTerm(returned)!, int(1));
    const after = leftOf(run, state, list);

    const alone = machineOf(run, state);
    const before = leftOf(run, state, alone);
    const one = single(run, alone, state.low, int(0), state.access);
    const differs = leftDiffers(after, leftOf(run, state, alone));
    const touched = leftDiffers(after, before);
    const [address, code] = [item(physical, 0), item(codes, 0)];
    const wanted = ite(one.ok, one.physical, int(NO_ADDRESS));
    const noted = loop === 'faults' ? ite(one.ok, int(NO_FAULT), one.code) : OLD_CODE;
    const never: Record<string, Term> = {
      'another verdict': and(taken, loop === 'misses' ? not(one.ok) : one.ok),
      'another address': and(taken, not(eq(address, wanted))),
      'another error code': and(taken, not(eq(code, noted))),
      'what is not taken is written': and(
        not(taken),
        or(...Object.values(touched), not(eq(address, OLD_PHYSICAL)), not(eq(code, OLD_CODE))),
      ),
    };
    for (const [name, term] of Object.entries(differs)) never[name] = and(taken, term);
    return {
      state,
      assumptions: [...state.assumptions, ...tlbAssumptions(alone), ...plain(run, state, list)],
      likely: nothingCached(never),
      never,
    };
  };
}

/** The case that the loops are for: the root table lies in RAM, and the access is not one to a shadow stack. */
function plain(run: Interpreter, { ram, access }: State, { walker }: Machine): Term[] {
  return [ram.isRam(unsigned(32, termIn(run, walker, 'rootLow'))), less(access, int(16))];
}

/** Addresses, as int32. */
function lowsOf(count: number): Term[] {
  return Array.from({ length: count }, (_, i) => intVariable(`low_${i}`, -(1n << 31n), (1n << 31n) - 1n));
}

/** A hit, alone or among others; and how many of eight addresses have no table, of which all that the loop counts have none. */
function several(loop: 'hits' | 'absentTables', count: number): (run: Interpreter) => Claim {
  return (run) => {
    const state = unknownState(run, '32-bit');
    const list = machineOf(run, state);
    const lows = lowsOf(count);
    const linear = typed(
      'Uint32Array',
      lows.map((low) => unsigned(32, low)),
    );
    const physical = typed(
      'Uint32Array',
      lows.map(() => OLD_PHYSICAL),
    );
    const codes = typed(
      'Uint8Array',
      lows.map(() => OLD_CODE),
    );
    const access = new Num(state.access);
    const { pages, memory, walker } = list;
    run.call(run.get(pages, 'open', NOWHERE), [], pages, NOWHERE);
    const words = pages.fields.get('words')!;
    const root = termIn(run, walker, 'rootLow');
    const absent = run.get(run.get(walker, 'accessCodes', NOWHERE), access, NOWHERE);
    let returned: Value;
    if (loop === 'hits') {
      returned = run.call(
        run.named(HITS, 'hits'),
        [linear, physical, 0, count, access, words],
        undefined,
        NOWHERE,
      );
    } else {
      const chunks = run.get(memory, 'words', NOWHERE);
      const directory = run.get(chunks, new Num(rootChunk(root)), NOWHERE);
      const at = new Num(rootWord(root));
      const bit = new Num(signed(32, bitOf(state.access)));
      const args = [linear, 0, bit, words, directory, at];
      returned = run.call(run.named(RUN, 'absentTables'), args, undefined, NOWHERE);
    }
    run.call(run.get(pages, 'close', NOWHERE), [], pages, NOWHERE);
    const after = leftOf(run, state, list);
    const never: Record<string, Term> = loop === 'hits' ? hitsTogether(run, words, access) : {};
    const assumptions = [...state.assumptions, ...plain(run, state, list)];
    for (let i = 0; i < count; i++) {
      const alone = machineOf(run, state);
      const before = leftOf(run, state, alone);
      if (i === 0) {
        assumptions.push(...tlbAssumptions(alone));
        never['the loop writes to RAM or the TLB'] = or(...Object.values(leftDiffers(after, before)));
      }
      const one = single(run, alone, lows[i]!, int(0), state.access);
      const [address, code] = [item(physical, i), item(codes, i)];
      const hit = loop === 'hits';
      const taken = less(int(i), numberTerm(returned)!);
      const untouched = and(eq(address, OLD_PHYSICAL), eq(code, OLD_CODE));
      const same = hit
        ? and(one.ok, eq(address, one.physical), eq(code, OLD_CODE))
        : and(not(one.ok), eq(numberTerm(absent)!, one.code), untouched);
      never[`address ${i} comes to something else`] = not(ite(taken, same, untouched));
      never[`address ${i} alone writes`] = and(
        taken,
        or(...Object.values(leftDiffers(leftOf(run, state, alone), before))),
      );
    }
    return { state, assumptions, ...(loop === 'absentTables' && { likely: nothingCached(never) }), never };
  };
}

function bitOf(access: Term): Term {
  return shiftLeft(int(1), access);
}

/** Where the directory lies, as the loops take it: its chunk, and its first word there. */
function rootChunk(root: Term): Term {
  return shiftRight(unsigned(32, root), int(25));
}

function rootWord(root: Term): Term {
  return shiftRight(bitAnd(root, int(0x1ff_ffff)), int(2));
}

const LIST_DOMAIN =
  'every RAM and its contents, page TLB and its contents, CR3, linear address, kind of access but to shadow stacks, and control bits of 32-bit paging with all address lines; ' +
  'the root table lies in RAM, and nothing of a page above 4 GiB is cached';

const FILES = [
  RUN,
  'mmu/translation.ts',
  'mmu/walker.ts',
  'mmu/walk-rules.ts',
  'tlb/page-tlb.ts',
  'tlb/tlb-word.ts',
];

/** Seventeen addresses, a whole turn of the loop over hits and one behind it: whether it does other than with each alone. */
function hitsTogether(run: Interpreter, words: Value, access: Num): Record<string, Term> {
  const lows = lowsOf(17).map((low) => unsigned(32, low));
  const take = (linear: readonly Term[]): { count: Term; physical: Arr } => {
    const physical = typed(
      'Uint32Array',
      linear.map(() => OLD_PHYSICAL),
    );
    const args = [typed('Uint32Array', linear), physical, 0, linear.length, access, words];
    return { count: numberTerm(run.call(run.named(HITS, 'hits'), args, undefined, NOWHERE))!, physical };
  };
  const together = take(lows);
  const never: Record<string, Term> = {};
  let isTaken: Term = TRUE;
  lows.forEach((low, i) => {
    const alone = take([low]);
    isTaken = and(isTaken, eq(alone.count, int(1)));
    const wanted = ite(isTaken, item(alone.physical, 0), OLD_PHYSICAL);
    never[`among others, address ${i} comes to something else`] = or(
      not(eq(isTaken, less(int(i), together.count))),
      not(eq(item(together.physical, i), wanted)),
    );
  });
  return never;
}

export const listTheorems: readonly Theorem[] = [
  {
    id: '32-bit/list-misses',
    mode: '32-bit',
    sentence:
      'A turn of the loop over misses does what a single translation does: address, RAM, TLB; or it leaves all as it was.',
    domain: LIST_DOMAIN,
    files: FILES,
    build: turn('misses'),
  },
  {
    id: '32-bit/list-faults',
    mode: '32-bit',
    sentence:
      'A turn of the loop over page faults notes the error code of a single translation, and writes nothing else.',
    domain: LIST_DOMAIN,
    files: FILES,
    build: turn('faults'),
  },
  {
    id: '32-bit/list-hits',
    mode: '32-bit',
    sentence:
      'A turn of the loop over hits gives sixteen addresses, and one behind them, what single translations give, up to the first that is no hit.',
    domain: LIST_DOMAIN,
    files: [HITS, ...FILES],
    build: several('hits', 1),
  },
  {
    id: '32-bit/list-absent',
    mode: '32-bit',
    sentence:
      'Of eight addresses, those that a turn of the loop counts as without a table fault as single translations do, with the same code.',
    domain: LIST_DOMAIN,
    files: FILES,
    build: several('absentTables', 8),
  },
];
