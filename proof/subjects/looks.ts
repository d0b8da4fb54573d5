/** The quick looks into the TLB of epochs: `translate`, `translateHalves`, `locate` and the loop over lists are one rule. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import {
  add,
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
import { Arr, type ClassValue, Num, numberTerm, Obj, truthTerm, type Value } from '../engine/values.ts';
import { termIn } from './machine.ts';
import { NOWHERE } from './state.ts';
import { unknownWide } from './wide-tlb.ts';

const MMU = 'mmu/mmu.ts';
const LOW = intVariable('linear_low', -(1n << 31n), (1n << 31n) - 1n);
const HIGH = intVariable('linear_high', -(1n << 31n), (1n << 31n) - 1n);
const ACCESS = intVariable('access', 0n, 9n);

function looks(run: Interpreter): Claim {
  const wide = unknownWide(run);
  const { tlb } = wide;
  const field = (name: string): Value => tlb.fields.get(name);
  const args = [new Num(LOW), new Num(HIGH), new Num(ACCESS)];
  const slot = shiftRight(bitAnd(LOW, int(0x0fff_f000)), int(12));

  const mmu = new Obj(run.exported(MMU, 'Mmu') as ClassValue);
  // The slow path finds nothing; every quick answer is a number from 0 up.
  const slow = new Obj();
  slow.fields.set('find', { foreign: 'find', call: (): Value => false });
  const fields: Record<string, Value> = {
    '#isLong': 1,
    '#wideWords': field('words'),
    '#wideHighs': field('highs'),
    '#wideBases': field('bases'),
    '#widePhysical': field('physical'),
    '#wideKey': field('key'),
    '#translation': slow,
  };
  for (const [name, value] of Object.entries(fields)) mmu.fields.set(name, value);
  const call = (holder: Obj, name: string, given: readonly Value[]): Value =>
    run.call(run.get(holder, name, NOWHERE), given, holder, NOWHERE);
  const byHalves = numberTerm(call(mmu, 'translateHalves', args))!;

  // A number holds addresses below 2^53.
  const small = add(shiftLeft(unsigned(21, HIGH), int(32)), unsigned(32, LOW));
  const isSmall = eq(unsigned(21, HIGH), HIGH);
  const byNumber = numberTerm(call(mmu, 'translate', [new Num(small), new Num(ACCESS)]))!;

  const walker = new Obj();
  walker.fields.set('isLong', true);
  const caches = new Obj();
  caches.fields.set('pages', new Obj());
  caches.fields.set('wide', tlb);
  const translation = run.construct(run.exported('mmu/translation.ts', 'Translation') as ClassValue, [
    walker,
    caches,
  ]);
  translation.fields.set('miss', { foreign: 'miss', call: () => 0 });
  const located = truthTerm(call(translation, 'locate', args))!;

  const before = intVariable('old_physical', 0n, (1n << 52n) - 1n);
  const physical = new Arr([{ guard: TRUE, value: new Num(before) }], 'Float64Array');
  const halves = new Arr(
    [LOW, HIGH].map((term) => ({ guard: TRUE, value: new Num(term) })),
    'Int32Array',
  );
  const loop = run.exported('mmu/wide-run.ts', 'wideHits');
  const list = numberTerm(
    run.call(loop, [halves, physical, 0, 1, new Num(ACCESS), tlb], undefined, NOWHERE),
  )!;
  const taken = eq(list, int(1));
  const written = numberTerm(physical.items[0]!.value)!;
  const hit = not(less(byHalves, int(0)));
  return {
    assumptions: [
      or(...[0, 1, 2, 4, 5, 6, 8, 9].map((kind) => eq(ACCESS, int(kind)))),
      // What `fill` keeps: the base is the address in the other arrays, as a number.
      eq(
        wide.bases.at(slot),
        add(
          shiftLeft(unsigned(32, wide.highs.at(slot)), int(32)),
          unsigned(
            32,
            signed(32, add(bitAnd(wide.words.at(slot), int(-0x1000_0000)), shiftLeft(slot, int(12)))),
          ),
        ),
      ),
    ],
    never: {
      'locate answers where translateHalves does not, or not where it does': not(eq(hit, located)),
      'locate answers with another address': and(
        hit,
        not(eq(termIn(run, translation, 'physical'), byHalves)),
      ),
      'translate answers otherwise than translateHalves': and(isSmall, not(eq(byNumber, byHalves))),
      'the loop takes what translateHalves does not, or not what it does': not(eq(hit, taken)),
      'the loop gives another address': and(taken, not(eq(written, byHalves))),
      'the loop writes where it takes nothing': and(not(taken), not(eq(written, before))),
      ...eightInTurn(run, loop, tlb),
    },
  };
}

/** Whether a turn of the loop over eight addresses comes to anything but what each of them alone does. */
function eightInTurn(run: Interpreter, loop: Value, tlb: Obj): Record<string, Term> {
  const half = (name: string): Term => intVariable(name, -(1n << 31n), (1n << 31n) - 1n);
  const indices = Array.from({ length: 8 }, (_, i) => i);
  const before = indices.map((i) => intVariable(`old_physical_${i}`, 0n, (1n << 52n) - 1n));
  const list = (elements: 'Int32Array' | 'Float64Array', terms: readonly Term[]): Arr =>
    new Arr(
      terms.map((term) => ({ guard: TRUE, value: new Num(term) })),
      elements,
    );
  const addresses = indices.map((i) => [half(`low_${i}`), half(`high_${i}`)]);
  const count = (one: Value, linear: readonly Term[], physical: Arr): Term => {
    const args = [list('Int32Array', linear), physical, 0, linear.length / 2, new Num(ACCESS), tlb];
    return numberTerm(run.call(one, args, undefined, NOWHERE))!;
  };
  const itemOf = ({ items }: Arr, i: number): Term => numberTerm(items[i]!.value)!;
  const together = list('Float64Array', before);
  const counted = count(run.named('mmu/wide-run.ts', 'eightHits'), addresses.flat(), together);
  const never: Record<string, Term> = {};
  let taken: Term = TRUE;
  addresses.forEach((linear, i) => {
    const alone = list('Float64Array', [before[i]!]);
    taken = and(taken, eq(count(loop, linear, alone), int(1)));
    const wanted = ite(taken, itemOf(alone, 0), before[i]!);
    never[`among others, the loop does otherwise with address ${i}`] = or(
      not(eq(taken, less(int(i), counted))),
      not(eq(itemOf(together, i), wanted)),
    );
  });
  return never;
}

export const lookTheorems: readonly Theorem[] = [
  {
    id: 'wide/looks',
    mode: 'any',
    sentence:
      'translate, translateHalves, locate and the loop over wide lists take the same hits in the TLB of epochs, to the same address.',
    domain: 'every state of the TLB, every address of 64 bits (for translate, below 2^53) and kind of access',
    files: [MMU, 'mmu/translation.ts', 'mmu/wide-run.ts'],
    build: looks,
  },
];
