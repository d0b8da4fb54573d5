/** The entries of a level that a range of pages touches. */

import { PAGE_SHIFT } from '../arch/address.ts';
import type { PagingLevel } from '../arch/paging-modes.ts';
import type { PageRange } from './linear-pages.ts';

/** The part of an entry's span that a change concerns. */
export interface Slot {
  readonly level: PagingLevel;
  readonly index: number;
  /** First page number of the part, and the one after its last. */
  readonly first: number;
  readonly end: number;
  /** The part is the whole span of the entry. */
  readonly whole: boolean;
}

/** The entries of a level that a range touches, one after the other: one object for all, since there are many. */
export class Slots implements Slot {
  readonly level: PagingLevel;
  index = 0;
  first = 0;
  end: number;
  whole = false;
  /** Pages that an entry spans. */
  readonly span: number;
  /** The page after the last one of the range. */
  readonly rangeEnd: number;

  constructor(level: PagingLevel, { first, end }: PageRange) {
    this.level = level;
    this.end = first;
    this.span = spanOf(level);
    this.rangeEnd = end;
  }

  /** Goes on to the first entry, or the next. @returns false if there is none. */
  next(): boolean {
    const first = this.end;
    if (first >= this.rangeEnd) return false;
    const entry = Math.floor(first / this.span);
    this.index = entry & ((1 << this.level.indexBits) - 1);
    this.first = first;
    this.end = Math.min((entry + 1) * this.span, this.rangeEnd);
    this.whole = this.end - first === this.span;
    return true;
  }
}

/** The powers of two that spans are: V8 computes a power by a call. */
const SPANS: readonly number[] = Array.from({ length: 64 - PAGE_SHIFT }, (_, shift) => 2 ** shift);

/** Pages that an entry of a level spans. */
export function spanOf({ shift }: PagingLevel): number {
  return SPANS[shift - PAGE_SHIFT]!;
}
