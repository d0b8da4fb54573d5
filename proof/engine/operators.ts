/** JavaScript's operators on numbers, bigints and truth values that may be unknown. */

import ts from 'typescript';
import * as term from './term.ts';
import {
  Big,
  bigintTerm,
  fromBigintTerm,
  fromNumberTerm,
  fromTruthTerm,
  Num,
  numberTerm,
  Quotient,
  truthTerm,
  type Value,
} from './values.ts';

/** The engine does not know what the code does here. */
export class Unsupported extends Error {
  constructor(node: ts.Node | undefined, what: string) {
    const source = node?.getSourceFile();
    const at = source?.getLineAndCharacterOfPosition(node!.getStart());
    const place = at === undefined ? '' : `${source!.fileName}:${at.line + 1}: `;
    super(
      `${place}the prover does not know ${what}${node === undefined ? '' : `: ${node.getText().slice(0, 120)}`}`,
    );
  }
}

const K = ts.SyntaxKind;

/** Every integer below this is exact in a double, and every multiple of 2^n below 2^n times as much. */
const EXACT = 1n << 53n;

/** The first number that a double might not hold, of those that have the zeros at the end that a result is known to have. */
function exactLimit({ zeros }: term.Term): bigint {
  let limit = EXACT;
  for (let bits = zeros; (bits & 1n) !== 0n && limit < 1n << 64n; bits >>= 1n) limit <<= 1n;
  return limit;
}

/** The result may be beyond what a double holds exactly: that it is not must be proven. */
export class Inexact extends Error {
  readonly result: term.Term;
  readonly beyond: term.Term;
  constructor(result: term.Term) {
    super('a number that a double might not hold exactly');
    this.result = result;
    const limit = exactLimit(result);
    const tooSmall = term.less(result, term.int(1n - limit));
    this.beyond = term.or(tooSmall, term.less(term.int(limit - 1n), result));
  }
}

function exact(result: term.Term): Value {
  const limit = exactLimit(result);
  if (result.lo <= -limit || result.hi >= limit) throw new Inexact(result);
  return fromNumberTerm(result);
}

/** A binary operator other than `===` and the ones that do not always evaluate both sides. */
export function binary(operator: ts.SyntaxKind, a: Value, b: Value, node: ts.Node | undefined): Value {
  const known = bothKnown(operator, a, b);
  if (known !== NOT_KNOWN) return known;
  if (a instanceof Big || b instanceof Big) return onBigints(operator, a, b, node);
  return onNumbers(operator, a, b, node);
}

const NOT_KNOWN = Symbol('not known');

function bothKnown(operator: ts.SyntaxKind, a: Value, b: Value): Value | typeof NOT_KNOWN {
  const plain = (value: Value): boolean => value === undefined || value === null || typeof value !== 'object';
  if (!plain(a) || !plain(b)) return NOT_KNOWN;
  // biome-ignore lint/suspicious/noExplicitAny: JavaScript's own operators on JavaScript's own values
  const [x, y] = [a as any, b as any];
  switch (operator) {
    case K.PlusToken:
      return x + y;
    case K.MinusToken:
      return x - y;
    case K.AsteriskToken:
      return x * y;
    case K.SlashToken:
      return x / y;
    case K.PercentToken:
      return x % y;
    case K.AsteriskAsteriskToken:
      return x ** y;
    case K.AmpersandToken:
      return x & y;
    case K.BarToken:
      return x | y;
    case K.CaretToken:
      return x ^ y;
    case K.LessThanLessThanToken:
      return x << y;
    case K.GreaterThanGreaterThanToken:
      return x >> y;
    case K.GreaterThanGreaterThanGreaterThanToken:
      return x >>> y;
    case K.LessThanToken:
      return x < y;
    case K.LessThanEqualsToken:
      return x <= y;
    case K.GreaterThanToken:
      return x > y;
    case K.GreaterThanEqualsToken:
      return x >= y;
    default:
      return NOT_KNOWN;
  }
}

/** What the bit operators take a value for: ToInt32. Undefined counts as 0, a truth value as 0 or 1. */
export function int32(value: Value, node: ts.Node | undefined): term.Term {
  if (value === undefined || value === null) return term.int(0);
  if (value instanceof Quotient) {
    if (value.dividend.lo < 0n) throw new Unsupported(node, 'a negative quotient cut to an integer');
    return term.signed(32, term.shiftRight(value.dividend, term.int(value.shift)));
  }
  const number = numberTerm(value);
  if (number !== undefined) return term.signed(32, number);
  const truth = truthTerm(value);
  if (truth !== undefined) return term.ite(truth, term.int(1), term.int(0));
  throw new Unsupported(node, 'a bit operator on this');
}

function onNumbers(operator: ts.SyntaxKind, a: Value, b: Value, node: ts.Node | undefined): Value {
  const bits = (): [term.Term, term.Term] => [int32(a, node), int32(b, node)];
  const count = (): term.Term => term.bitAnd(int32(b, node), term.int(31));
  switch (operator) {
    case K.AmpersandToken:
      return fromNumberTerm(term.bitAnd(...bits()));
    case K.BarToken:
      return fromNumberTerm(term.bitOr(...bits()));
    case K.CaretToken:
      return fromNumberTerm(term.bitXor(...bits()));
    case K.LessThanLessThanToken:
      return fromNumberTerm(term.signed(32, term.shiftLeft(int32(a, node), count())));
    case K.GreaterThanGreaterThanToken:
      return fromNumberTerm(term.shiftRight(int32(a, node), count()));
    case K.GreaterThanGreaterThanGreaterThanToken:
      return fromNumberTerm(term.shiftRight(term.unsigned(32, int32(a, node)), count()));
    default:
  }
  const [x, y] = [numberTerm(a), numberTerm(b)];
  if (x === undefined || y === undefined) throw new Unsupported(node, 'arithmetic on this');
  switch (operator) {
    case K.PlusToken:
      return exact(term.add(x, y));
    case K.MinusToken:
      return exact(term.subtract(x, y));
    case K.AsteriskToken:
      return exact(term.multiply(x, y));
    case K.AsteriskAsteriskToken:
      if (a !== 2) throw new Unsupported(node, 'a power of other than 2');
      return exact(term.shiftLeft(term.int(1), y));
    case K.SlashToken:
      return new Quotient(x, powerOfTwo(y, node));
    case K.PercentToken:
      if (x.lo < 0n) throw new Unsupported(node, 'the remainder of a number that may be negative');
      if (y.op !== 'const') return exact(term.bitAnd(x, term.add(y, term.int(-1))));
      return exact(term.bitAnd(x, term.int((1n << BigInt(powerOfTwo(y, node))) - 1n)));
    case K.LessThanToken:
      return fromTruthTerm(term.less(x, y));
    case K.GreaterThanToken:
      return fromTruthTerm(term.less(y, x));
    case K.LessThanEqualsToken:
      return fromTruthTerm(term.not(term.less(y, x)));
    case K.GreaterThanEqualsToken:
      return fromTruthTerm(term.not(term.less(x, y)));
    default:
      throw new Unsupported(node, 'this operator');
  }
}

function powerOfTwo(value: term.Term, node: ts.Node | undefined): number {
  const number = value.op === 'const' ? Number(value.value) : 0;
  const shift = Math.log2(number);
  if (!Number.isInteger(shift)) throw new Unsupported(node, 'a division by other than a known power of two');
  return shift;
}

function onBigints(operator: ts.SyntaxKind, a: Value, b: Value, node: ts.Node | undefined): Value {
  const [x, y] = [bigintTerm(a), bigintTerm(b)];
  if (x === undefined || y === undefined) throw new Unsupported(node, 'bigint and number in one operation');
  switch (operator) {
    case K.PlusToken:
      return fromBigintTerm(term.add(x, y));
    case K.MinusToken:
      return fromBigintTerm(term.subtract(x, y));
    case K.AmpersandToken:
      return fromBigintTerm(term.bitAnd(x, y));
    case K.BarToken:
      return fromBigintTerm(term.bitOr(x, y));
    case K.CaretToken:
      return fromBigintTerm(term.bitXor(x, y));
    case K.LessThanLessThanToken:
      return fromBigintTerm(term.shiftLeft(x, y));
    case K.GreaterThanGreaterThanToken:
      return fromBigintTerm(term.shiftRight(x, y));
    case K.LessThanToken:
      return fromTruthTerm(term.less(x, y));
    case K.GreaterThanToken:
      return fromTruthTerm(term.less(y, x));
    case K.LessThanEqualsToken:
      return fromTruthTerm(term.not(term.less(y, x)));
    case K.GreaterThanEqualsToken:
      return fromTruthTerm(term.not(term.less(x, y)));
    default:
      throw new Unsupported(node, 'this operator on bigints');
  }
}

/** `-`, `+` and `~`. */
export function unary(operator: ts.PrefixUnaryOperator, value: Value, node: ts.Node): Value {
  if (value instanceof Big) {
    if (operator === K.TildeToken) return fromBigintTerm(term.bitNot(value.term));
    if (operator === K.MinusToken) return fromBigintTerm(term.negate(value.term));
  } else if (typeof value === 'bigint') {
    return operator === K.TildeToken ? ~value : -value;
  } else if (typeof value === 'number' || value instanceof Num) {
    const number = numberTerm(value);
    if (number === undefined) return operator === K.MinusToken ? -(value as number) : value;
    if (operator === K.PlusToken) return value;
    if (operator === K.MinusToken) return fromNumberTerm(term.negate(number));
    if (operator === K.TildeToken) return fromNumberTerm(term.bitNot(int32(value, node)));
  }
  throw new Unsupported(node, 'this operator');
}
