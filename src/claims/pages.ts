/** Ranges of claims as page numbers: the 64-bit linear address / 4096, exact in a double. */

import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { isLongMode, type PagingMode } from '../arch/paging-modes.ts';
import { addressOf } from '../walk/page-runs.ts';
import type { ClaimRange } from './claim.ts';

/** Pages `first` to `end - 1`. */
export interface Pages {
  readonly first: number;
  readonly end: number;
}

/** All pages of the linear space, with the canonical hole of long mode, in which nothing can be mapped. */
export function everyPage(mode: PagingMode): Pages {
  return { first: 0, end: isLongMode(mode) ? 2 ** 52 : 2 ** 20 };
}

/** The pages of a range; of a range that is not given, all. What lies above the linear space has no pages. */
export function pagesOf(range: ClaimRange | undefined, mode: PagingMode): Pages {
  const all = everyPage(mode);
  if (range === undefined) return all;
  return { first: Math.min(all.end, pageAt(range[0])), end: Math.min(all.end, pageAt(range[1])) };
}

/** Ranges in ascending order, those that touch joined. */
export function joinedPages(ranges: readonly ClaimRange[], mode: PagingMode): Pages[] {
  const sorted = ranges.map((range) => pagesOf(range, mode)).sort((a, b) => a.first - b.first);
  const joined: { first: number; end: number }[] = [];
  for (const { first, end } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && first <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ first, end });
  }
  return joined;
}

/** What of all pages is in none of some ranges. */
export function pagesOutside(ranges: readonly ClaimRange[], mode: PagingMode): Pages[] {
  const outside: Pages[] = [];
  const all = everyPage(mode);
  let next = all.first;
  for (const { first, end } of joinedPages(ranges, mode)) {
    if (first > next) outside.push({ first: next, end: first });
    next = Math.max(next, end);
  }
  if (next < all.end) outside.push({ first: next, end: all.end });
  return outside;
}

/** The page that an address, a multiple of 4096, begins. */
export function pageAt(address: number | bigint): number {
  return typeof address === 'number' ? address / PAGE_SIZE : Number(address / BigInt(PAGE_SIZE));
}

/** The address of a page as text. */
export function pageText(page: number): string {
  const address = addressOf(page);
  return formatAddress(address, page >= 2 ** 20 ? 16 : 8);
}

/** A range as text. */
export function rangeText([start, end]: ClaimRange): string {
  const digits = end > 2 ** 32 ? 16 : 8;
  return `${formatAddress(start, digits)}–${formatAddress(end, digits)}`;
}
