/**
 * Linear addresses of 32 and of 64 bits: as a number, as a bigint, and as two int32 halves, which is how the
 * hot path carries them. The one place for the rule "a number, and a bigint only where it does not fit one".
 */

/** One 64-bit value, and its halves: a store and a load, where a shift of a bigint would make another bigint. */
const whole = new BigInt64Array(1);
const halves = new Int32Array(whole.buffer);

/** Bits 31–0 of an address, as int32. */
export function lowHalf(address: number | bigint): number {
  if (typeof address === 'number') return address | 0;
  whole[0] = address;
  return halves[0]!;
}

/** Bits 63–32 of an address, as int32. */
export function highHalf(address: number | bigint): number {
  if (typeof address === 'number') return Math.floor(address / 0x1_0000_0000) | 0;
  whole[0] = address;
  return halves[1]!;
}

/** The unsigned 64-bit value of two int32 halves: a bigint only where it does not fit a number. */
export function fromHalves(low: number, high: number): number | bigint {
  if (high >>> 21 === 0) return high * 0x1_0000_0000 + (low >>> 0);
  return bigintFromHalves(low, high);
}

/** The unsigned 64-bit value of two int32 halves, always as a bigint. */
export function bigintFromHalves(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** An unsigned value as a number where it fits one exactly (up to 2^53 − 1), else as the bigint that it is. */
export function asNumber(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/**
 * Whether an address is canonical: bits 63 down to `width - 1` are all equal (SDM 1 §3.3.7.1).
 * @param width - Bits of a linear address: 48, or 57 where the CPU has 5-level paging.
 */
export function isCanonical(address: bigint, width: number): boolean {
  return BigInt.asUintN(64, BigInt.asIntN(width, address)) === BigInt.asUintN(64, address);
}

/** The same, of bits 63–32 as int32. */
export function isCanonicalHigh(high: number, width: number): boolean {
  const sign = high >> (width - 33);
  return sign === 0 || sign === -1;
}

/** The address that continues the highest bit of a `width`-bit address up to bit 63, unsigned. */
export function canonical(address: bigint, width: number): bigint {
  return BigInt.asUintN(64, BigInt.asIntN(width, address));
}
