/** All runs of pages of an address space, side by side, so that rules can look at them several times. */

import { PageScan, pageShiftOfRun, RUN_CONTIGUOUS, RUN_REPEAT, type WalkContext } from '../../walk/index.ts';

/** More runs are not looked at. */
const MAX_ROWS = 2 ** 22;
/** More of them are not listed a second time; only tables that map themselves in many ways have so many. */
const MAX_REPEATED = 2 ** 16;

/** Runs, in ascending order of their linear addresses; each consecutive in physical memory, or one page over and over. */
export interface PageRows {
  /** How many there are. */
  readonly count: number;
  /** By run: its first linear address / 4096. */
  readonly page: Float64Array;
  /** By run: how many 4 KiB pages of linear addresses it has. */
  readonly pages: Float64Array;
  /** By run: the physical address of its first byte. */
  readonly physical: Float64Array;
  /** By run: the bytes of physical memory that it covers. */
  readonly bytes: Float64Array;
  /** By run: see `run-attributes.ts`; with `RUN_REPEAT` where the same tables map it as one before. */
  readonly attributes: Int32Array;
  /** These are all. */
  readonly complete: boolean;
}

/** Reads all runs. */
export function pageRows(context: WalkContext): PageRows {
  const rows = new Rows();
  const scan = new PageScan(context, { contiguous: true, repeats: 'mark' });
  for (let count = scan.next(); count > 0 && !rows.full; count = scan.next()) {
    for (let i = 0; i < count; i++) {
      const attributes = scan.attributes[i]!;
      if ((attributes & RUN_REPEAT) !== 0) {
        rows.repeat(scan.source[i]!, scan.pages[i]!, scan.page[i]!);
      } else {
        const pages = scan.pages[i]! * (2 ** pageShiftOfRun(attributes) / 4096);
        rows.add(scan.page[i]!, pages, scan.physical[i]!, attributes);
      }
    }
  }
  return rows.done();
}

class Rows {
  readonly #page: number[] = [];
  readonly #pages: number[] = [];
  readonly #physical: number[] = [];
  readonly #attributes: number[] = [];
  #repeated = 0;
  #cut = false;

  get full(): boolean {
    return this.#page.length >= MAX_ROWS;
  }

  add(page: number, pages: number, physical: number, attributes: number): void {
    if (this.full) {
      this.#cut = true;
      return;
    }
    this.#page.push(page);
    this.#pages.push(pages);
    this.#physical.push(physical);
    this.#attributes.push(attributes);
  }

  /** Adds what was listed of some pages once more, at another place. */
  repeat(source: number, pages: number, page: number): void {
    const length = this.#page.length;
    // The run before may reach into them.
    for (let i = Math.max(0, firstFrom(this.#page, source) - 1); i < length; i++) {
      const from = Math.max(source, this.#page[i]!);
      const to = Math.min(source + pages, this.#page[i]! + this.#pages[i]!);
      if (this.#page[i]! >= source + pages) break;
      if (to <= from) continue;
      if (++this.#repeated > MAX_REPEATED) {
        this.#cut = true;
        return;
      }
      const attributes = this.#attributes[i]!;
      const moved = (attributes & RUN_CONTIGUOUS) === 0 ? 0 : (from - this.#page[i]!) * 4096;
      this.add(from - source + page, to - from, this.#physical[i]! + moved, attributes | RUN_REPEAT);
    }
  }

  done(): PageRows {
    const attributes = Int32Array.from(this.#attributes);
    const bytes = Float64Array.from(this.#pages, (pages, i) =>
      (attributes[i]! & RUN_CONTIGUOUS) === 0 ? 2 ** pageShiftOfRun(attributes[i]!) : pages * 4096,
    );
    return {
      count: attributes.length,
      page: Float64Array.from(this.#page),
      pages: Float64Array.from(this.#pages),
      physical: Float64Array.from(this.#physical),
      bytes,
      attributes,
      complete: !this.#cut,
    };
  }
}

/** Index of the first run from a page on. */
export function firstFrom(pages: ArrayLike<number>, page: number): number {
  let low = 0;
  let high = pages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pages[middle]! < page) low = middle + 1;
    else high = middle;
  }
  return low;
}
