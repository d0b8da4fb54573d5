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
  const value = parseAddress(text, what);
  if (typeof value === 'bigint' || value > 0xffff_ffff) {
    throw new UsageError(`${what} '${text}' does not fit 32 bits; the largest value is 0xffff_ffff`);
  }
  return value;
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
