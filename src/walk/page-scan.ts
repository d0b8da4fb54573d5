/**
 * Every mapped page of an address space, folded into runs of pages that are mapped alike: what maps, searches and
 * proofs stand on. One pass over the tables, in ascending order, in any paging mode, over any memory.
 *
 * It is made for speed: runs are rows of typed arrays, a page costs a comparison or two, and nothing is allocated
 * for a page or a run. `page-runs.ts` gives the same as objects.
 *
 * What lies under a table is remembered, by level and inherited rights. Where the same subtree is met again, as in
 * self-maps and in tables that many entries share, and its pages are one run, it costs no second walk: so 2^36 pages
 * that one table maps through itself are found at once. A subtree of many runs can be left out by a reference to its
 * first occurrence (`repeats: 'mark'`), which bounds the work whatever the tables.
 */

import { PAGE_SIZE } from '../arch/address.ts';
import * as entry from '../arch/entry.ts';
import { contextOf, type Walkable } from './context.ts';
import {
  type EntryRules,
  entryRules,
  type LevelRules,
  mapsPage,
  pageAddressIn,
  rootTable,
  tableAddressIn,
} from './entry-rules.ts';
import { consecutive32, consecutive64, same32, same64 } from './look-ahead.ts';
import { type AddressRange, PageSpace } from './page-space.ts';
import * as run from './run-attributes.ts';
import { type Pages, Subtrees } from './subtrees.ts';
import { TableReader } from './table-reader.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PTE_A, PTE_D, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH, PTE_NX_HIGH, PTE_P } = entry;
const { PTE_PAT, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } = entry;
const { RUN_CONTIGUOUS, RUN_KEYED, RUN_KEY_SHIFT, RUN_NX, RUN_ONE_FRAME, RUN_REPEAT, RUN_SIZE_SHIFT } = run;

/** What a {@link PageScan} may be told. */
export interface PageScanOptions {
  /** Only pages that overlap this range; a large page at its border is reported whole. Default: everything. */
  readonly range?: AddressRange | undefined;
  /** Also ends a run where physical addresses are neither consecutive nor all the same. Default false. */
  readonly contiguous?: boolean | undefined;
  /** Also ends a run where A or D changes from leaf to leaf. Default false: they are counted. */
  readonly accessedDirty?: boolean | undefined;
  /**
   * What to do with a subtree of several runs that was listed before: list it again (`expand`, the default), or give
   * one record for it, with `RUN_REPEAT` (`mark`).
   */
  readonly repeats?: 'expand' | 'mark' | undefined;
}

/** Runs in a batch. */
const BATCH = 1024;
/** Room for those that one step adds beyond it: a run that ends, a reference, and a run that may still grow. */
const ROWS = BATCH + 2;
/** By log2 of a page's size, its size: a power costs a call. */
const PAGE_BYTES = Array.from({ length: 32 }, (_, shift) => 2 ** shift);
const LAYOUT = RUN_CONTIGUOUS | RUN_ONE_FRAME;

/** A table on the way from the root to where the scan is now. */
class OpenTable {
  /** Holds the table where its memory has no array of it. */
  copy: Int32Array | undefined;
  words: Int32Array = new Int32Array(0);
  /** Index in `words` of its first entry. */
  base = 0;
  /** The entry to look at next. */
  index = 0;
  /** The first entry that is no longer of interest. */
  end = 0;
  address = 0;
  /** The linear page that its first entry stands for; in long mode counted without the canonical hole. */
  page = 0;
  /** `PTE_RW`, `PTE_US` and `RUN_NX` as the levels above leave them. */
  rights = 0;
  /** All of its range is asked for. */
  whole = false;
  /** The pages found so far, while they are mapped alike; undefined: none was found. */
  found: Pages | undefined;
  /** They are not. */
  mixed = false;
}

/**
 * Lists all pages, in batches.
 *
 * @example
 * const scan = new PageScan(mmu, { range: { start: 0xc000_0000, end: 0x1_0000_0000 } });
 * for (let count = scan.next(); count > 0; count = scan.next()) {
 *   for (let i = 0; i < count; i++) total += scan.pages[i];
 * }
 */
export class PageScan {
  /** By run: its first linear address / 4096. In long mode that of the unsigned 64-bit address. */
  readonly page: Float64Array = new Float64Array(ROWS);
  /** By run: how many pages it has, of the run's page size. For a repeat, of 4 KiB. */
  readonly pages: Float64Array = new Float64Array(ROWS);
  /** By run: the physical address of its first byte. For a repeat, that of the table. */
  readonly physical: Float64Array = new Float64Array(ROWS);
  /** By run: rights, cache bits and so on, as `run-attributes.ts` lays them out. */
  readonly attributes: Int32Array = new Int32Array(ROWS);
  /** By run: how many of its pages have A set in the leaf. */
  readonly accessed: Float64Array = new Float64Array(ROWS);
  /** By run: how many of its pages have D set in the leaf. */
  readonly dirty: Float64Array = new Float64Array(ROWS);
  /** By repeat: the first linear page / 4096 of where the same was listed. */
  readonly source: Float64Array = new Float64Array(ROWS);

  /** By run: the physical address of its last page; of no account where they are scattered. */
  readonly #last = new Float64Array(ROWS);

  readonly #rules: EntryRules;
  readonly #space: PageSpace;
  readonly #reader: TableReader;
  readonly #tables: OpenTable[];
  readonly #subtrees = new Subtrees();
  readonly #contiguous: boolean;
  readonly #accessedDirty: number;
  readonly #marks: boolean;
  /** Entries that look consecutive are. Not so where the board lacks address lines. */
  readonly #allLines: boolean;
  /** The table that the scan is in; -1: it has ended. */
  #depth = -1;
  /** How many runs are complete. */
  #count = 0;
  /** The row after them holds a run that may still grow. */
  #growing = false;

  /** @throws RangeError if the range is not one of addresses in ascending order. */
  constructor(source: Walkable, options: PageScanOptions = {}) {
    const context = contextOf(source);
    this.#rules = entryRules(context);
    this.#space = new PageSpace(this.#rules.mode, options.range);
    this.#reader = new TableReader(context.memory);
    this.#tables = this.#rules.levels.map(() => new OpenTable());
    this.#contiguous = options.contiguous ?? false;
    this.#accessedDirty = options.accessedDirty ? PTE_A | PTE_D : 0;
    this.#marks = options.repeats === 'mark';
    this.#allLines = context.cpu.addressLines === undefined;
    const root = this.#rules.levels[0];
    if (root === undefined || this.#space.first >= this.#space.end) return;
    const rights = PTE_RW | PTE_US;
    if (root.inRegisters) this.#open(0, 0, rights, 0, context.pdptes);
    else this.#open(0, rootTable(this.#rules, context.cr3), rights, 0, undefined);
  }

  /**
   * Goes on to the next batch of runs, in rows 0 up of the arrays. The one before is overwritten.
   * @returns How many there are; 0: that was all.
   */
  next(): number {
    if (this.#growing && this.#count > 0) this.#moveRow(this.#count, 0);
    this.#count = 0;
    while (this.#depth >= 0 && this.#count < BATCH) this.#scan();
    if (this.#depth < 0) this.#complete();
    return this.#count;
  }

  /** Goes through the innermost table, until it ends, leads to another, or the batch is full. */
  #scan(): void {
    const depth = this.#depth;
    const table = this.#tables[depth]!;
    const level = this.#rules.levels[depth]!;
    const wide = this.#rules.entryBytes === 8;
    const { words, base, end } = table;
    let i = table.index;
    while (i < end && this.#count < BATCH) {
      const at = wide ? base + 2 * i : base + i;
      const low = words[at]!;
      if ((low & PTE_P) === 0) {
        i++;
        continue;
      }
      const high = wide ? words[at + 1]! : 0;
      const leaf = mapsPage(level, low);
      const reserved = leaf ? level.reservedPage : level.reservedTable;
      if ((low & reserved) !== 0 || (high & level.reservedHigh) !== 0) {
        i++;
      } else if (leaf) {
        i = this.#runFrom(table, level, i, low, high);
      } else {
        const rights = level.inRegisters ? table.rights : combine(this.#rules, table.rights, low, high);
        const address = tableAddressIn(this.#rules, low, high);
        const page = table.page + i * level.pages;
        i++;
        table.index = i;
        if (!this.#known(table, depth + 1, address, rights, page)) {
          this.#open(depth + 1, address, rights, page, undefined);
          return;
        }
      }
    }
    table.index = i;
    if (i >= end) this.#leave(table);
  }

  /** Adds the pages from entry `i` on that are mapped alike. @returns The entry after them. */
  #runFrom(table: OpenTable, level: LevelRules, i: number, low: number, high: number): number {
    const rules = this.#rules;
    const { words, base, rights } = table;
    const wide = rules.entryBytes === 8;
    const stride = wide ? 2 : 1;
    const { bytes } = level;
    const { shift } = level.level;
    const start = base + i * stride;
    const end = base + table.end * stride;
    const keyed = (low & rights & PTE_US) !== 0 ? rules.userKeys : rules.supervisorKeys;
    const first = pageAddressIn(rules, level, low, high);

    let attributes =
      (shift << RUN_SIZE_SHIFT) |
      (low & (PTE_PWT | PTE_PCD | rules.globalBit | this.#accessedDirty)) |
      (low & rights & (PTE_RW | PTE_US)) |
      (rights & RUN_NX);
    if ((low & level.patBit) !== 0) attributes |= PTE_PAT;
    if (rules.noExecute && high < 0) attributes |= RUN_NX;
    if (keyed) attributes |= RUN_KEYED | (((high & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH) << RUN_KEY_SHIFT);

    // Long runs first: entries that differ by their frame alone, each from the one before, or not at all.
    let layout = RUN_CONTIGUOUS | RUN_ONE_FRAME;
    let at = start + stride;
    if (this.#allLines) {
      // The address part of the low half must not run over.
      const limit = Math.min(end, start + ((-1 >>> shift) + 1 - (low >>> shift)) * stride);
      at = wide
        ? consecutive64(words, at, limit, low, high, 1 << shift)
        : consecutive32(words, at, limit, low, 1 << shift);
      if (at > start + stride) layout = RUN_CONTIGUOUS;
    }
    if (at === start + stride) {
      at = wide ? same64(words, at, end, low, high) : same32(words, at, end, low);
      if (at > start + stride) layout = RUN_ONE_FRAME;
    }
    let pages = (at - start) / stride;
    let accessed = (low & PTE_A) !== 0 ? pages : 0;
    let dirty = (low & PTE_D) !== 0 ? pages : 0;
    let last = layout === RUN_CONTIGUOUS ? first + (pages - 1) * bytes : first;

    // Then all that are mapped alike.
    const likeLow = level.alike | this.#accessedDirty | (rights & (PTE_RW | PTE_US));
    const likeHigh =
      level.reservedHigh |
      (rules.noExecute && (rights & RUN_NX) === 0 ? PTE_NX_HIGH : 0) |
      (keyed ? PTE_KEY_HIGH : 0);
    for (; at < end; at += stride) {
      const nextLow = words[at]!;
      if (((nextLow ^ low) & likeLow) !== 0) break;
      const nextHigh = wide ? words[at + 1]! : 0;
      if (((nextHigh ^ high) & likeHigh) !== 0) break;
      const physical = pageAddressIn(rules, level, nextLow, nextHigh);
      const still = layout & layoutWith(first, last, physical, bytes);
      if (still === 0) break;
      layout = still;
      last = physical;
      pages++;
      if ((nextLow & PTE_A) !== 0) accessed++;
      if ((nextLow & PTE_D) !== 0) dirty++;
    }
    if (at < end && !this.#contiguous) {
      // Where they lie does not matter any more, if there are more.
      const scattered = at;
      let setA = 0;
      let setD = 0;
      if (wide) {
        for (; at < end; at += 2) {
          const next = words[at]!;
          if ((((next ^ low) & likeLow) | ((words[at + 1]! ^ high) & likeHigh)) !== 0) break;
          setA += next & PTE_A;
          setD += next & PTE_D;
        }
      } else {
        for (; at < end; at++) {
          const next = words[at]!;
          if (((next ^ low) & likeLow) !== 0) break;
          setA += next & PTE_A;
          setD += next & PTE_D;
        }
      }
      if (at > scattered) {
        layout = 0;
        pages += (at - scattered) / stride;
        accessed += setA / PTE_A;
        dirty += setD / PTE_D;
      }
    }
    const row = this.#newRow();
    let page = this.#space.numberOf(table.page + i * level.pages);
    this.page[row] = page;
    this.pages[row] = pages;
    this.physical[row] = first;
    this.#last[row] = last;
    this.attributes[row] = attributes | layout;
    this.accessed[row] = accessed;
    this.dirty[row] = dirty;
    if (!table.mixed) this.#note(table, this.#pagesIn(row));
    this.#join(row, bytes);
    if (pages > 1 || !this.#contiguous) return i + pages;

    // Scattered pages, of which each is a run: no more to find out than where they lie.
    for (; at < end && this.#count < BATCH; at += stride) {
      const nextLow = words[at]!;
      if (((nextLow ^ low) & likeLow) !== 0) break;
      const nextHigh = wide ? words[at + 1]! : 0;
      if (((nextHigh ^ high) & likeHigh) !== 0) break;
      const physical = pageAddressIn(rules, level, nextLow, nextHigh);
      if (layoutWith(last, last, physical, bytes) !== 0) break;
      this.#complete();
      this.#growing = true;
      const next = this.#count;
      page += level.pages;
      this.page[next] = page;
      this.pages[next] = 1;
      this.physical[next] = physical;
      this.#last[next] = physical;
      this.attributes[next] = attributes | LAYOUT;
      this.accessed[next] = (nextLow & PTE_A) / PTE_A;
      this.dirty[next] = (nextLow & PTE_D) / PTE_D;
      table.mixed = true;
      last = physical;
    }
    return (at - base) / stride;
  }

  /** Enters a table. */
  #open(
    depth: number,
    address: number,
    rights: number,
    page: number,
    registers: Int32Array | undefined,
  ): void {
    const table = this.#tables[depth]!;
    const { entries, pages } = this.#rules.levels[depth]!;
    if (registers === undefined) {
      table.words = this.#reader.read(address, table);
      table.base = this.#reader.base;
    } else {
      table.words = registers;
      table.base = 0;
    }
    const { first, end } = this.#space;
    table.index = first <= page ? 0 : Math.floor((first - page) / pages);
    table.end = Math.min(entries, Math.ceil((end - page) / pages));
    table.whole = first <= page && page + entries * pages <= end;
    table.address = address;
    table.page = page;
    table.rights = rights;
    table.found = undefined;
    table.mixed = false;
    this.#depth = depth;
  }

  /** Leaves a table that is done, and remembers what lies under it. */
  #leave(table: OpenTable): void {
    const depth = this.#depth--;
    const { found } = table;
    const { entries, bytes } = this.#rules.levels[depth]!;
    const mapped = found !== undefined || table.mixed;
    if (found !== undefined && found.pages * pageBytes(found.attributes) !== entries * bytes)
      table.mixed = true;
    const parent = this.#tables[depth - 1];
    if (parent === undefined) return;
    const uniform = table.mixed ? undefined : found;
    if (uniform !== undefined) this.#note(parent, uniform);
    else if (mapped) parent.mixed = true;
    if (table.whole) {
      this.#subtrees.add(depth, table.rights, table.address, { mapped, uniform, page: table.page });
    }
  }

  /** Lists a subtree without a walk, if it was met before. @returns Whether it did. */
  #known(parent: OpenTable, depth: number, address: number, rights: number, page: number): boolean {
    const { entries, pages } = this.#rules.levels[depth]!;
    if (page < this.#space.first || page + entries * pages > this.#space.end) return false;
    const subtree = this.#subtrees.find(depth, rights, address);
    if (subtree === undefined) return false;
    if (!subtree.mapped) return true;
    const { uniform } = subtree;
    if (uniform !== undefined) {
      const row = this.#newRow();
      this.page[row] = this.#space.numberOf(page);
      this.pages[row] = uniform.pages;
      this.physical[row] = uniform.physical;
      this.#last[row] = uniform.last;
      this.attributes[row] = uniform.attributes;
      this.accessed[row] = uniform.accessed;
      this.dirty[row] = uniform.dirty;
      this.#note(parent, uniform);
      this.#join(row, pageBytes(uniform.attributes));
      return true;
    }
    if (!this.#marks) return false;
    parent.mixed = true;
    this.#complete();
    const row = this.#count++;
    this.page[row] = this.#space.numberOf(page);
    this.pages[row] = entries * pages;
    this.physical[row] = address;
    this.attributes[row] = RUN_REPEAT;
    this.accessed[row] = 0;
    this.dirty[row] = 0;
    this.source[row] = this.#space.numberOf(subtree.page);
    return true;
  }

  /** The row for pages that were found. */
  #newRow(): number {
    return this.#growing ? this.#count + 1 : this.#count;
  }

  /** Joins the pages in a new row to the run before, if they belong to it; else that one is complete. */
  #join(row: number, bytes: number): void {
    if (this.#growing) {
      const before = row - 1;
      const { page, pages, physical, attributes, accessed, dirty } = this;
      const last = this.#last;
      if (
        page[row] === page[before]! + pages[before]! * (bytes / PAGE_SIZE) &&
        ((attributes[before]! ^ attributes[row]!) & ~LAYOUT) === 0
      ) {
        const both = attributes[before]! & attributes[row]!;
        const layout = both & layoutWith(physical[before]!, last[before]!, physical[row]!, bytes);
        if (layout !== 0 || !this.#contiguous) {
          attributes[before] = (attributes[before]! & ~LAYOUT) | layout;
          pages[before]! += pages[row]!;
          last[before] = last[row]!;
          accessed[before]! += accessed[row]!;
          dirty[before]! += dirty[row]!;
          return;
        }
      }
      this.#complete();
    }
    this.#growing = true;
  }

  /** The run that could still grow, if there is one, does not. */
  #complete(): void {
    if (!this.#growing) return;
    const row = this.#count++;
    const { pages, attributes, accessed, dirty } = this;
    if (accessed[row] === pages[row]) attributes[row]! |= PTE_A;
    if (dirty[row] === pages[row]) attributes[row]! |= PTE_D;
    this.#growing = false;
  }

  #moveRow(from: number, to: number): void {
    const { page, pages, physical, attributes, accessed, dirty } = this;
    for (const column of [page, pages, physical, this.#last, attributes, accessed, dirty])
      column[to] = column[from]!;
  }

  #pagesIn(row: number): Pages {
    return {
      pages: this.pages[row]!,
      physical: this.physical[row]!,
      last: this.#last[row]!,
      attributes: this.attributes[row]!,
      accessed: this.accessed[row]!,
      dirty: this.dirty[row]!,
    };
  }

  /** Adds pages to what is known of a table. */
  #note(table: OpenTable, next: Pages): void {
    if (table.mixed) return;
    table.found = table.found === undefined ? next : joined(table.found, next, this.#contiguous);
    table.mixed = table.found === undefined;
  }
}

/** `PTE_RW`, `PTE_US` and `RUN_NX` after one more entry. */
function combine(rules: EntryRules, rights: number, low: number, high: number): number {
  const executable = !rules.noExecute || high >= 0;
  return (rights & low & (PTE_RW | PTE_US)) | (rights & RUN_NX) | (executable ? 0 : RUN_NX);
}

/** How pages can lie of which the last is followed by one more: {@link RUN_CONTIGUOUS}, {@link RUN_ONE_FRAME}, neither. */
function layoutWith(first: number, last: number, next: number, bytes: number): number {
  return (next === last + bytes ? RUN_CONTIGUOUS : 0) | (next === first ? RUN_ONE_FRAME : 0);
}

/** Pages and those that follow them, if they are mapped alike. */
function joined(a: Pages, b: Pages, contiguous: boolean): Pages | undefined {
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

function pageBytes(attributes: number): number {
  return PAGE_BYTES[run.pageShiftOfRun(attributes)]!;
}
