import { formatAddress, isLongMode, type PagingMode } from '../arch/index.ts';
import { UsageError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** An address or register value: decimal or hexadecimal, `_` between digits. A bigint beyond 2^53. */
export function parseAddress(text: string, what: string): number | bigint {
  const digits = text.replaceAll('_', '');
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(digits)) {
    throw new UsageError(`${what} '${text}' is no number; write it as 0xc000_1234 or 3221229108`);
  }
  const value = BigInt(digits);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The same, for what must fit 32 bits. */
export function parse32(text: string, what: string): number {
  return Number(parseBits(text, what, 32));
}

/** The same, for what must fit so many bits. */
export function parseBits(text: string, what: string, bits: number): number | bigint {
  const value = parseAddress(text, what);
  const most = 2n ** BigInt(bits) - 1n;
  if (value > most) {
    throw new UsageError(
      `${what} '${text}' does not fit ${bits} bits; the largest value is ${formatAddress(most)}`,
    );
  }
  return value;
}

/** A linear address of a paging mode: 32 bits, or 64 in long mode. */
export function parseLinear(text: string, mode: PagingMode): number | bigint {
  const what = mode === 'off' ? 'address' : `${mode} paging: address`;
  return parseBits(text, what, isLongMode(mode) ? 64 : 32);
}

/** A size in bytes: a number, with K, M or G for powers of 1024. */
export function parseSize(text: string, what: string): number {
  const [, digits, unit] = /^(0x[0-9a-f_]+|[0-9_]+)([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  if (digits === undefined)
    throw new UsageError(`${what} '${text}' is no size; write it as 64M, 4096K or 67108864`);
  const value = Number(digits.replaceAll('_', '')) * UNITS[(unit ?? '').toUpperCase()]!;
  if (!Number.isSafeInteger(value)) throw new UsageError(`${what} '${text}' is too large`);
  return value;
}
