/** The TLB of epochs: what it grants after any change, and that nothing of a past epoch answers. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import {
  and,
  bitAnd,
  boolVariable,
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
} from '../engine/term.ts';
import { type ClassValue, Num, numberTerm, Obj, Truth, truthTerm, type Value } from '../engine/values.ts';
import { termIn } from './machine.ts';
import { contextOf, NOWHERE, unknownState } from './state.ts';
import { UnknownNumbers, UnknownWords } from './unknown-array.ts';

const WIDE = 'tlb/wide-tlb.ts';
const PERMISSIONS = 'arch/permissions.ts';
const SLOTS = 0x1_0000;
const PCIDS = 4096;
const LAST_EPOCH = 0xffffn;
/** A clock that ticks a thousand times a nanosecond reaches this in a month. */
const LATE = (1n << 51n) - 1n;

/** One TLB. */
export interface Wide {
  readonly tlb: Obj;
  readonly words: UnknownWords;
  readonly highs: UnknownWords;
  readonly meta: UnknownWords;
  readonly bases: UnknownNumbers;
  readonly physical: UnknownNumbers;
  readonly stamps: UnknownNumbers;
  readonly epochs: UnknownWords;
  readonly flushedAt: UnknownNumbers;
  readonly call: (name: string, ...args: Value[]) => Value;
  readonly field: (name: string) => Term;
}

/** A TLB of which nothing is known; pieces of large pages, which only INVLPG asks for, are left aside. */
export function unknownWide(run: Interpreter): Wide {
  const tlb = run.construct(run.exported(WIDE, 'WideTlb') as ClassValue, []);
  const active = (): Term => run.active;
  const words = new UnknownWords('wide_words', SLOTS);
  const highs = new UnknownWords('wide_highs', SLOTS);
  const meta = new UnknownWords('wide_meta', SLOTS);
  const epochs = new UnknownWords('wide_epochs', PCIDS);
  const bases = new UnknownNumbers('wide_bases', SLOTS, 64);
  const physical = new UnknownNumbers('wide_physical', SLOTS);
  const stamps = new UnknownNumbers('wide_stamps', SLOTS);
  const flushedAt = new UnknownNumbers('wide_flushed', PCIDS);
  const arrays = { words, highs, meta, bases, physical, stamps, '#epochs': epochs, '#flushedAt': flushedAt };
  for (const [name, array] of Object.entries(arrays)) tlb.fields.set(name, array.asValue(active));
  const numbers = {
    clock: intVariable('wide_clock', 0n, LATE),
    key: shiftLeft(intVariable('wide_key_epoch', 1n, LAST_EPOCH), int(12)),
    '#lastEpoch': intVariable('wide_last_epoch', 1n, LAST_EPOCH),
    '#epochFloor': intVariable('wide_epoch_floor', 0n, LAST_EPOCH),
    '#pcid': intVariable('wide_pcid', 0n, BigInt(PCIDS - 1)),
    '#allFlushedAt': intVariable('wide_all_flushed', 0n, LATE),
    '#globalsFlushedAt': intVariable('wide_globals_flushed', 0n, LATE),
  };
  for (const [name, term] of Object.entries(numbers)) tlb.fields.set(name, new Num(term));
  const nothing = { foreign: 'nothing', call: (): Value => undefined };
  tlb.fields.set('#huge', {
    foreign: 'no huge pages',
    get: (key) => (key === 'size' ? 0 : key === 'has' ? { foreign: 'has', call: () => false } : nothing),
  });
  const call = (name: string, ...args: Value[]): Value =>
    run.call(run.get(tlb, name, NOWHERE), args, tlb, NOWHERE);
  const field = (name: string): Term => termIn(run, tlb, name);
  return { tlb, words, highs, meta, bases, physical, stamps, epochs, flushedAt, call, field };
}

/** The epoch in a word, or in the key. */
function epochIn(word: Term): Term {
  return shiftRight(bitAnd(word, int(0x0fff_f000)), int(12));
}

/**
 * What always holds of the epochs, for a slot and two PCIDs: none is later than the last; the key is that of the PCID of
 * now, later than the floor; and two PCIDs share none that is.
 */
function invariant(wide: Wide, slot: Term, p: Term, q: Term): Term {
  const last = wide.field('#lastEpoch');
  const floor = wide.field('#epochFloor');
  const pcid = wide.field('#pcid');
  const epoch = (of: Term): Term => wide.epochs.at(of);
  const atMost = (a: Term, b: Term): Term => not(less(b, a));
  const apart = (a: Term, b: Term): Term =>
    or(eq(a, b), not(less(floor, epoch(a))), not(eq(epoch(a), epoch(b))));
  return and(
    atMost(int(1), last),
    atMost(last, int(LAST_EPOCH)),
    atMost(floor, last),
    atMost(epochIn(wide.words.at(slot)), last),
    eq(wide.field('key'), shiftLeft(epoch(pcid), int(12))),
    less(floor, epoch(pcid)),
    ...[p, q, pcid].map((of) => and(atMost(int(0), epoch(of)), atMost(epoch(of), last))),
    apart(p, q),
    apart(p, pcid),
    apart(q, pcid),
  );
}

const SLOT = intVariable('any_slot', 0n, BigInt(SLOTS - 1));
const P = intVariable('pcid_p', 0n, BigInt(PCIDS - 1));
const Q = intVariable('pcid_q', 0n, BigInt(PCIDS - 1));
/** The PCID that an operation is about. */
const N = intVariable('pcid_n', 0n, BigInt(PCIDS - 1));
const LOW = intVariable('linear_low', -(1n << 31n), (1n << 31n) - 1n);
const HIGH = intVariable('linear_high', -(1n << 31n), (1n << 31n) - 1n);
const GRANTS = bitAnd(intVariable('grants', 0n, 0x3ffn), int(0x377));
const PAGE = shiftLeft(intVariable('page', 0n, (1n << 40n) - 1n), int(12));

/** A word answers at once: its epoch is that of now. */
function isCurrent(wide: Wide, slot: Term): Term {
  return eq(epochIn(wide.words.at(slot)), epochIn(wide.field('key')));
}

/** Every operation, from every state in which the invariant holds. */
function epochs(run: Interpreter): Claim {
  const never: Record<string, Term> = {};
  const assumptions: Term[] = [];
  const after = (name: string, operate: (wide: Wide) => void): { wide: Wide; before: Wide } => {
    const before = unknownWide(run);
    const wide = unknownWide(run);
    if (assumptions.length === 0) {
      for (const [p, q] of [
        [P, Q],
        [P, N],
        [Q, N],
      ] as const) {
        assumptions.push(invariant(before, SLOT, p, q));
      }
    }
    operate(wide);
    never[`${name} breaks what always holds`] = not(invariant(wide, SLOT, P, Q));
    return { wide, before };
  };
  const none = (name: string, wide: Wide): void => {
    never[`a word answers at once after ${name}`] = isCurrent(wide, SLOT);
  };
  none('a register changed', after('a change of a register', ({ call }) => call('regrant')).wide);
  none('a flush', after('a flush', ({ call }) => call('flush')).wide);
  none(
    'a flush of what is not global',
    after('a flush of what is not global', ({ call }) => call('flushNonGlobal')).wide,
  );

  for (const operation of ['regrant', 'flush', 'flushNonGlobal']) {
    const later = after(`${operation} and a load of CR3`, ({ call }) => {
      call(operation);
      call('switchTo', new Num(N));
    });
    none(`${operation} and a load of CR3`, later.wide);
  }

  const pcidFlushed = after('a flush of a PCID', ({ call }) => call('flushPcid', new Num(N)));
  never['a word of a flushed PCID answers at once'] = and(
    eq(pcidFlushed.before.field('#pcid'), N),
    isCurrent(pcidFlushed.wide, SLOT),
  );
  const flushedThenLoaded = after('a flush of a PCID and its load', ({ call }) => {
    call('flushPcid', new Num(N));
    call('switchTo', new Num(N));
  });
  never['a word answers at once after its PCID was flushed and loaded'] = isCurrent(
    flushedThenLoaded.wide,
    SLOT,
  );

  const { wide: switched, before } = after('a load of CR3', ({ call }) => call('switchTo', new Num(N)));
  const keeps = less(before.field('#epochFloor'), before.epochs.at(N));
  never[
    'after a load of CR3 a word answers at once that was not filled under that PCID since a register changed'
  ] = and(
    isCurrent(switched, SLOT),
    not(and(keeps, eq(epochIn(before.words.at(SLOT)), before.epochs.at(N)))),
  );

  after('a fill', ({ call }) =>
    call(
      'fill',
      new Num(LOW),
      new Num(HIGH),
      new Num(PAGE),
      new Num(GRANTS),
      new Num(smallMeta(run, before)),
    ),
  );
  after('an entry brought up to date', ({ call }) => call('revive', new Num(SLOT), new Num(GRANTS)));
  after('a dropped entry', ({ call }) => call('drop', new Num(SLOT)));
  return { assumptions, never };
}

const RIGHTS = intVariable('rights', 0n, 15n);
const KEY = intVariable('page_key', 0n, 15n);
const GLOBAL = boolVariable('page_global');
const FILLER = intVariable('filler', 0n, 9n);

/** `meta` of a page of 4 KiB that is cached now. */
function smallMeta(run: Interpreter, wide: Wide): Term {
  const args: Value[] = [new Num(RIGHTS), new Num(KEY), 12, new Truth(GLOBAL), new Num(FILLER)];
  const meta = run.exported(WIDE, 'wideMeta');
  return numberTerm(run.call(meta, [...args, new Num(wide.field('#pcid'))], undefined, NOWHERE))!;
}

/** What a flush leaves: a page is cached, something happens, and the page is asked for. */
function flushes(run: Interpreter): Claim {
  const never: Record<string, Term> = {};
  const found = (then: (wide: Wide) => void): { is: Term; wide: Wide } => {
    const wide = unknownWide(run);
    const meta = new Num(smallMeta(run, wide));
    wide.call('fill', new Num(LOW), new Num(HIGH), new Num(PAGE), new Num(GRANTS), meta);
    then(wide);
    const slot = numberTerm(wide.call('find', new Num(LOW), new Num(HIGH)))!;
    return { is: not(less(slot, int(0))), wide };
  };
  const start = unknownWide(run);
  const pcid = start.field('#pcid');
  never['a page is cached and not found'] = not(found(() => {}).is);
  never['a page survives a flush of all'] = found(({ call }) => call('flush')).is;
  never['a global page goes with the others, or another stays'] = not(
    eq(found(({ call }) => call('flushNonGlobal')).is, GLOBAL),
  );
  never['a flush of a PCID spares a page of it, or drops another'] = not(
    eq(found(({ call }) => call('flushPcid', new Num(N))).is, or(GLOBAL, not(eq(N, pcid)))),
  );
  never['a page of another PCID is found, or a global one is not'] = not(
    eq(found(({ call }) => call('switchTo', new Num(N))).is, or(GLOBAL, eq(N, pcid))),
  );
  never['a page is found after INVLPG'] = found(({ call }) => {
    call('invalidate', new Num(LOW), new Num(HIGH), new Num(pcid), true);
  }).is;
  never['INVPCID of an address drops a global page, or spares another'] = not(
    eq(found(({ call }) => call('invalidate', new Num(LOW), new Num(HIGH), new Num(pcid), false)).is, GLOBAL),
  );
  const { wide } = found(() => {});
  const slot = shiftRight(bitAnd(LOW, int(0x0fff_f000)), int(12));
  never['a page is found at another address'] = and(
    not(less(numberTerm(wide.call('find', new Num(signed(32, OTHER_LOW)), new Num(OTHER_HIGH)))!, int(0))),
    eq(shiftRight(bitAnd(OTHER_LOW, int(0x0fff_f000)), int(12)), slot),
    not(and(eq(bitAnd(OTHER_LOW, int(-4096)), bitAnd(LOW, int(-4096))), eq(OTHER_HIGH, HIGH))),
  );
  const notYet = (term: Term): Term => not(less(start.field('clock'), term));
  return {
    assumptions: [
      // When the epochs are used up, all pages are forgotten, global ones too; then nothing is spared.
      less(start.field('#lastEpoch'), int(LAST_EPOCH - 1n)),
      notYet(start.field('#allFlushedAt')),
      notYet(start.field('#globalsFlushedAt')),
      notYet(start.flushedAt.at(pcid)),
      notYet(start.flushedAt.at(N)),
    ],
    never,
  };
}

const OTHER_LOW = intVariable('other_low', -(1n << 31n), (1n << 31n) - 1n);
const OTHER_HIGH = intVariable('other_high', -(1n << 31n), (1n << 31n) - 1n);

/** An entry that was filled under some registers answers under others: what it grants then. */
function grants(run: Interpreter): Claim {
  const state = unknownState(run, '4-level');
  const { ram } = state;
  const memory = ram.asValue(() => run.active);
  const walker = run.construct(run.exported('mmu/walker.ts', 'Walker') as ClassValue, [state.cpu, memory]);
  const context = contextOf(state, memory);
  for (const name of ['alignmentCheck', 'pkru', 'pkrs']) walker.fields.set(name, context.fields.get(name));
  run.call(run.get(walker, 'configure', NOWHERE), [context, new Num(state.cr3), 0], walker, NOWHERE);

  const wide = unknownWide(run);
  const { call } = wide;
  // Filled with whatever was granted then; since, a register has changed.
  call('fill', new Num(LOW), new Num(HIGH), new Num(PAGE), new Num(GRANTS), new Num(smallMeta(run, wide)));
  call('regrant');
  const slot = numberTerm(call('find', new Num(LOW), new Num(HIGH)))!;
  const at = bitAnd(slot, int(SLOTS - 1));
  const number = (name: string): Value => call(name, new Num(at));
  const fresh = run.call(
    run.get(walker, 'grantsOf', NOWHERE),
    [number('rightsOf'), number('keyOf')],
    walker,
    NOWHERE,
  );
  call('revive', new Num(at), fresh);
  const word = wide.words.at(at);

  const has = (register: Term, mask: number): Term => not(eq(bitAnd(register, int(mask)), int(0)));
  const user = has(RIGHTS, 2);
  const wp = has(state.cr0, 0x1_0000);
  const rule = new Obj();
  const flags = {
    wp,
    smep: has(state.cr4, 0x10_0000),
    smap: has(state.cr4, 0x20_0000),
    alignmentCheck: state.alignmentCheck,
  };
  for (const [name, term] of Object.entries(flags)) rule.fields.set(name, new Truth(term));
  const permits = run.exported(PERMISSIONS, 'permits');
  const asked: Value[] = [rule, new Num(RIGHTS), new Num(state.access)];
  const allowed = truthTerm(run.call(permits, asked, undefined, NOWHERE))!;
  const before = new Obj();
  for (const name of Object.keys(flags)) before.fields.set(name, false);
  const permitted0 = truthTerm(
    run.call(permits, [before, new Num(RIGHTS), new Num(state.access)], undefined, NOWHERE),
  )!;
  const granted0 = not(eq(bitAnd(GRANTS, shiftLeft(int(1), state.access)), int(0)));
  const denies = (register: Term): Term =>
    truthTerm(
      run.call(
        run.exported(PERMISSIONS, 'keyDenies'),
        [new Num(register), new Num(KEY), new Num(state.access), new Truth(wp)],
        undefined,
        NOWHERE,
      ),
    )!;
  const denied = ite(
    user,
    and(has(state.cr4, 0x40_0000), denies(state.pkru)),
    and(has(state.cr4, 0x100_0000), denies(state.pkrs)),
  );
  const clean = and(has(state.access, 1), not(has(RIGHTS, 4)));
  const granted = not(eq(bitAnd(word, shiftLeft(int(1), state.access)), int(0)));
  const wanted = and(allowed, not(denied), not(clean));
  return {
    state,
    // No TLB entry grants an access to a shadow stack: bits from 12 up of a word are an address.
    assumptions: [...state.assumptions, less(state.access, int(16))],
    // Setting SMEP empties the TLB; and what was granted then is what a machine without WP, SMEP, SMAP and keys grants.
    likely: [not(has(state.cr4, 0x10_0000)), eq(granted0, and(permitted0, not(clean)))],
    never: {
      'a hit grants what a walk would refuse': and(not(less(slot, int(0))), granted, not(wanted)),
      'a hit refuses what a walk would allow': and(not(less(slot, int(0))), not(granted), wanted),
      'the page changes': and(
        not(less(slot, int(0))),
        or(
          not(eq(wide.physical.at(at), PAGE)),
          not(eq(bitAnd(word, int(-0x1000_0000)), bitAnd(LOW, int(-0x1000_0000)))),
        ),
      ),
    },
  };
}

const FILES = [WIDE, 'mmu/walk-rules.ts', PERMISSIONS];

export const wideTlbTheorems: readonly Theorem[] = [
  {
    id: 'wide/epochs',
    mode: 'any',
    sentence:
      'No entry of a past epoch answers: after a change of a register, a flush, or a load of a CR3 that was flushed none answers at once; after any other load of CR3 only those that were cached under its PCID since a register last changed.',
    domain:
      'every state of the TLB that the operations can reach: what always holds is proven kept by every fill, update, drop, flush, change of a register and load of CR3, over all 65,535 epochs and the turn after them',
    files: [WIDE],
    build: epochs,
  },
  {
    id: 'wide/flushes',
    mode: 'any',
    sentence:
      'A page that is cached is found, at its address and PCID alone, until INVLPG or a flush that concerns it, and not after.',
    domain:
      'every state of the TLB, every page of 4 KiB, PCID and flush, while there are epochs left; pieces of large pages are left to the tests',
    files: [WIDE],
    build: flushes,
  },
  {
    id: 'wide/grants',
    mode: '4-level',
    sentence:
      'A hit in the TLB of epochs allows exactly the accesses that a walk would allow now, after any change of CR0.WP, CR4.SMEP, SMAP, PKE, PKS, EFLAGS.AC, PKRU and PKRS.',
    domain:
      'every combination of rights, D, protection key, registers now, page, address and access; whatever was granted before',
    files: FILES,
    build: grants,
  },
];
