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

import * as entry from '../arch/entry.ts';
import { contextOf, type Walkable } from './context.ts';
import { type EntryRules, entryRules, mapsPage, rootTable, tableAddressIn } from './entry-rules.ts';
import { type LeafOptions, type LeafTable, leafRuns, note } from './leaf-runs.ts';
import { type AddressRange, PageSpace } from './page-space.ts';
import * as run from './run-attributes.ts';
import * as runRows from './run-rows.ts';
import { type Pages, Subtrees } from './subtrees.ts';
import { TableReader } from './table-reader.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PTE_A, PTE_D, PTE_P, PTE_RW, PTE_US } = entry;
const { RUN_NX, RUN_REPEAT } = run;
const { BATCH } = runRows;

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

/** A table on the way from the root to where the scan is now. */
class OpenTable implements LeafTable {
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
  readonly page: Float64Array;
  /** By run: how many pages it has, of the run's page size. For a repeat, of 4 KiB. */
  readonly pages: Float64Array;
  /** By run: the physical address of its first byte. For a repeat, that of the table. */
  readonly physical: Float64Array;
  /** By run: rights, cache bits and so on, as `run-attributes.ts` lays them out. */
  readonly attributes: Int32Array;
  /** By run: how many of its pages have A set in the leaf. */
  readonly accessed: Float64Array;
  /** By run: how many of its pages have D set in the leaf. */
  readonly dirty: Float64Array;
  /** By repeat: the first linear page / 4096 of where the same was listed. */
  readonly source: Float64Array;

  readonly #rows: runRows.RunRows;
  readonly #rules: EntryRules;
  readonly #space: PageSpace;
  readonly #reader: TableReader;
  readonly #tables: OpenTable[];
  readonly #subtrees = new Subtrees();
  readonly #leaves: LeafOptions;
  readonly #marks: boolean;
  /** The table that the scan is in; -1: it has ended. */
  #depth = -1;

  /** @throws RangeError if the range is not one of addresses in ascending order. */
  constructor(source: Walkable, options: PageScanOptions = {}) {
    const context = contextOf(source);
    this.#rules = entryRules(context);
    this.#space = new PageSpace(this.#rules.mode, options.range);
    this.#reader = new TableReader(context.memory);
    this.#tables = this.#rules.levels.map(() => new OpenTable());
    this.#rows = new runRows.RunRows(options.contiguous ?? false);
    ({
      page: this.page,
      pages: this.pages,
      physical: this.physical,
      attributes: this.attributes,
      accessed: this.accessed,
      dirty: this.dirty,
    } = this.#rows);
    this.source = new Float64Array(this.page.length);
    this.#leaves = {
      accessedDirty: options.accessedDirty ? PTE_A | PTE_D : 0,
      allLines: context.cpu.addressLines === undefined,
    };
    this.#marks = options.repeats === 'mark';
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
    const rows = this.#rows;
    rows.begin();
    while (this.#depth >= 0 && rows.count < BATCH) this.#scan();
    if (this.#depth < 0) rows.complete();
    return rows.count;
  }

  /** Goes through the innermost table, until it ends, leads to another, or the batch is full. */
  #scan(): void {
    const depth = this.#depth;
    const table = this.#tables[depth]!;
    const level = this.#rules.levels[depth]!;
    const wide = this.#rules.entryBytes === 8;
    const { words, base, end } = table;
    let i = table.index;
    const rows = this.#rows;
    while (i < end && rows.count < BATCH) {
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
        // Counted without the hole in the middle, pages of a table are consecutive in either space.
        const page = this.#space.numberOf(table.page);
        i = leafRuns(table, level, this.#rules, i, page, rows, this.#leaves);
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
    if (found !== undefined && found.pages * runRows.pageBytes(found.attributes) !== entries * bytes)
      table.mixed = true;
    const parent = this.#tables[depth - 1];
    if (parent === undefined) return;
    const uniform = table.mixed ? undefined : found;
    if (uniform !== undefined) note(parent, uniform, this.#rows.contiguous);
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
    const rows = this.#rows;
    if (uniform !== undefined) {
      const row = rows.newRow();
      this.page[row] = this.#space.numberOf(page);
      rows.setPages(row, uniform);
      note(parent, uniform, rows.contiguous);
      rows.join(row, runRows.pageBytes(uniform.attributes));
      return true;
    }
    if (!this.#marks) return false;
    parent.mixed = true;
    rows.complete();
    const row = rows.count++;
    this.page[row] = this.#space.numberOf(page);
    this.pages[row] = entries * pages;
    this.physical[row] = address;
    this.attributes[row] = RUN_REPEAT;
    this.accessed[row] = 0;
    this.dirty[row] = 0;
    this.source[row] = this.#space.numberOf(subtree.page);
    return true;
  }
}

/** `PTE_RW`, `PTE_US` and `RUN_NX` after one more entry. */
function combine(rules: EntryRules, rights: number, low: number, high: number): number {
  const executable = !rules.noExecute || high >= 0;
  return (rights & low & (PTE_RW | PTE_US)) | (rights & RUN_NX) | (executable ? 0 : RUN_NX);
}
