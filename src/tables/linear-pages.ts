/**
 * Linear ranges as page numbers. A page number is the linear address without its offset and without the bits that
 * only repeat the highest one: at most 45 bits (5-level paging), so that it is a number in every mode.
 */

import { FOUR_GIB, formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { asNumber, canonical, isCanonical } from '../arch/linear.ts';
import { isLongMode, PAGING_MODES, type PagingMode } from '../arch/paging-modes.ts';
import { MapError } from './map-error.ts';

/** Pages `first` to `end - 1`, by page number. */
export interface PageRange {
  readonly first: number;
  readonly end: number;
}

/** The linear address of a page as the public surface gives it: a bigint where it does not fit a number. */
export function linearOf(mode: PagingMode, page: number): number | bigint {
  if (!isLongMode(mode)) return page * PAGE_SIZE;
  return asNumber(canonical(BigInt(page) * BigInt(PAGE_SIZE), PAGING_MODES[mode].linearBits));
}

/** The linear address of a page as text. */
export function linearText(mode: PagingMode, page: number): string {
  return formatAddress(linearOf(mode, page), isLongMode(mode) ? 16 : 8);
}

/**
 * A range of linear addresses as pages.
 *
 * @param unit - Bytes that start and size must be multiples of.
 * @throws MapError `bad-range`
 */
export function pageRange(
  mode: PagingMode,
  linear: number | bigint,
  bytes: number | bigint,
  unit: number,
): PageRange {
  const { linearBits } = PAGING_MODES[mode];
  const plain = plainRange(linear, bytes, unit, isLongMode(mode) ? linearBits - 1 : linearBits);
  if (plain !== undefined) return plain;
  const start = whole('linear address', linear);
  const size = whole('size', bytes);
  const width = isLongMode(mode) ? 64 : 32;
  if (start >= 1n << BigInt(width)) {
    throw new MapError(
      'bad-range',
      `linear address ${text(start)} is beyond the ${width} bits of ${mode} paging`,
    );
  }
  if (isLongMode(mode) && !isCanonical(start, linearBits)) {
    throw new MapError(
      'bad-range',
      `linear address ${text(start)} is not canonical: in ${mode} paging bits 63 to ${linearBits - 1} are equal`,
    );
  }
  const large = BigInt(unit);
  for (const [what, value] of [
    ['linear address', start],
    ['size', size],
  ] as const) {
    if (value % large !== 0n) {
      throw new MapError(
        'bad-range',
        `${what} ${text(value)} is not a multiple of the page size, ${text(large)}`,
      );
    }
  }
  if (size === 0n) throw new MapError('bad-range', 'size 0: a range has at least one page');
  // In long mode the canonical hole ends the lower half, and 2^64 the upper.
  const half = isLongMode(mode) ? linearBits - 1 : linearBits;
  const room = (1n << BigInt(half)) - (start & ((1n << BigInt(half)) - 1n));
  if (size > room) {
    const where =
      isLongMode(mode) && start < 1n << BigInt(half) ? 'the canonical hole' : 'the end of the address space';
    throw new MapError(
      'bad-range',
      `${text(size)} bytes from linear address ${text(start)} reach beyond ${where}; ${text(room)} bytes fit`,
    );
  }
  const first = Number((start & ((1n << BigInt(linearBits)) - 1n)) / BigInt(PAGE_SIZE));
  return { first, end: first + Number(size / BigInt(PAGE_SIZE)) };
}

/** The same where both are numbers and nothing is wrong, which is most of the time: several times as fast. */
function plainRange(
  linear: number | bigint,
  bytes: number | bigint,
  unit: number,
  bits: number,
): PageRange | undefined {
  if (typeof linear !== 'number' || typeof bytes !== 'number') return undefined;
  const end = linear + bytes;
  // V8 computes a power by a call.
  const isRange = linear >= 0 && bytes > 0 && end <= (bits === 32 ? FOUR_GIB : 2 ** bits);
  // What is not whole is no multiple either.
  if (!isRange || !isMultiple(linear, unit) || !isMultiple(bytes, unit)) return undefined;
  return { first: linear / PAGE_SIZE, end: end / PAGE_SIZE };
}

/** The same as a remainder of 0, several times as fast: there is no instruction for remainders of doubles. */
export function isMultiple(value: number, unit: number): boolean {
  return Math.floor(value / unit) * unit === value;
}

function whole(what: string, value: number | bigint): bigint {
  if (typeof value === 'bigint' ? value >= 0n : Number.isInteger(value) && value >= 0) return BigInt(value);
  throw new MapError('bad-range', `${what} ${value} is not a whole number from 0 up`);
}

function text(value: bigint): string {
  return formatAddress(value, 1);
}
