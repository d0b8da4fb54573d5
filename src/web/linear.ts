/** Linear addresses as the page holds them: a number, and in the upper half of long mode a bigint. */

import { asNumber, canonical, PAGING_MODES, type PagingMode } from '../arch/index.ts';

/** A linear address: a bigint only where it does not fit a number. */
export type Linear = number | bigint;

/** One bit of an address. */
export function bitOf(linear: Linear, bit: number): 0 | 1 {
  return Number((BigInt(linear) >> BigInt(bit)) & 1n) as 0 | 1;
}

/** A stretch of bits of an address as a number; at most 53 of them. */
export function bitsOf(linear: Linear, low: number, count: number): number {
  return Number((BigInt(linear) >> BigInt(low)) & ((1n << BigInt(count)) - 1n));
}

/** The address as a mode has it: cut to 32 bits, or continued by its highest bit in long mode. */
export function inMode(linear: Linear, mode: PagingMode): Linear {
  const { linearBits } = PAGING_MODES[mode];
  const value = BigInt(linear);
  return asNumber(linearBits === 32 ? BigInt.asUintN(32, value) : canonical(value, linearBits));
}

/** The address with one bit the other way. */
export function flipped(linear: Linear, bit: number, mode: PagingMode): Linear {
  return inMode(BigInt(linear) ^ (1n << BigInt(bit)), mode);
}

/** The address with another value in a stretch of its bits, such as another index. */
export function withBits(
  linear: Linear,
  low: number,
  count: number,
  value: number,
  mode: PagingMode,
): Linear {
  const mask = ((1n << BigInt(count)) - 1n) << BigInt(low);
  return inMode((BigInt(linear) & ~mask) | (BigInt(value) << BigInt(low)), mode);
}

/** The address so many bytes further; it wraps at the ends of the space. */
export function moved(linear: Linear, bytes: number, mode: PagingMode): Linear {
  return inMode(BigInt(linear) + BigInt(bytes), mode);
}

/** First address of the 4 KiB page. */
export function pageStart(linear: Linear): Linear {
  return typeof linear === 'number' ? linear - (linear % 4096) : asNumber(linear & ~0xfffn);
}

/** Whether two addresses lie in one 4 KiB page. */
export function samePage(a: Linear, b: Linear): boolean {
  return pageStart(a) === pageStart(b);
}
