import type { PhysicalRange } from './frame-store.ts';

/** Index of the first of some ranges, ascending and apart, that ends after an address; their number if none does. */
export function firstEndingAfter(ranges: readonly PhysicalRange[], physical: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.end <= physical) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether one of some ranges, ascending and apart, holds an address. */
export function contains(ranges: readonly PhysicalRange[], physical: number): boolean {
  const range = ranges[firstEndingAfter(ranges, physical)];
  return range !== undefined && range.start <= physical;
}

/** The same ranges with neighbours joined. */
export function* joined(ranges: Iterable<PhysicalRange>): Generator<PhysicalRange> {
  let start = 0;
  let end = -1;
  for (const range of ranges) {
    if (range.start === end) end = range.end;
    else {
      if (end >= 0) yield { start, end };
      ({ start, end } = range);
    }
  }
  if (end >= 0) yield { start, end };
}
