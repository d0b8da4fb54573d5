/** The runs that a scan has found, as rows of typed arrays: a row costs a few stores, and no object is made for it. */

import { PAGE_SIZE } from '../arch/address.ts';
import { PTE_A, PTE_D } from '../arch/entry.ts';
import { pageShiftOfRun, RUN_CONTIGUOUS, RUN_ONE_FRAME } from './run-attributes.ts';
import type { Pages } from './subtrees.ts';

/** Runs in a batch. */
export const BATCH = 256;
/** Room for those that one step adds beyond it: a run that ends, a reference, and a run that may still grow. */
const ROWS = BATCH + 2;
/** By log2 of a page's size, its size: a power costs a call. */
const PAGE_BYTES = Array.from({ length: 32 }, (_, shift) => 2 ** shift);
/** How the pages of a run lie. */
export const LAYOUT: number = RUN_CONTIGUOUS | RUN_ONE_FRAME;

export class RunRows {
  readonly page: Float64Array = new Float64Array(ROWS);
  readonly pages: Float64Array = new Float64Array(ROWS);
  readonly physical: Float64Array = new Float64Array(ROWS);
  /** By run: the physical address of its last page; of no account where they are scattered. */
  readonly last: Float64Array = new Float64Array(ROWS);
  readonly attributes: Int32Array = new Int32Array(ROWS);
  readonly accessed: Float64Array = new Float64Array(ROWS);
  readonly dirty: Float64Array = new Float64Array(ROWS);
  /** How many runs are complete. */
  count = 0;
  /** The row after them holds a run that may still grow. */
  growing = false;
  /** Runs end where physical addresses are neither consecutive nor all the same. */
  readonly contiguous: boolean;

  constructor(contiguous: boolean) {
    this.contiguous = contiguous;
  }

  /** Begins the next batch. */
  begin(): void {
    if (this.growing && this.count > 0) {
      const { page, pages, physical, last, attributes, accessed, dirty } = this;
      for (const column of [page, pages, physical, last, attributes, accessed, dirty])
        column[0] = column[this.count]!;
    }
    this.count = 0;
  }

  /** The row for pages that were found. */
  newRow(): number {
    return this.growing ? this.count + 1 : this.count;
  }

  /** Joins the pages in a new row to the run before, if they belong to it; else that one is complete. */
  join(row: number, bytes: number): void {
    if (this.growing) {
      const before = row - 1;
      const { page, pages, physical, last, attributes, accessed, dirty } = this;
      if (
        page[row] === page[before]! + pages[before]! * (bytes / PAGE_SIZE) &&
        ((attributes[before]! ^ attributes[row]!) & ~LAYOUT) === 0
      ) {
        const both = attributes[before]! & attributes[row]!;
        const layout = both & layoutWith(physical[before]!, last[before]!, physical[row]!, bytes);
        if (layout !== 0 || !this.contiguous) {
          attributes[before] = (attributes[before]! & ~LAYOUT) | layout;
          pages[before]! += pages[row]!;
          last[before] = last[row]!;
          accessed[before]! += accessed[row]!;
          dirty[before]! += dirty[row]!;
          return;
        }
      }
      this.complete();
    }
    this.growing = true;
  }

  /** The run that could still grow, if there is one, does not. */
  complete(): void {
    if (!this.growing) return;
    const row = this.count++;
    const { pages, attributes, accessed, dirty } = this;
    if (accessed[row] === pages[row]) attributes[row]! |= PTE_A;
    if (dirty[row] === pages[row]) attributes[row]! |= PTE_D;
    this.growing = false;
  }

  pagesIn(row: number): Pages {
    return {
      pages: this.pages[row]!,
      physical: this.physical[row]!,
      last: this.last[row]!,
      attributes: this.attributes[row]!,
      accessed: this.accessed[row]!,
      dirty: this.dirty[row]!,
    };
  }

  /** Puts pages into a row. */
  setPages(row: number, { pages, physical, last, attributes, accessed, dirty }: Pages): void {
    this.pages[row] = pages;
    this.physical[row] = physical;
    this.last[row] = last;
    this.attributes[row] = attributes;
    this.accessed[row] = accessed;
    this.dirty[row] = dirty;
  }
}

/** How pages can lie of which the last is followed by one more: {@link RUN_CONTIGUOUS}, {@link RUN_ONE_FRAME}, neither. */
export function layoutWith(first: number, last: number, next: number, bytes: number): number {
  return (next === last + bytes ? RUN_CONTIGUOUS : 0) | (next === first ? RUN_ONE_FRAME : 0);
}

/** Pages and those that follow them, if they are mapped alike. */
export function joined(a: Pages, b: Pages, contiguous: boolean): Pages | undefined {
  if (((a.attributes ^ b.attributes) & ~LAYOUT) !== 0) return undefined;
  const layout =
    a.attributes & b.attributes & layoutWith(a.physical, a.last, b.physical, pageBytes(a.attributes));
  if (contiguous && layout === 0) return undefined;
  return {
    pages: a.pages + b.pages,
    physical: a.physical,
    last: b.last,
    attributes: (a.attributes & ~LAYOUT) | layout,
    accessed: a.accessed + b.accessed,
    dirty: a.dirty + b.dirty,
  };
}

export function pageBytes(attributes: number): number {
  return PAGE_BYTES[pageShiftOfRun(attributes)]!;
}
