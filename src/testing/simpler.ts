/** Arbitraries that shrink by a plain function of the value, so that a failure comes down to the plainest one. */

import fc from 'fast-check';
import { fewerOf, lowerNumbers } from '../campaign/smaller-requests.ts';

/**
 * The values of an arbitrary, shrunk by a function: fast-check goes on from the first simpler value that still fails.
 *
 * @param simpler - Simpler values than one, the simplest first. Each step must make something smaller, or shrinking
 * would not end.
 * @example
 * const request = shrunkBy(fc.nat().map((seed) => randomRequest(seed, 'PAE')), smallerRequests);
 */
export function shrunkBy<T>(source: fc.Arbitrary<T>, simpler: (value: T) => Iterable<T>): fc.Arbitrary<T> {
  return new Shrunk(source, simpler);
}

class Shrunk<T> extends fc.Arbitrary<T> {
  readonly #source: fc.Arbitrary<T>;
  readonly #simpler: (value: T) => Iterable<T>;

  constructor(source: fc.Arbitrary<T>, simpler: (value: T) => Iterable<T>) {
    super();
    this.#source = source;
    this.#simpler = simpler;
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<T> {
    return new fc.Value(this.#source.generate(random, bias).value, undefined);
  }

  /** A value that was written by hand shrinks as well as one that was drawn. */
  override canShrinkWithoutContext(_: unknown): _ is T {
    return true;
  }

  override shrink(value: T): fc.Stream<fc.Value<T>> {
    const simpler = this.#simpler;
    return fc.stream(
      (function* () {
        for (const next of simpler(value)) yield new fc.Value(next, undefined);
      })(),
    );
  }
}

/** Bits of a mask, each set or clear; they shrink to none, then one by one from the highest down. */
export function bitsOf(mask: bigint): fc.Arbitrary<bigint> {
  return shrunkBy(
    fc.bigInt({ min: 0n, max: mask }).map((bits) => bits & mask),
    fewerBits,
  );
}

/** No bits, then each bit less. */
export function* fewerBits(bits: bigint): Generator<bigint> {
  if (bits === 0n) return;
  yield 0n;
  for (let bit = 1n << BigInt(bits.toString(2).length - 1); bit > 0n; bit >>= 1n) {
    if ((bits & bit) !== 0n && bits !== bit) yield bits & ~bit;
  }
}

/** One of some values; it shrinks to the first that will do. */
export function choice<T>(values: readonly T[]): fc.Arbitrary<T> {
  return fc.nat(values.length - 1).map((i) => values[i]!);
}

/** What lists to draw. */
export interface ListOptions {
  /** The least length. Default 0. */
  readonly minLength?: number;
  /** The greatest length. */
  readonly maxLength: number;
}

/** Lists of any length, which shrink to as few items as will do, each as simple as will do. */
export function listOf<T>(
  item: fc.Arbitrary<T>,
  simpler: (item: T) => Iterable<T>,
  { minLength = 0, maxLength }: ListOptions,
): fc.Arbitrary<T[]> {
  return shrunkBy(fc.array(item, { minLength, maxLength, size: 'max' }), function* (items) {
    for (const fewer of fewerOf(items)) if (fewer.length >= minLength) yield fewer;
    for (const [i, before] of items.entries()) {
      for (const next of simpler(before)) yield items.with(i, next);
    }
  });
}

/** Whole numbers from 0 that are lower than one: a bisection towards the lowest that will do. */
export function* lowerCounts(count: number): Generator<number> {
  for (const lower of lowerNumbers(BigInt(count), 1n)) yield Number(lower);
}
