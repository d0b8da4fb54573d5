/** Linear and physical addresses, and lists of frames: biased to borders, shrunk towards 0. */

import fc from 'fast-check';
import { asNumber, canonical, isCanonical } from '../arch/linear.ts';
import { isLongMode, PAGING_MODES, type PagingMode } from '../arch/paging-modes.ts';
import { lowerNumbers } from '../campaign/smaller-requests.ts';
import { shrunkBy } from './simpler.ts';

/** What linear addresses to draw. */
export interface LinearAddressOptions {
  /** The paging mode that they are for. Default `32-bit`. */
  readonly mode?: PagingMode;
  /** A power of two that they are multiples of. Default 1. */
  readonly alignment?: number;
  /** In long mode: now and then one that is not canonical, too. Default false. */
  readonly notCanonical?: boolean;
}

/**
 * Linear addresses: half of them near a border, which is 0, an edge of a page, of a table of any level, of a half of
 * the space, 2^31, 2^32 − 1, the canonical hole, or the end. Numbers; bigints where they do not fit one.
 * They shrink towards 0.
 */
export function linearAddress(options: LinearAddressOptions = {}): fc.Arbitrary<number | bigint> {
  const { mode = '32-bit', alignment = 1, notCanonical = false } = options;
  const { linearBits } = PAGING_MODES[mode];
  const unit = powerOfTwo('alignment', alignment);
  const long = isLongMode(mode);
  const width = long ? 64 : 32;
  const fold = (at: bigint): bigint => (long ? canonical(at, linearBits) : BigInt.asUintN(32, at));
  const aligned = (at: bigint): bigint => at - (at % unit);
  const sound = near(bordersOf(mode), linearBits).map((at) => aligned(fold(at)));
  const any = fc.bigInt(0n, 2n ** BigInt(width) - 1n).map(aligned);
  const drawn =
    long && notCanonical ? fc.oneof({ weight: 12, arbitrary: sound }, { weight: 1, arbitrary: any }) : sound;
  return shrunkBy(drawn.map(asNumber), lowerAddresses(options));
}

/** The addresses of the same kind that are lower than one: a bisection towards the lowest that will do. */
export function lowerAddresses(
  options: LinearAddressOptions = {},
): (linear: number | bigint) => Generator<number | bigint> {
  const { mode = '32-bit', alignment = 1, notCanonical = false } = options;
  const mayLieAnywhere = !isLongMode(mode) || notCanonical;
  const { linearBits } = PAGING_MODES[mode];
  return function* (linear) {
    for (const lower of lowerNumbers(BigInt(linear), BigInt(alignment))) {
      if (mayLieAnywhere || isCanonical(lower, linearBits)) yield asNumber(lower);
    }
  };
}

/** What physical addresses to draw. */
export interface PhysicalAddressOptions {
  /** They are below it: a whole number up to 2^52. Default 2^32. */
  readonly below?: number;
  /** A power of two that they are multiples of. Default 1. */
  readonly alignment?: number;
}

/** Physical addresses: half of them near a page's edge, a power of two, or the end. They shrink towards 0. */
export function physicalAddress(options: PhysicalAddressOptions = {}): fc.Arbitrary<number> {
  const { below = 2 ** 32, alignment = 1 } = options;
  if (!(Number.isInteger(below) && below >= 1 && below <= 2 ** 52))
    throw new RangeError(`below ${below} is not a whole number from 1 to 2^52`);
  const unit = powerOfTwo('alignment', alignment);
  const last = BigInt(below) - 1n;
  const bits = last.toString(2).length;
  const borders = Array.from({ length: bits }, (_, n) => 1n << BigInt(n)).filter((at) => at >= 0x1000n);
  const drawn = near([0n, ...borders, last], bits).map((at) => {
    const inside = at > last ? at % (last + 1n) : at;
    return inside - (inside % unit);
  });
  return shrunkBy(drawn, (at) => lowerNumbers(at, unit)).map(Number);
}

/** What lists of frames to draw. */
export interface FrameListOptions {
  /** Frame numbers are below it. Default 256. */
  readonly below?: number;
  /** The first number that may be drawn. Default 0. */
  readonly from?: number;
  /** The least length. Default 1. */
  readonly minLength?: number;
  /** The greatest length. Default 16. */
  readonly maxLength?: number;
}

/**
 * Lists of distinct frames: in order, backwards, or scattered. They shrink to fewer frames with lower numbers, in
 * order: the plainest is `[from]`, or the shortest that is allowed.
 */
export function frameList(options: FrameListOptions = {}): fc.Arbitrary<number[]> {
  const { below = 256, from = 0, minLength = 1, maxLength = Math.min(16, below - from) } = options;
  if (!(from >= 0 && minLength >= 0 && minLength <= maxLength && maxLength <= below - from)) {
    throw new RangeError(
      `${minLength} to ${maxLength} frames cannot be drawn from frames ${from} to ${below - 1}`,
    );
  }
  const scattered = fc.uniqueArray(fc.integer({ min: from, max: below - 1 }), { minLength, maxLength });
  const run = fc
    .tuple(fc.integer({ min: minLength, max: maxLength }), fc.nat(), fc.boolean())
    .map(([length, start, backwards]) => {
      const first = from + (start % (below - from - length + 1));
      const frames = Array.from({ length }, (_, i) => first + i);
      return backwards ? frames.reverse() : frames;
    });
  return shrunkBy(fc.oneof(run, scattered), function* (frames) {
    const plain = (length: number): number[] => Array.from({ length }, (_, i) => from + i);
    for (let length = minLength; length <= frames.length; length++) {
      if (isBefore(plain(length), frames)) yield plain(length);
    }
    if (frames.length > minLength) {
      for (let i = frames.length - 1; i >= 0; i--) yield frames.toSpliced(i, 1);
    }
    const ordered = [...frames].sort((a, b) => a - b);
    if (isBefore(ordered, frames)) yield ordered;
    for (const [i, frame] of frames.entries()) {
      for (const lower of lowerNumbers(BigInt(frame - from), 1n)) {
        const value = from + Number(lower);
        if (!frames.includes(value)) yield frames.with(i, value);
      }
    }
  });
}

/** Shorter, or as long and first in the order of words: what every step of shrinking a list of frames is. */
function isBefore(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  const i = a.findIndex((frame, at) => frame !== b[at]);
  return i >= 0 && a[i]! < b[i]!;
}

/** The borders of a linear address space of a mode. */
function bordersOf(mode: PagingMode): bigint[] {
  const { levels, linearBits } = PAGING_MODES[mode];
  const end = 2n ** BigInt(linearBits);
  const edges = levels.map(({ shift }) => 2n ** BigInt(shift));
  return [0n, 0xfffn, ...edges, 2n ** 31n, 2n ** 32n - 1n, 0xc000_0000n, end / 2n, end - 1n];
}

/** Half near one of some borders, a few bytes or pages away; half anywhere below 2^bits. */
function near(borders: readonly bigint[], bits: number): fc.Arbitrary<bigint> {
  const end = 2n ** BigInt(bits);
  const beside = fc
    .tuple(fc.constantFrom(...borders), fc.integer({ min: -4, max: 4 }), fc.constantFrom(1n, 0x1000n))
    .map(([border, steps, step]) => (border + BigInt(steps) * step + end) % end);
  return fc.oneof(beside, fc.bigInt(0n, end - 1n));
}

function powerOfTwo(name: string, value: number): bigint {
  if (!(Number.isInteger(value) && value >= 1 && Number.isInteger(Math.log2(value))))
    throw new RangeError(`${name} ${value} is not a power of two`);
  return BigInt(value);
}
