import { RUN_CONTIGUOUS, RUN_ONE_FRAME } from './run-attributes.ts';

const LAYOUT = RUN_CONTIGUOUS | RUN_ONE_FRAME;

/** Some pages in a row that are mapped alike. Mutable, so that a scan makes none for each run. */
export class Segment {
  /** Number of the first 4 KiB page of the linear space. */
  page = 0;
  /** How many pages of `bytes`. */
  pages = 0;
  /** Size of a page. */
  bytes = 0;
  /** Physical address of the first page. */
  first = 0;
  /** Physical address of the last page; of no account where the pages are scattered. */
  last = 0;
  /** See `run-attributes.ts`. */
  attributes = 0;
  /** How many of the pages have A set. */
  accessed = 0;
  /** How many of the pages have D set. */
  dirty = 0;

  /** First 4 KiB page after it. */
  get end(): number {
    return this.page + this.pages * (this.bytes / 4096);
  }

  copy(other: Segment): void {
    this.page = other.page;
    this.pages = other.pages;
    this.bytes = other.bytes;
    this.first = other.first;
    this.last = other.last;
    this.attributes = other.attributes;
    this.accessed = other.accessed;
    this.dirty = other.dirty;
  }

  /**
   * Takes in the pages that follow, if they are mapped like those here.
   * @param contiguous - Only if all of them together are consecutive in physical memory, or all one frame.
   * @returns Whether it did.
   */
  extend(next: Segment, contiguous: boolean): boolean {
    if (((this.attributes ^ next.attributes) & ~LAYOUT) !== 0) return false;
    let layout = this.attributes & next.attributes & LAYOUT;
    if (next.first !== this.last + this.bytes) layout &= ~RUN_CONTIGUOUS;
    if (next.first !== this.first) layout &= ~RUN_ONE_FRAME;
    if (contiguous && layout === 0) return false;
    this.attributes = (this.attributes & ~LAYOUT) | layout;
    this.pages += next.pages;
    this.last = next.last;
    this.accessed += next.accessed;
    this.dirty += next.dirty;
    return true;
  }
}
