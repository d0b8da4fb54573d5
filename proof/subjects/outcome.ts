/** What a walk comes to, whoever walks: the form in which the walkers are compared. */

import type { Interpreter } from '../engine/interpreter.ts';
import {
  add,
  and,
  bitAnd,
  bitOr,
  bitXor,
  eq,
  FALSE,
  int,
  intVariable,
  ite,
  less,
  not,
  or,
  select,
  shiftLeft,
  store,
  type Term,
  unsigned,
} from '../engine/term.ts';
import {
  type Alternative,
  type Arr,
  alternativesOf,
  type ClassValue,
  choose,
  fromNumberTerm,
  fromTruthTerm,
  Num,
  numberTerm,
  Obj,
  same,
  Truth,
  truthTerm,
  type Value,
} from '../engine/values.ts';
import { wordOf } from './ram.ts';
import { contextOf, linearValue, NOWHERE, pdpteArray, type State } from './state.ts';

/** The result of a walk. Where it faults only `code` counts, where it does not all the others. */
export interface Outcome {
  /** It translates. */
  readonly ok: Term;
  /** The page-fault error code. */
  readonly code: Term;
  readonly physical: Term;
  /** log2 of the page's size. */
  readonly pageShift: Term;
  readonly writable: Term;
  readonly user: Term;
  readonly executable: Term;
  readonly global: Term;
  /** D of the leaf: as the tuned walk hands it on to a TLB, or as RAM holds it afterwards. */
  readonly dirty: Term;
  /** RAM afterwards. */
  readonly contents: Term;
  /** Of a walker that says the same twice: it does not. */
  readonly inconsistent?: Term;
}

/** `RIGHT_…` of src/arch/permissions.ts. */
const [RIGHT_RW, RIGHT_US, RIGHT_D, RIGHT_NX] = [1, 2, 4, 8];

const PTE_D = 0x40;

function bit(value: Term, mask: number): Term {
  return not(eq(bitAnd(value, int(mask)), int(0)));
}

/** Memory as the code is given it. */
function memoryOf(run: Interpreter, { ram, gated }: State): Value {
  const memory = ram.asValue(() => run.active);
  if (!gated) return memory;
  return run.construct(run.exported('memory/a20-gate.ts', 'A20Gate') as ClassValue, [memory]);
}

/** Where a physical address is found in RAM: behind a closed A20 gate bit 20 is 0. */
function placeOf({ gated }: State, physical: Term): Term {
  return gated ? bitAnd(physical, int(~0x10_0000)) : physical;
}

/** In place of a word: the page lies above 4 GiB, and the walker's fields hold it. */
const NO_WORD = 'NO_WORD';

/** The tuned walk: `Walker`, as `Mmu` uses it on a TLB miss. */
export function tunedOutcome(run: Interpreter, state: State): Outcome {
  const { ram, mode, low, high } = state;
  ram.contents = ram.before;
  const memory = memoryOf(run, state);
  const direct =
    state.gated === true
      ? run.call(run.exported('memory/direct-ram.ts', 'directRam'), [memory], undefined, NOWHERE)
      : memory;
  const walker = run.construct(run.exported('mmu/walker.ts', 'Walker') as ClassValue, [state.cpu, direct]);
  const context = contextOf(state, memory);
  for (const name of ['alignmentCheck', 'pkru', 'pkrs']) walker.fields.set(name, context.fields.get(name));
  walker.fields.set('pdptes', pdpteArray(state));
  const call = (name: string, ...args: Value[]): Value =>
    run.call(run.get(walker, name, NOWHERE), args, walker, NOWHERE);
  call('configure', context, new Num(state.cr3), 0);
  const field = (name: string): Term => {
    const value = run.get(walker, name, NOWHERE);
    return numberTerm(value) ?? truthTerm(value)!;
  };

  if (mode === '32-bit') {
    const word = numberTerm(call('word32', new Num(low), new Num(state.access)))!;
    const ok = not(eq(word, int(0)));
    // A word holds a page below 4 GiB; else, and for large pages, the fields do.
    const small = not(bit(word, 0x800));
    const offset = bitAnd(low, int(0x3f_ffff));
    const constant = (name: string): number => run.exported('tlb/tlb-word.ts', name) as number;
    const above4G = eq(word, int(constant(NO_WORD)));
    const byWord = unsigned(32, bitXor(bitAnd(word, int(-4096)), low));
    const inFields = add(field('pageBase'), offset);
    const rightsOf = run.exported('tlb/tlb-word.ts', 'rightsOfWord');
    const rights = ite(
      small,
      numberTerm(run.call(rightsOf, [new Num(word)], undefined, NOWHERE))!,
      field('rights'),
    );
    return {
      ok,
      code: field('faultCode'),
      physical: ite(above4G, inFields, byWord),
      inconsistent: and(ok, not(small), not(above4G), not(eq(inFields, byWord))),
      pageShift: ite(small, int(12), int(22)),
      writable: bit(rights, RIGHT_RW),
      user: bit(rights, RIGHT_US),
      executable: and(),
      global: ite(above4G, field('global'), bit(word, constant('WORD_GLOBAL'))),
      dirty: bit(rights, RIGHT_D),
      contents: ram.contents,
    };
  }
  const access = new Num(state.access);
  // The walk in one go is proven to be this one's: see page-walk.ts.
  walker.fields.set('#walkPage', { foreign: 'nothing', call: () => false });
  const found =
    mode === 'PAE'
      ? call('walkPae', new Num(low), access)
      : call('walkLong', new Num(low), new Num(high), access);
  const pageShift = field('pageShift');
  const pageMask = add(shiftLeft(int(1), boundedShift(pageShift)), int(-1));
  return {
    ok: truthTerm(found)!,
    code: field('faultCode'),
    physical: add(field('pageBase'), bitAnd(unsigned(32, low), pageMask)),
    pageShift,
    writable: bit(field('rights'), RIGHT_RW),
    user: bit(field('rights'), RIGHT_US),
    executable: not(bit(field('rights'), RIGHT_NX)),
    global: field('global'),
    dirty: bit(field('rights'), RIGHT_D),
    contents: ram.contents,
  };
}

function boundedShift(shift: Term): Term {
  // Before its first success a walker's field holds its initial value; it then counts for nothing.
  return ite(less(shift, int(31)), shift, int(12));
}

/** A report in the form of `WalkReport`: of `explain`, or of the rule. */
export function reportOutcome(run: Interpreter, state: State, report: Value): Outcome {
  const all = alternativesOf(report).map(({ guard, value }) => ({ guard, fields: (value as Obj).fields }));
  const good = all.filter(({ fields }) => fields.get('ok') === true);
  const bad = all.filter(({ fields }) => fields.get('ok') === false);
  if (good.length + bad.length !== all.length) throw new Error('a report that neither translates nor faults');
  const of = (name: string): Value =>
    choose(good.map(({ guard, fields }) => ({ guard, value: fields.get(name) })));
  const term = (value: Value): Term => certain(run, value);
  const fault = choose(bad.map(({ guard, fields }) => ({ guard, value: fields.get('fault') })));
  const rights = of('rights');
  const right = (name: string): Term => term(run.get(rights, name, NOWHERE));
  const pageSize = term(of('pageSize'));

  let contents = state.ram.before;
  for (const { guard, fields } of good) {
    for (const item of (fields.get('sets') as Arr).items) {
      const { fields: set } = item.value as Obj;
      const address = numberTerm(set.get('entryAddress'))!;
      const place = placeOf(state, address);
      const at = wordOf(place);
      const marked = bitOr(select(contents, at), numberTerm(set.get('bits'))!);
      contents = ite(and(guard, item.guard, state.ram.isRam(place)), store(contents, at, marked), contents);
    }
  }
  return {
    ok: or(...good.map(({ guard }) => guard)),
    code: term(run.get(fault, 'code', NOWHERE)),
    physical: term(of('physical')),
    pageShift: [12, 21, 22, 30].reduceRight<Term>(
      (rest, shift) => ite(eq(pageSize, int(2 ** shift)), int(shift), rest),
      int(0),
    ),
    writable: right('writable'),
    user: right('user'),
    executable: right('executable'),
    global: term(of('global')),
    dirty: bit(state.ram.loadFrom(contents, placeOf(state, leafAddress(good))), PTE_D),
    contents,
  };
}

/** Where the leaf lies: the last entry that a report names, as a step or as one whose bits are set. */
function leafAddress(good: readonly { guard: Term; fields: Obj['fields'] }[]): Term {
  const last: Alternative[] = good.flatMap(({ guard, fields }) => {
    const { items } = (fields.get('steps') ?? fields.get('sets')) as Arr;
    return items.map((item, i) => ({
      guard: and(guard, item.guard, ...items.slice(i + 1).map((later) => not(later.guard))),
      value: (item.value as Obj).fields.get('entryAddress'),
    }));
  });
  return numberTerm(choose(last))!;
}

/** The number or truth value that a value is. Where it might be something else, that is to be proven impossible. */
function certain(run: Interpreter, value: Value): Term {
  const isTerm = (one: Value): boolean => (numberTerm(one) ?? truthTerm(one)) !== undefined;
  for (const { guard, value: one } of alternativesOf(value)) {
    if (!isTerm(one))
      run.throws.push({ condition: guard, place: '', text: 'a field that is neither number nor truth' });
  }
  const known = choose(alternativesOf(value).filter((one) => isTerm(one.value)));
  return numberTerm(known) ?? truthTerm(known)!;
}

/** The readable walk. */
export function readableOutcome(run: Interpreter, state: State): Outcome {
  const { ram } = state;
  ram.contents = ram.before;
  const context = contextOf(state, memoryOf(run, state));
  const explain = run.exported('walk/explain.ts', 'explainWalk');
  const report = run.call(explain, [context, linearValue(state), new Num(state.access)], undefined, NOWHERE);
  return reportOutcome(run, state, report);
}

/** The manual's rule, from its tables. */
export function ruleOutcome(run: Interpreter, state: State): Outcome {
  const { ram } = state;
  ram.contents = ram.before;
  const flag = (register: Term, mask: number): Value => new Truth(bit(register, mask));
  const fields: Record<string, Value> = {
    mode: state.mode,
    cr3: new Num(state.cr3),
    pdptes: pdpteArray(state),
    wp: flag(state.cr0, 0x1_0000),
    pse: flag(state.cr4, 0x10),
    pge: flag(state.cr4, 0x80),
    smep: flag(state.cr4, 0x10_0000),
    smap: flag(state.cr4, 0x20_0000),
    pke: flag(state.cr4, 0x40_0000),
    pks: flag(state.cr4, 0x100_0000),
    nxe: flag(state.efer, 0x800),
    ac: new Truth(state.alignmentCheck),
    pkru: new Num(state.pkru),
    pkrs: new Num(state.pkrs),
    maxPhysicalBits: state.cpu.fields.get('physicalAddressBits'),
    pse36: state.cpu.fields.get('pse36'),
    page1g: state.cpu.fields.get('page1g'),
    amd: fromTruthTerm(same(state.cpu.fields.get('vendor'), 'AMD')),
  };
  const registers = new Obj();
  for (const [name, value] of Object.entries(fields)) registers.fields.set(name, value);
  const load: Value = {
    foreign: 'a word of RAM',
    call: ([physical]) => fromNumberTerm(ram.load(placeOf(state, numberTerm(physical)!))),
  };
  const [who, what] = accessInWords(state.access);
  const rule = run.exported(RULE_FILE, 'ruleOutcome');
  const stack = new Truth(bit(state.access, 16));
  const args = [registers, load, new Num(state.low), numeric(state.high), who, what, stack];
  return reportOutcome(run, state, run.call(rule, args, undefined, NOWHERE));
}

/** Where the rule stands, as the prover's source loader knows it. */
export const RULE_FILE = 'proof:rule/paging-rule.ts';

function numeric(term: Term): Value {
  return term.op === 'const' ? Number(term.value) : new Num(term);
}

/** Who makes an access, and what it is: the access kinds of src/arch/access.ts in the rule's words. */
function accessInWords(access: Term): [Value, Value] {
  const is = (mask: number): Term => bit(access, mask);
  const words = (guards: readonly (readonly [Term, string])[]): Value =>
    choose(guards.map(([guard, value]) => ({ guard, value })));
  return [
    words([
      [is(4), 'user'],
      [is(8), 'implicit'],
      [and(not(is(4)), not(is(8))), 'supervisor'],
    ]),
    words([
      [is(1), 'write'],
      [is(2), 'fetch'],
      [and(not(is(1)), not(is(2))), 'read'],
    ]),
  ];
}

/** Each way in which two outcomes may differ, by name. */
export function differences(a: Outcome, b: Outcome): Record<string, Term> {
  const both = and(a.ok, b.ok);
  const differ = (name: Exclude<keyof Outcome, 'contents' | 'inconsistent'>): Term =>
    and(both, not(eq(a[name], b[name])));
  const anywhere = anyWord();
  return {
    verdict: not(eq(a.ok, b.ok)),
    'error code': and(not(a.ok), not(b.ok), not(eq(a.code, b.code))),
    'physical address': differ('physical'),
    'page size': differ('pageShift'),
    rights: or(differ('writable'), differ('user'), differ('executable')),
    global: differ('global'),
    'D of the leaf': differ('dirty'),
    'one address in two places': or(a.inconsistent ?? FALSE, b.inconsistent ?? FALSE),
    'RAM afterwards': not(eq(select(a.contents, anywhere), select(b.contents, anywhere))),
  };
}

/** Some word of RAM, whichever. */
export function anyWord(): Term {
  return intVariable('any_word', 0n, (1n << 48n) - 1n);
}
