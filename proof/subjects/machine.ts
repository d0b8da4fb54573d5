/** The MMU behind its public face, with a TLB of which nothing is known but what always holds of it. */

import type { Interpreter } from '../engine/interpreter.ts';
import { subterms } from '../engine/smt.ts';
import { eq, int, intVariable, not, or, select, type Term } from '../engine/term.ts';
import { type ClassValue, Num, type Obj, type Value } from '../engine/values.ts';
import { contextOf, NOWHERE, pdpteArray, type State } from './state.ts';
import { UnknownWords } from './unknown-array.ts';

/** Pages of a 32-bit linear space. */
const PAGES = 0x10_0000;
/** The longest list of fills. */
const FILLS = 4 ** 11;

/** One MMU; two of the same state start alike. */
export interface Machine {
  readonly walker: Obj;
  readonly caches: Obj;
  readonly translation: Obj;
  readonly pages: Obj;
  readonly words: UnknownWords;
  readonly fills: UnknownWords;
  /** RAM, as the code sees it. */
  readonly memory: Value;
}

/** What is to be the same of two machines afterwards. */
export interface Left {
  readonly ram: Term;
  readonly words: Term;
  readonly zeroWord: Term;
  readonly fills: Term;
  readonly fillCount: Term;
}

/** Builds an MMU whose RAM, registers and page TLB are those of the state. */
export function machineOf(run: Interpreter, state: State): Machine {
  const { ram } = state;
  ram.contents = ram.before;
  const active = (): Term => run.active;
  const memory = ram.asValue(active);
  const make = (file: string, name: string, ...args: Value[]): Obj =>
    run.construct(run.exported(file, name) as ClassValue, args);
  const nothing: Value = { foreign: 'nothing', call: () => undefined };

  const walker = make('mmu/walker.ts', 'Walker', state.cpu, memory);
  const context = contextOf(state, memory);
  for (const name of ['alignmentCheck', 'pkru', 'pkrs']) walker.fields.set(name, context.fields.get(name));
  walker.fields.set('pdptes', pdpteArray(state));
  run.call(run.get(walker, 'configure', NOWHERE), [context, new Num(state.cr3), 0], walker, NOWHERE);

  const caches = make('mmu/caches.ts', 'Caches', walker, memory, undefined, undefined, nothing);
  // What no word can hold goes elsewhere. No loop takes such an address, which is part of what is proven of them.
  caches.fields.set('keepWide', nothing);
  const pages = caches.fields.get('pages') as Obj;
  const words = new UnknownWords('tlb_words', PAGES);
  const fills = new UnknownWords('tlb_fills', FILLS);
  pages.fields.set('words', words.asValue(active));
  pages.fields.set('fills', fills.asValue(active));
  pages.fields.set('zeroWord', new Num(ZERO_WORD));
  pages.fields.set('fillCount', new Num(intVariable('tlb_fill_count', 0n, BigInt(FILLS - 2))));
  const translation = make('mmu/translation.ts', 'Translation', walker, caches);
  return { walker, caches, translation, pages, words, fills, memory };
}

/** The word of page 0, which is kept apart: between calls the list holds 0 in its place. */
const ZERO_WORD = intVariable('tlb_zero_word', -(1n << 31n), (1n << 31n) - 1n);

/** What holds of a page TLB between two calls. */
export function tlbAssumptions({ words }: Machine): Term[] {
  return [eq(select(words.before, int(0)), int(0))];
}

/** Nothing is cached of what a question looks at. */
export function nothingCached(never: Readonly<Record<string, Term>>): Term[] {
  return subterms(Object.values(never))
    .filter((term) => term === ZERO_WORD || (term.op === 'select' && term.args[0]!.name === 'tlb_words'))
    .map((word) => eq(word, int(0)));
}

/** A machine as it is now. */
export function leftOf(run: Interpreter, state: State, { words, fills, pages }: Machine): Left {
  const number = (name: string): Term => termIn(run, pages, name);
  return {
    ram: state.ram.contents,
    words: words.contents,
    zeroWord: number('zeroWord'),
    fills: fills.contents,
    fillCount: number('fillCount'),
  };
}

/** Each way in which two machines may differ, by name. */
export function leftDiffers(a: Left, b: Left): Record<string, Term> {
  const word = intVariable('any_word', 0n, (1n << 48n) - 1n);
  const page = intVariable('any_page', 0n, BigInt(PAGES - 1));
  const fill = intVariable('any_fill', 0n, BigInt(FILLS - 1));
  const differ = (x: Term, y: Term): Term => not(eq(x, y));
  return {
    'RAM afterwards': differ(select(a.ram, word), select(b.ram, word)),
    'TLB afterwards': or(
      differ(select(a.words, page), select(b.words, page)),
      differ(a.zeroWord, b.zeroWord),
    ),
    'fills afterwards': or(
      differ(a.fillCount, b.fillCount),
      differ(select(a.fills, fill), select(b.fills, fill)),
    ),
  };
}

export function termIn(run: Interpreter, holder: Obj, name: string): Term {
  const value = run.get(holder, name, NOWHERE);
  if (value instanceof Num) return value.term;
  if (typeof value === 'number') return int(value);
  throw new Error(`${name} is no number`);
}
