/**
 * Terms of the proof: integers, truth values and memories, as a graph in which equal terms are one object.
 *
 * A JavaScript number, where the proven code uses it, is always a whole number of magnitude below 2^53, so that
 * doubles are exact. Here it is a whole number of {@link WIDTH} bits in two's complement. Every term
 * carries an interval, computed as it is made; a term that might leave its range is refused at once, so that no
 * wrap-around of this representation can hide in a proof.
 */

/** Bits of an integer term: a 64-bit address, a sign, and room for one sum. */
export const WIDTH = 72;
const ALL = (1n << BigInt(WIDTH)) - 1n;
const LIMIT = 1n << BigInt(WIDTH - 2);

/** Bits of an index into a memory term: words of 4 bytes in 2^52 bytes. */
export const WORD_INDEX_BITS = 50;

export type Sort = 'int' | 'bool' | 'memory';

/** A term. Made only by the functions of this file. */
export interface Term {
  readonly id: number;
  readonly sort: Sort;
  readonly op: string;
  readonly args: readonly Term[];
  /** Of a constant. */
  readonly value: bigint | undefined;
  /** Of a variable. */
  readonly name: string | undefined;
  /** An integer lies in [lo, hi]. */
  readonly lo: bigint;
  readonly hi: bigint;
  /** Bits of an integer that are known to be 0, and to be 1. */
  readonly zeros: bigint;
  readonly ones: bigint;
}

/** The code, or the way it is put into terms, might leave what a double holds exactly. */
export class RangeOverflow extends Error {}

const table = new Map<string, Term>();

interface Facts {
  readonly lo: bigint;
  readonly hi: bigint;
  readonly zeros?: bigint;
  readonly ones?: bigint;
}

const NO_FACTS: Facts = { lo: 0n, hi: 0n };

function make(
  sort: Sort,
  op: string,
  args: readonly Term[],
  facts: Facts = NO_FACTS,
  value?: bigint,
  name?: string,
): Term {
  // A variable's range is part of what it is: one of the same name in another question may have another.
  const range = name === undefined ? '' : `${facts.lo} ${facts.hi} ${facts.zeros}`;
  const key = `${sort} ${op} ${value ?? ''} ${name ?? ''} ${range} ${args.map((arg) => arg.id).join(' ')}`;
  const known = table.get(key);
  if (known !== undefined) return known;
  let { lo, hi } = facts;
  let zeros = facts.zeros ?? 0n;
  const ones = facts.ones ?? 0n;
  if (sort === 'int') {
    if (lo < -LIMIT || hi >= LIMIT) throw new RangeOverflow(`${op} may reach ${lo} to ${hi}`);
    if (lo >= 0n) {
      zeros |= ALL & ~lowMask(bitLength(hi));
      const most = ALL & ~zeros;
      if (most < hi) hi = most;
      if (ones > lo) lo = ones;
    }
  }
  const term: Term = { id: table.size, sort, op, args, value, name, lo, hi, zeros, ones };
  table.set(key, term);
  return term;
}

/** The terms with the identities that were made so far; for statistics. */
export function termCount(): number {
  return table.size;
}

// --- truth values ---

export const TRUE: Term = make('bool', 'const', [], NO_FACTS, 1n);
export const FALSE: Term = make('bool', 'const', [], NO_FACTS, 0n);

export function bool(value: boolean): Term {
  return value ? TRUE : FALSE;
}

export function boolVariable(name: string): Term {
  return make('bool', 'variable', [], NO_FACTS, undefined, name);
}

export function not(a: Term): Term {
  if (a === TRUE) return FALSE;
  if (a === FALSE) return TRUE;
  if (a.op === 'not') return a.args[0]!;
  // Negations stand at the leaves, so that a condition and its opposite meet in one list.
  if (a.op === 'and') return or(...a.args.map(not));
  if (a.op === 'or') return and(...a.args.map(not));
  return make('bool', 'not', [a]);
}

export function and(...terms: readonly Term[]): Term {
  return junction('and', FALSE, terms);
}

export function or(...terms: readonly Term[]): Term {
  return junction('or', TRUE, terms);
}

/** `and` and `or`: nested ones are opened, doubles dropped; `absorbing` decides alone, as a term and its negation do. */
function junction(op: 'and' | 'or', absorbing: Term, terms: readonly Term[]): Term {
  const parts = new Set<Term>();
  const neutral = not(absorbing);
  for (const term of terms) {
    for (const part of term.op === op ? term.args : [term]) {
      if (part === absorbing || parts.has(not(part))) return absorbing;
      if (part !== neutral) parts.add(part);
    }
  }
  // a or (not a and b) is a or b; a and (not a or b) is a and b.
  const other = op === 'and' ? 'or' : 'and';
  for (const part of parts) {
    if (part.op !== other) continue;
    const rest = part.args.filter((arg) => !parts.has(not(arg)));
    if (part.args.some((arg) => parts.has(arg))) {
      parts.delete(part);
    } else if (rest.length < part.args.length) {
      parts.delete(part);
      return junction(op, absorbing, [...parts, junction(other, neutral, rest)]);
    }
  }
  if (parts.size === 0) return neutral;
  const list = [...parts];
  return list.length === 1 ? list[0]! : make('bool', op, list);
}

export function implies(a: Term, b: Term): Term {
  return or(not(a), b);
}

export function eq(a: Term, b: Term): Term {
  if (a === b) return TRUE;
  if (a.sort === 'bool') {
    if (a === TRUE) return b;
    if (b === TRUE) return a;
    if (a === FALSE) return not(b);
    if (b === FALSE) return not(a);
    if (a === not(b)) return FALSE;
  } else if (a.sort === 'int') {
    if (a.hi < b.lo || b.hi < a.lo) return FALSE;
    if ((a.ones & b.zeros) !== 0n || (b.ones & a.zeros) !== 0n) return FALSE;
    if (a.op === 'const' && b.op === 'const') return bool(a.value === b.value);
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      // A choice between constants equals a constant where the right one was chosen.
      if (y.op === 'const' && isChoiceOfConstants(x)) {
        return ite(x.args[0]!, eq(x.args[1]!, y), eq(x.args[2]!, y));
      }
    }
  }
  return a.id < b.id ? make('bool', 'eq', [a, b]) : make('bool', 'eq', [b, a]);
}

export function less(a: Term, b: Term): Term {
  if (a === b) return FALSE;
  if (a.hi < b.lo) return TRUE;
  if (a.lo >= b.hi) return FALSE;
  // A count of a loop: a choice between constants is compared where it was chosen, so that the loop is seen to end.
  if (b.op === 'const' && isChoiceOfConstants(a)) {
    return ite(a.args[0]!, less(a.args[1]!, b), less(a.args[2]!, b));
  }
  return make('bool', 'less', [a, b]);
}

function isChoiceOfConstants(a: Term): boolean {
  return a.op === 'ite' && a.args.slice(1).every((arg) => arg.op === 'const' || isChoiceOfConstants(arg));
}

/** One of two terms of the same sort. */
export function ite(condition: Term, a: Term, b: Term): Term {
  if (condition === TRUE || a === b) return a;
  if (condition === FALSE) return b;
  if (condition.op === 'not') return ite(condition.args[0]!, b, a);
  if (a.op === 'ite' && a.args[0] === condition) return ite(condition, a.args[1]!, b);
  if (b.op === 'ite' && b.args[0] === condition) return ite(condition, a, b.args[2]!);
  if (a.sort === 'bool') {
    if (a === TRUE) return or(condition, b);
    if (a === FALSE) return and(not(condition), b);
    if (b === TRUE) return or(not(condition), a);
    if (b === FALSE) return and(condition, a);
    return make('bool', 'ite', [condition, a, b]);
  }
  return make(a.sort, 'ite', [condition, a, b], {
    lo: min(a.lo, b.lo),
    hi: max(a.hi, b.hi),
    zeros: a.zeros & b.zeros,
    ones: a.ones & b.ones,
  });
}

// --- integers ---

export function int(value: bigint | number): Term {
  const v = BigInt(value);
  const bits = BigInt.asUintN(WIDTH, v);
  return make('int', 'const', [], { lo: v, hi: v, zeros: ALL & ~bits, ones: bits }, v);
}

/** A variable of which only the range is known, and bits that are always 0. */
export function intVariable(name: string, lo: bigint, hi: bigint, zeros = 0n): Term {
  return make('int', 'variable', [], { lo, hi, zeros }, undefined, name);
}

export function add(a: Term, b: Term): Term {
  if (a.op === 'const' && b.op === 'const') return int(a.value! + b.value!);
  if (b.op === 'const' && b.value === 0n) return a;
  if (b.op === 'const' && a.op === 'add' && a.args[1]!.op === 'const') {
    return add(a.args[0]!, int(a.args[1]!.value! + b.value!));
  }
  if (a.op === 'const') return add(b, a);
  // Where no bit can meet another, a sum is an OR, of which more is known.
  if (a.lo >= 0n && b.lo >= 0n && (ALL & ~a.zeros & (ALL & ~b.zeros)) === 0n) return bitOr(a, b);
  const zeros = lowMask(min(lowZeros(a), lowZeros(b)));
  return make('int', 'add', [a, b], { lo: a.lo + b.lo, hi: a.hi + b.hi, zeros });
}

export function negate(a: Term): Term {
  if (a.op === 'const') return int(-a.value!);
  return make('int', 'neg', [a], { lo: -a.hi, hi: -a.lo, zeros: lowMask(lowZeros(a)) });
}

export function subtract(a: Term, b: Term): Term {
  if (a === b) return int(0);
  // x − (x & mask) clears the bits of the mask.
  if (b.op === 'and' && b.args[0] === a && b.args[1]!.op === 'const' && a.lo >= 0n) {
    return bitAnd(a, int((ALL >> 2n) & ~b.args[1]!.value!));
  }
  return add(a, negate(b));
}

/** Multiplies; one factor must be a constant. */
export function multiply(a: Term, b: Term): Term {
  const [factor, other] = a.op === 'const' ? [a, b] : [b, a];
  if (factor.op !== 'const') throw new RangeOverflow('a product of two unknowns');
  const value = factor.value!;
  if (other.op === 'const') return int(value * other.value!);
  if (value > 0n && (value & (value - 1n)) === 0n) return shiftLeft(other, int(bitLength(value) - 1));
  const ends = [value * other.lo, value * other.hi];
  return make('int', 'mul', [factor, other], { lo: min(...ends), hi: max(...ends) });
}

export function bitAnd(a: Term, b: Term): Term {
  if (a === b) return a;
  if (a.op === 'const' && b.op !== 'const') return bitAnd(b, a);
  const zeros = a.zeros | b.zeros;
  const ones = a.ones & b.ones;
  if ((zeros | ones) === ALL) return int(BigInt.asIntN(WIDTH, ones));
  if (b.op === 'const') {
    const mask = BigInt.asUintN(WIDTH, b.value!);
    if ((ALL & ~a.zeros & ~mask) === 0n) return a;
    if (a.op === 'and' && a.args[1]!.op === 'const') {
      return bitAnd(a.args[0]!, int(BigInt.asIntN(WIDTH, mask & BigInt.asUintN(WIDTH, a.args[1]!.value!))));
    }
  }
  const positive = a.lo >= 0n || b.lo >= 0n;
  const hi = a.lo >= 0n ? (b.lo >= 0n ? min(a.hi, b.hi) : a.hi) : b.lo >= 0n ? b.hi : max(a.hi, b.hi);
  const lo = positive ? 0n : -(1n << BigInt(bitLength(-min(a.lo, b.lo) - 1n)));
  return make('int', 'and', [a, b], { lo, hi: max(hi, 0n), zeros, ones });
}

export function bitOr(a: Term, b: Term): Term {
  if (a === b) return a;
  if (a.op === 'const' && a.value === 0n) return b;
  if (b.op === 'const' && b.value === 0n) return a;
  // Two pieces of one value.
  const [from, to] = [maskOf(a), maskOf(b)];
  if (from !== undefined && to !== undefined && a.args[0] === b.args[0]) {
    return bitAnd(a.args[0]!, int(from | to));
  }
  const zeros = a.zeros & b.zeros;
  const ones = a.ones | b.ones;
  if ((zeros | ones) === ALL) return int(BigInt.asIntN(WIDTH, ones));
  return make('int', 'or', [a, b], { ...bitwiseRange(a, b), zeros, ones });
}

/** What a term takes of another by a known mask. */
function maskOf({ op, args }: Term): bigint | undefined {
  return op === 'and' ? args[1]!.value : undefined;
}

export function bitXor(a: Term, b: Term): Term {
  if (a === b) return int(0);
  if (a.op === 'const' && a.value === 0n) return b;
  if (b.op === 'const' && b.value === 0n) return a;
  const zeros = (a.zeros & b.zeros) | (a.ones & b.ones);
  const ones = (a.zeros & b.ones) | (a.ones & b.zeros);
  if ((zeros | ones) === ALL) return int(BigInt.asIntN(WIDTH, ones));
  return make('int', 'xor', [a, b], { ...bitwiseRange(a, b), zeros, ones });
}

export function bitNot(a: Term): Term {
  if (a.op === 'const') return int(-1n - a.value!);
  if (a.op === 'bitnot') return a.args[0]!;
  return make('int', 'bitnot', [a], { lo: -1n - a.hi, hi: -1n - a.lo, zeros: a.ones, ones: a.zeros });
}

/** Shifts left by 0 to 63; nothing may be lost. */
export function shiftLeft(a: Term, count: Term): Term {
  if (count.op === 'const') {
    const n = count.value!;
    if (n === 0n) return a;
    if (a.op === 'const') return int(a.value! << n);
    const zeros = (ALL & (a.zeros << n)) | lowMask(Number(n));
    return make('int', 'shl', [a, count], { lo: a.lo << n, hi: a.hi << n, zeros, ones: ALL & (a.ones << n) });
  }
  const ends = [a.lo << count.lo, a.lo << count.hi, a.hi << count.lo, a.hi << count.hi];
  return make('int', 'shl', [a, count], { lo: min(...ends), hi: max(...ends) });
}

/** Shifts right, rounding down. */
export function shiftRight(a: Term, count: Term): Term {
  if (count.op === 'const') {
    const n = count.value!;
    if (n === 0n) return a;
    if (a.op === 'const') return int(a.value! >> n);
    if (a.op === 'shl' && a.args[1] === count) return a.args[0]!;
    const zeros = a.lo >= 0n ? (a.zeros >> n) | (ALL & ~(ALL >> n)) : 0n;
    return make('int', 'shr', [a, count], {
      lo: a.lo >> n,
      hi: a.hi >> n,
      zeros,
      ones: a.lo >= 0n ? a.ones >> n : 0n,
    });
  }
  const ends = [a.lo >> count.lo, a.lo >> count.hi, a.hi >> count.lo, a.hi >> count.hi];
  return make('int', 'shr', [a, count], { lo: min(...ends), hi: max(...ends) });
}

/** The low bits of an integer, unsigned. */
export function unsigned(bits: number, a: Term): Term {
  const limit = 1n << BigInt(bits);
  if (a.lo >= 0n && a.hi < limit) return a;
  if (a.op === 'const') return int(BigInt.asUintN(bits, a.value!));
  if (a.op === 'signed' && a.args[1]!.value! >= BigInt(bits)) return unsigned(bits, a.args[0]!);
  const mask = lowMask(bits);
  return make('int', 'unsigned', [a, int(bits)], {
    lo: 0n,
    hi: limit - 1n,
    zeros: (a.zeros & mask) | (ALL & ~mask),
    ones: a.ones & mask,
  });
}

/** The low bits of an integer, signed: 32 is what JavaScript's bit operators make of a number. */
export function signed(bits: number, a: Term): Term {
  const half = 1n << BigInt(bits - 1);
  if (a.lo >= -half && a.hi < half) return a;
  if (a.op === 'const') return int(BigInt.asIntN(bits, a.value!));
  if (a.op === 'unsigned' && a.args[1]!.value! >= BigInt(bits)) return signed(bits, a.args[0]!);
  if (a.op === 'ite') return ite(a.args[0]!, signed(bits, a.args[1]!), signed(bits, a.args[2]!));
  const mask = lowMask(bits - 1);
  const top = 1n << BigInt(bits - 1);
  const above = ALL & ~mask;
  return make('int', 'signed', [a, int(bits)], {
    lo: -half,
    hi: half - 1n,
    zeros: (a.zeros & mask) | ((a.zeros & top) !== 0n ? above : 0n),
    ones: (a.ones & mask) | ((a.ones & top) !== 0n ? above : 0n),
  });
}

// --- memory: words of 32 bits, as int32, by word number ---

export function memoryVariable(name: string): Term {
  return make('memory', 'variable', [], NO_FACTS, undefined, name);
}

/** A memory of which every word is the same. */
export function constantMemory(value: Term): Term {
  return make('memory', 'constant', [value]);
}

/** A word of a memory. Stores are looked through, so that only words of unknown contents remain. */
export function select(memory: Term, word: Term): Term {
  if (memory.op === 'constant') return memory.args[0]!;
  if (memory.op === 'store') {
    const [before, at, value] = memory.args as readonly [Term, Term, Term];
    const same = eq(at, word);
    return ite(same, value, same === TRUE ? value : select(before, word));
  }
  if (memory.op === 'ite') {
    const [condition, a, b] = memory.args as readonly [Term, Term, Term];
    return ite(condition, select(a, word), select(b, word));
  }
  return make('int', 'select', [memory, word], { lo: -(1n << 31n), hi: (1n << 31n) - 1n });
}

export function store(memory: Term, word: Term, value: Term): Term {
  return make('memory', 'store', [memory, word, value]);
}

// --- arithmetic about bits ---

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function lowMask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

function lowZeros(a: Term): number {
  let count = 0;
  while (count < WIDTH && ((a.zeros >> BigInt(count)) & 1n) !== 0n) count++;
  return count;
}

function bitwiseRange(a: Term, b: Term): { lo: bigint; hi: bigint } {
  const magnitude = (term: Term): number => bitLength(max(term.hi, -1n - term.lo, 0n));
  const bits = BigInt(Math.max(magnitude(a), magnitude(b)));
  const positive = a.lo >= 0n && b.lo >= 0n;
  return { lo: positive ? 0n : -(1n << bits), hi: (1n << bits) - 1n };
}

function min<T extends bigint | number>(...values: readonly T[]): T {
  return values.reduce((a, b) => (b < a ? b : a));
}

function max<T extends bigint | number>(...values: readonly T[]): T {
  return values.reduce((a, b) => (b > a ? b : a));
}
