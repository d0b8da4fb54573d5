/**
 * What the proven code computes with, when some of it is unknown: JavaScript's own values where they are known,
 * and terms where they are not.
 */

import type ts from 'typescript';
import { and, bool, eq, FALSE, int, ite, not, or, type Term, TRUE } from './term.ts';

/** An unknown number: whole, exact in a double. */
export class Num {
  readonly term: Term;
  constructor(term: Term) {
    this.term = term;
  }
}

/** An unknown bigint. */
export class Big {
  readonly term: Term;
  constructor(term: Term) {
    this.term = term;
  }
}

/** An unknown truth value. */
export class Truth {
  readonly term: Term;
  constructor(term: Term) {
    this.term = term;
  }
}

/** A quotient by a power of two, until something rounds it. */
export class Quotient {
  readonly dividend: Term;
  readonly shift: number;
  constructor(dividend: Term, shift: number) {
    this.dividend = dividend;
    this.shift = shift;
  }
}

/** One of several values that no single term can hold; exactly one guard is true. */
export class Choice {
  readonly alternatives: readonly Alternative[];
  constructor(alternatives: readonly Alternative[]) {
    this.alternatives = alternatives;
  }
}

export interface Alternative {
  readonly guard: Term;
  readonly value: Value;
}

/** An object; private fields and methods are kept under their names with `#`. */
export class Obj {
  readonly fields: Map<string, Value> = new Map();
  readonly klass: ClassValue | undefined;
  constructor(klass?: ClassValue) {
    this.klass = klass;
  }
}

/** How a typed array changes what is stored in it. */
export type Elements = 'Int32Array' | 'Uint32Array' | 'Uint8Array' | 'Float64Array' | 'Array';

/** An array. An item is there only where its guard holds (`push` may be conditional); a typed array's all are. */
export class Arr {
  readonly elements: Elements;
  items: Alternative[];
  constructor(items: Alternative[], elements: Elements = 'Array') {
    this.items = items;
    this.elements = elements;
  }
}

/** A function of the proven code. */
export class Fn {
  readonly node: ts.FunctionLikeDeclaration;
  readonly scope: Scope;
  /** What `this` is inside, for arrow functions and bound methods. */
  readonly self: Value;
  constructor(node: ts.FunctionLikeDeclaration, scope: Scope, self: Value) {
    this.node = node;
    this.scope = scope;
    this.self = self;
  }
}

/** A class of the proven code. */
export class ClassValue {
  readonly node: ts.ClassLikeDeclaration;
  readonly scope: Scope;
  constructor(node: ts.ClassLikeDeclaration, scope: Scope) {
    this.node = node;
    this.scope = scope;
  }
}

/** Something of the engine that the code meets as an object or function: `Math`, RAM, … */
export interface Foreign {
  readonly foreign: string;
  get?(key: Value): Value;
  set?(key: Value, value: Value, guard: Term): void;
  call?(args: readonly Value[]): Value;
}

export type Value =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Num
  | Big
  | Truth
  | Quotient
  | Choice
  | Obj
  | Arr
  | Fn
  | ClassValue
  | Foreign;

/** A variable. `depth`: how many conditions stood on the path where it was declared. */
export interface Cell {
  value: Value;
  readonly depth: number;
}

/** The variables in reach. */
export class Scope {
  readonly cells: Map<string, Cell> = new Map();
  readonly parent: Scope | undefined;
  constructor(parent?: Scope) {
    this.parent = parent;
  }

  find(name: string): Cell | undefined {
    return this.cells.get(name) ?? this.parent?.find(name);
  }
}

export function isForeign(value: Value): value is Foreign {
  return typeof value === 'object' && value !== null && 'foreign' in value;
}

/** The term of a number, known or not. */
export function numberTerm(value: Value): Term | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return int(value);
  return value instanceof Num ? value.term : undefined;
}

export function bigintTerm(value: Value): Term | undefined {
  if (typeof value === 'bigint') return int(value);
  return value instanceof Big ? value.term : undefined;
}

export function truthTerm(value: Value): Term | undefined {
  if (typeof value === 'boolean') return bool(value);
  return value instanceof Truth ? value.term : undefined;
}

/** A number as the code would see it: known where the term is a constant. */
export function fromNumberTerm(term: Term): Value {
  return term.op === 'const' ? Number(term.value) : new Num(term);
}

export function fromBigintTerm(term: Term): Value {
  return term.op === 'const' ? term.value : new Big(term);
}

export function fromTruthTerm(term: Term): Value {
  if (term === TRUE) return true;
  return term === FALSE ? false : new Truth(term);
}

export function alternativesOf(value: Value): readonly Alternative[] {
  return value instanceof Choice ? value.alternatives : [{ guard: TRUE, value }];
}

/** The value that is `a` where the condition holds, else `b`. */
export function merge(condition: Term, a: Value, b: Value): Value {
  if (condition === TRUE || a === b) return a;
  if (condition === FALSE) return b;
  const simple = mergeSimple(condition, a, b);
  if (simple !== NOT_SIMPLE) return simple;
  return choose([
    ...alternativesOf(a).map(({ guard, value }) => ({ guard: and(guard, condition), value })),
    ...alternativesOf(b).map(({ guard, value }) => ({ guard: and(guard, not(condition)), value })),
  ]);
}

const NOT_SIMPLE = new Obj();

function mergeSimple(condition: Term, a: Value, b: Value): Value {
  const [na, nb] = [numberTerm(a), numberTerm(b)];
  if (na !== undefined && nb !== undefined) return fromNumberTerm(ite(condition, na, nb));
  const [ta, tb] = [truthTerm(a), truthTerm(b)];
  if (ta !== undefined && tb !== undefined) return fromTruthTerm(ite(condition, ta, tb));
  const [ba, bb] = [bigintTerm(a), bigintTerm(b)];
  if (ba !== undefined && bb !== undefined) return fromBigintTerm(ite(condition, ba, bb));
  return NOT_SIMPLE;
}

/** One value out of guarded ones: those that a term can hold together are joined. */
export function choose(alternatives: readonly Alternative[]): Value {
  const joined: Alternative[] = [];
  const flat = alternatives.flatMap(({ guard, value }) =>
    alternativesOf(value).map((inner) => ({ guard: and(guard, inner.guard), value: inner.value })),
  );
  for (const { guard, value } of flat) {
    if (guard === FALSE) continue;
    const at = joined.findIndex(
      (other) => other.value === value || mergeSimple(guard, value, other.value) !== NOT_SIMPLE,
    );
    if (at < 0) joined.push({ guard, value });
    else {
      const other = joined[at]!;
      const both = other.value === value ? value : mergeSimple(guard, value, other.value);
      joined[at] = { guard: or(other.guard, guard), value: both };
    }
  }
  return joined.length === 1 ? joined[0]!.value : new Choice(joined);
}

/** `===`. */
export function same(a: Value, b: Value): Term {
  if (a instanceof Choice || b instanceof Choice) {
    const terms: Term[] = [];
    for (const x of alternativesOf(a)) {
      for (const y of alternativesOf(b)) terms.push(and(x.guard, y.guard, same(x.value, y.value)));
    }
    return or(...terms);
  }
  for (const termOf of [numberTerm, bigintTerm, truthTerm]) {
    const [x, y] = [termOf(a), termOf(b)];
    if (x !== undefined && y !== undefined) return eq(x, y);
  }
  return bool(a === b);
}
