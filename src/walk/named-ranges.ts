import type { AddressRange } from './page-space.ts';

/** A range of addresses that has a name. */
export interface NamedRange extends AddressRange {
  /** What lies there. */
  readonly name: string;
}

/** A stretch of addresses that all have the same name, or none. */
export interface NamedStretch {
  /** The first address. */
  readonly start: bigint;
  /** The first address after it. */
  readonly end: bigint;
  /** The name; undefined where no range lies. */
  readonly name: string | undefined;
}

/**
 * All 64 bits of addresses, cut where names change: in ascending order, without a gap. Where ranges overlap, the first in
 * the list gives the name.
 *
 * @param ranges - In any order.
 */
export function namedStretches(ranges: readonly NamedRange[]): NamedStretch[] {
  const wide = ranges.map(({ name, start, end }) => ({ name, start: BigInt(start), end: BigInt(end) }));
  const borders = new Set(wide.flatMap(({ start, end }) => [start, end]));
  const bounds = [...borders.add(0n).add(1n << 64n)].sort((a, b) => Number(a > b) - Number(a < b));
  return bounds.slice(1).map((end, i) => {
    const start = bounds[i]!;
    return { start, end, name: wide.find((range) => start >= range.start && start < range.end)?.name };
  });
}
