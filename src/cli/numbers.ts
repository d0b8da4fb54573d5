/** How numbers are written on the command line: the one place that reads addresses, values, sizes, counts and ranges. */

import { formatAddress, isLongMode, type PagingMode } from '../arch/index.ts';
import { asNumber } from '../arch/linear.ts';
import { UsageError } from './errors.ts';

const UNITS: Readonly<Record<string, bigint>> = { '': 1n, K: 1n << 10n, M: 1n << 20n, G: 1n << 30n };

/** The digits of a number as it may be written: decimal or hexadecimal, `_` between digits. Undefined: it is none. */
function numberIn(text: string): bigint | undefined {
  const digits = text.replaceAll('_', '');
  return /^(0x[0-9a-f]+|\d+)$/i.test(digits) ? BigInt(digits) : undefined;
}

/** An address or register value of any width. A bigint where it does not fit a number. @throws UsageError */
export function parseAddress(text: string, what: string): number | bigint {
  const value = numberIn(text);
  if (value === undefined) {
    // Debuggers and tables of symbols print addresses without the prefix.
    const hint = /^[0-9a-f_]{3,}[0-9a-f]$/i.test(text)
      ? `did you mean 0x${text}?`
      : 'write it as 0xc000_1234 or 3221229108';
    throw new UsageError(`${what} '${text}' is no number; ${hint}`);
  }
  return asNumber(value);
}

/** The same, for what must fit so many bits. @throws UsageError */
export function parseBits(text: string, what: string, bits: number): number | bigint {
  const value = parseAddress(text, what);
  const most = (1n << BigInt(bits)) - 1n;
  if (value > most) {
    throw new UsageError(
      `${what} '${text}' does not fit ${bits} bits; the largest value is ${formatAddress(most)}`,
    );
  }
  return value;
}

/** The same, for 32 bits. @throws UsageError */
export function parse32(text: string, what: string): number {
  return Number(parseBits(text, what, 32));
}

/** A physical address, of which a CPU has at most 52 bits. @throws UsageError */
export function parsePhysical(text: string, what: string): number {
  return Number(parseBits(text, what, 52));
}

/** A linear address of a paging mode: 32 bits, or 64 in long mode. @throws UsageError */
export function parseLinear(text: string, mode: PagingMode): number | bigint {
  const what = mode === 'off' ? 'address' : `${mode} paging: address`;
  return parseBits(text, what, isLongMode(mode) ? 64 : 32);
}

/** A whole number from `least` to `most`. @throws UsageError */
export function parseCount(text: string, what: string, least: number, most: number): number {
  const value = numberIn(text);
  if (value === undefined || value < least || value > most) {
    throw new UsageError(`${what} '${text}' is no whole number from ${least} to ${most}`);
  }
  return Number(value);
}

/** A size in bytes: a number, with K, M or G for powers of 1024. @throws UsageError */
export function parseSize(text: string, what: string): number {
  const [, digits = '', unit = ''] = /^(0x[0-9a-f_]+|[0-9_]+)([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  const number = numberIn(digits);
  if (number === undefined) {
    throw new UsageError(`${what} '${text}' is no size; write it as 64M, 4096K or 67108864`);
  }
  const value = number * UNITS[unit.toUpperCase()]!;
  if (value > Number.MAX_SAFE_INTEGER) throw new UsageError(`${what} '${text}' is too large`);
  return Number(value);
}

/** A stretch of addresses. */
export interface AddressRange {
  /** First address. */
  readonly start: number | bigint;
  /** First address after it. */
  readonly end: number | bigint;
}

/**
 * A range of addresses: `START-END` as maps print it, the end not included, or `START+SIZE`.
 * @param bits - Width of an address; a range may end at 2^bits.
 * @throws UsageError
 */
export function parseRange(text: string, what: string, bits: number): AddressRange {
  const [, first = '', sign, second = ''] = /^([^-+]+)([-+])([^-+]+)$/.exec(text) ?? [];
  if (sign === undefined) {
    throw new UsageError(`${what} '${text}' is no range; write it as 0xc0000000-0xc0400000 or 0xc0000000+4M`);
  }
  const start = BigInt(parseBits(first, `${what}: address`, bits));
  const end =
    sign === '+' ? start + BigInt(parseSize(second, `${what}: size`)) : BigInt(parseAddress(second, what));
  if (end <= start) throw new UsageError(`${what} '${text}' is empty: it ends at or before its start`);
  if (end > 1n << BigInt(bits)) {
    throw new UsageError(`${what} '${text}' ends beyond the ${bits} bits of an address`);
  }
  return { start: asNumber(start), end: asNumber(end) };
}
