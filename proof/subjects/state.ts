/** A CPU and its registers, of which nothing is known but the paging mode. */

import type { Interpreter } from '../engine/interpreter.ts';
import {
  add,
  and,
  bitAnd,
  bitNot,
  bitOr,
  boolVariable,
  eq,
  implies,
  int,
  intVariable,
  less,
  not,
  or,
  shiftLeft,
  shiftRight,
  signed,
  type Term,
  unsigned,
} from '../engine/term.ts';
import { Arr, Big, choose, Num, numberTerm, Obj, Truth, truthTerm, type Value } from '../engine/values.ts';
import { UnknownRam } from './ram.ts';

/** The modes that walk. */
export const MODES = ['32-bit', 'PAE', '4-level', '5-level'] as const;
export type Mode = (typeof MODES)[number];

/** {@link State} in words. */
export const WALK_DOMAIN: string =
  'every RAM (4 KiB to 64 GiB) and its contents, CR3, linear address, kind of access, CR0.WP, CR4.PSE/PGE/SMEP/SMAP/PKE/PKS, ' +
  'EFER.NXE, EFLAGS.AC, PKRU, PKRS, CPU features and MAXPHYADDR from 32 to 52; no pointer is masked (LAM)';

/** Everything that is unknown in a question. */
export interface State {
  readonly mode: Mode;
  readonly ram: UnknownRam;
  /** A closed A20 gate stands before it. */
  readonly gated?: boolean;
  /** The CPU's features, as the code takes them. */
  readonly cpu: Obj;
  readonly cr0: Term;
  readonly cr3: Term;
  readonly cr4: Term;
  readonly efer: Term;
  readonly alignmentCheck: Term;
  readonly pkru: Term;
  readonly pkrs: Term;
  /** Low and high halves of the four PDPTE registers. */
  readonly pdptes: readonly Term[];
  /** Bits 31–0 and 63–32 of the linear address, as int32. */
  readonly low: Term;
  readonly high: Term;
  readonly access: Term;
  /** What holds of every CPU: it has no control bit without the feature, and so on. */
  readonly assumptions: readonly Term[];
}

const INT32 = { lo: -(1n << 31n), hi: (1n << 31n) - 1n };
const UINT32 = (1n << 32n) - 1n;
/** The kinds of access that exist: see src/arch/access.ts. */
const ACCESSES = [0, 1, 2, 4, 5, 6, 8, 9, 16, 17, 20, 21];
const SHADOW_STACK_BIT = 16;

const CR0_PE_PG = 0x8000_0001n;
const CR0_WP = 0x1_0000n;
const CR4_PAE = 0x20n;
const CR4_LA57 = 0x1000n;
const CR4_CET = 0x80_0000n;
/** The bits of CR4 whose state a walk depends on: PSE, PGE, SMEP, SMAP, PKE, CET, PKS. */
const CR4_FREE = 0x10n | 0x80n | 0x10_0000n | 0x20_0000n | 0x40_0000n | CR4_CET | 0x100_0000n;
const EFER_LONG = 0x500n;
const EFER_NXE = 0x800n;

const FEATURES = [
  'wp',
  'invlpg',
  'cr4',
  'pse',
  'pse36',
  'pge',
  'pae',
  'pat',
  'nx',
  'longMode',
  'page1g',
  'pcid',
  'invpcid',
  'smep',
  'smap',
  'pku',
  'pks',
  'la57',
  'shadowStacks',
  'lam',
] as const;

/** Fresh unknowns; the same names each time, since each question is asked by itself. */
export function unknownState(run: Interpreter, mode: Mode): State {
  const longMode = mode === '4-level' || mode === '5-level';
  const cpu = new Obj();
  cpu.fields.set('name', 'any');
  const bits = intVariable('cpu_bits', 32n, 52n);
  cpu.fields.set('physicalAddressBits', new Num(bits));
  const amd = boolVariable('cpu_amd');
  cpu.fields.set(
    'vendor',
    choose([
      { guard: amd, value: 'AMD' },
      { guard: not(amd), value: 'Intel' },
    ]),
  );
  for (const feature of FEATURES) cpu.fields.set(feature, new Truth(boolVariable(`cpu_${feature}`)));

  const register = (name: string, free: bigint, fixed: bigint): Term =>
    bitOr(intVariable(`${name}_free`, 0n, free, ~free & ((1n << 72n) - 1n)), int(fixed));
  const cr0 = register('cr0', CR0_WP, CR0_PE_PG);
  const paging = mode === '32-bit' ? 0n : mode === '5-level' ? CR4_PAE | CR4_LA57 : CR4_PAE;
  const cr4 = register('cr4', CR4_FREE, paging);
  const efer = register('efer', EFER_NXE, longMode ? EFER_LONG : 0n);
  const cr3 = intVariable('cr3', 0n, longMode ? (1n << 52n) - 1n : UINT32);
  const int32 = (name: string): Term => intVariable(name, INT32.lo, INT32.hi);
  const access = intVariable('access', 0n, 21n);
  const pdptes = Array.from({ length: 8 }, (_, i) => int32(`pdpte_${i}`));
  const low = int32('linear_low');
  const high = longMode ? int32('linear_high') : int(0);

  const allowed = (rule: string): Term =>
    numberTerm(run.call(run.exported('arch/registers.ts', rule), [cpu], undefined, NOWHERE))!;
  return {
    mode,
    ram: new UnknownRam('ram'),
    cpu,
    cr0,
    cr3,
    cr4,
    efer,
    alignmentCheck: boolVariable('alignment_check'),
    pkru: intVariable('pkru', 0n, UINT32),
    pkrs: intVariable('pkrs', 0n, UINT32),
    pdptes,
    low,
    high,
    access,
    assumptions: [
      or(...ACCESSES.map((kind) => eq(access, int(kind)))),
      eq(bitAnd(signed(32, cr0), bitNot(signed(32, allowed('cr0Bits')))), int(0)),
      ...featureNeeds(run, cpu),
      eq(bitAnd(cr4, bitNot(allowed('cr4Bits'))), int(0)),
      eq(bitAnd(efer, bitNot(allowed('eferBits'))), int(0)),
      // CR4.CET needs CR0.WP, and shadow-stack accesses need CR4.CET (SDM 3A §2.5, "Control Registers").
      or(eq(bitAnd(cr4, int(CR4_CET)), int(0)), not(eq(bitAnd(cr0, int(CR0_WP)), int(0)))),
      or(eq(bitAnd(access, int(SHADOW_STACK_BIT)), int(0)), not(eq(bitAnd(cr4, int(CR4_CET)), int(0)))),
      // MOV CR3 refuses address bits that the CPU lacks, and PDPTEs with reserved bits (SDM 3A §4.4.1, §4.5).
      ...(longMode
        ? [canonical(high, mode === '5-level' ? 57 : 48), less(cr3, shiftLeft(int(1), bits))]
        : []),
      ...(mode === 'PAE' ? pdptesAreLegal(run, cpu, pdptes) : []),
    ],
  };
}

/** No place in the source: the engine itself calls. */
export const NOWHERE = undefined as never;

/** Bits 63 down to `width - 1` of the address are equal. */
function canonical(high: Term, width: number): Term {
  const top = shiftRight(high, int(width - 33));
  return or(eq(top, int(0)), eq(top, int(-1)));
}

/** Features come with what they need: the project refuses any other CPU. */
function featureNeeds(run: Interpreter, cpu: Obj): Term[] {
  const needs = run.exported('arch/cpu-features.ts', 'CPU_FEATURE_NEEDS') as Arr;
  return needs.items.map(({ value }) => {
    const [feature, needed] = (value as Arr).items.map(
      (item) => truthTerm(cpu.fields.get(item.value as string))!,
    );
    return implies(feature!, needed!);
  });
}

/** A present PDPTE register has no reserved bit set. */
function pdptesAreLegal(run: Interpreter, cpu: Obj, pdptes: readonly Term[]): Term[] {
  const reserved = run.call(
    run.exported('arch/reserved.ts', 'reserved64'),
    [cpu, false, true],
    undefined,
    NOWHERE,
  );
  const mask = (name: string): Term => numberTerm(run.get(reserved, name, NOWHERE))!;
  const clear = (word: Term, name: string): Term => eq(bitAnd(word, mask(name)), int(0));
  return [0, 2, 4, 6].map((i) =>
    or(
      eq(bitAnd(pdptes[i]!, int(1)), int(0)),
      and(clear(pdptes[i]!, 'pdpteLow'), clear(pdptes[i + 1]!, 'pdpteHigh')),
    ),
  );
}

/** The registers as `pagingMode` and the walks take them. */
export function contextOf(state: State, memory: Value): Obj {
  const context = new Obj();
  const fields: Record<string, Value> = {
    cpu: state.cpu,
    memory,
    cr0: new Num(state.cr0),
    cr2: 0,
    cr3: new Num(state.cr3),
    cr4: new Num(state.cr4),
    efer: new Num(state.efer),
    pdptes: pdpteArray(state),
    alignmentCheck: new Truth(state.alignmentCheck),
    pkru: new Num(state.pkru),
    pkrs: new Num(state.pkrs),
  };
  for (const [name, value] of Object.entries(fields)) context.fields.set(name, value);
  return context;
}

export function pdpteArray(state: State): Arr {
  return new Arr(
    state.pdptes.map((term) => ({ guard: and(), value: new Num(term) })),
    'Int32Array',
  );
}

/** The linear address as one unsigned value: a bigint in long mode, as `explain` may be given it. */
export function linearValue({ mode, low, high }: State): Value {
  if (mode === '32-bit' || mode === 'PAE') return new Num(low);
  return new Big(unsigned(64, add(shiftLeft(signed(32, high), int(32)), unsigned(32, low))));
}
