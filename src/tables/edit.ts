/**
 * One change of the tables: planned over the whole range first, then written. Both passes take the same decisions,
 * since no table of the range is reached twice.
 *
 * Above the pages of 4 KiB, entries are decided on one by one. Those pages themselves, of which there are many, are
 * checked and written as runs, one in each table; see `page-run.ts`. Where a change concerns nothing but runs in tables
 * that are there, as most do, they are noted when they are planned, and no decision is taken twice.
 */

import { formatAddress, PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { PTE_NX_HIGH, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import type { PagingLevel } from '../arch/paging-modes.ts';
import { type Below, NOTHING_BELOW, type TableBelow } from './below.ts';
import { type Entry, NO_ENTRY } from './entry-format.ts';
import type { FrameSource } from './frame-source.ts';
import { linearText, type PageRange } from './linear-pages.ts';
import { MapError } from './map-error.ts';
import { acceptsRun, changeRun, type PageRule } from './page-run.ts';
import { type Slot, Slots, spanOf } from './slots.ts';
import type { TableMemory } from './table-memory.ts';

/** What to do with an entry: another value, or nothing, or look at what is below it. */
export type Decision = Entry | 'keep' | 'descend';

/** A kind of change. */
export interface Change {
  /** Rights that entries above a page must grant. */
  readonly needs: { readonly writable: boolean; readonly user: boolean; readonly executable: boolean };
  /** Tables that the change empties are given back. */
  readonly prunes: boolean;
  /**
   * Decides on an entry. Depends on the entry alone, and throws for what is refused.
   */
  decide(entry: Entry, slot: Slot, below: Below): Decision;
  /**
   * The same for pages of 4 KiB in one table, all at once.
   * @returns undefined where they are to be decided on one by one.
   */
  pageRule(first: number, pages: number): PageRule | undefined;
}

/** A table as the plan sees it: in RAM, or one that is to be made, empty or out of the parts of a large page. */
type View =
  | { readonly kind: 'ram'; readonly table: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'parts'; readonly leaf: Entry; readonly parent: PagingLevel };

const EMPTY: View = { kind: 'empty' };

/** Pages of one table that change. */
interface Run {
  /** Physical address of the first page's entry. */
  readonly entryAddress: number;
  readonly pages: number;
  readonly rule: PageRule;
}

/** Plans a change of a range, and makes it. */
export class Edit {
  readonly #tables: TableMemory;
  readonly #change: Change;
  readonly #below: TableBelow;
  /** The runs of a plan that has nothing else; undefined as soon as there is something else. */
  #runs: Run[] | undefined;

  /** @param below - Of these tables: one for all edits, since most ask it nothing. */
  constructor(tables: TableMemory, change: Change, below: TableBelow) {
    this.#tables = tables;
    this.#change = change;
    this.#below = below;
    // Whether tables become empty is to be seen when all is written.
    this.#runs = change.prunes ? undefined : [];
  }

  /**
   * Goes through the whole change without writing.
   * @returns How many tables it makes.
   * @throws MapError
   */
  plan(range: PageRange): number {
    return this.#plan({ kind: 'ram', table: this.#tables.root }, 0, range);
  }

  /** Makes a change that was planned. `frames` has enough to spare. */
  apply(range: PageRange, frames: FrameSource): void {
    if (this.#runs === undefined) this.#apply(this.#tables.root, 0, range, frames);
    else
      for (const { entryAddress, pages, rule } of this.#runs)
        changeRun(this.#tables, entryAddress, pages, rule);
  }

  #plan(view: View, depth: number, range: PageRange): number {
    const level = this.#tables.levels[depth]!;
    if (level.shift === PAGE_SHIFT && this.#planRun(view, level, range)) return 0;
    let made = 0;
    for (const slot = new Slots(level, range); slot.next(); ) {
      const entry = this.#entryIn(view, slot.level, slot.index);
      const entryAddress =
        view.kind === 'ram' ? this.#tables.entryAddress(view.table, slot.index) : undefined;
      const decision = this.#decide(entry, slot, depth, entryAddress);
      if (decision === 'keep') continue;
      const child = decision === 'descend' ? this.#childOf(entry, slot, entryAddress) : undefined;
      if (child?.kind !== 'ram') this.#runs = undefined;
      if (child === undefined) continue;
      if (child.kind !== 'ram') made++;
      made += this.#plan(child, depth + 1, slot);
    }
    return made;
  }

  /** Plans the pages of one table at once. @returns false if they have to be decided on one by one. */
  #planRun(view: View, level: PagingLevel, { first, end }: PageRange): boolean {
    const rule = this.#change.pageRule(first, end - first);
    if (rule === undefined) return false;
    if (view.kind === 'empty') return rule.present !== true;
    if (view.kind === 'parts') return rule.present !== false;
    const entryAddress = this.#tables.entryAddress(view.table, first & ((1 << level.indexBits) - 1));
    if (!acceptsRun(this.#tables, entryAddress, end - first, rule)) return false;
    this.#runs?.push({ entryAddress, pages: end - first, rule });
    return true;
  }

  #apply(table: number, depth: number, range: PageRange, frames: FrameSource): void {
    const tables = this.#tables;
    const level = tables.levels[depth]!;
    const pages = range.end - range.first;
    const rule = level.shift === PAGE_SHIFT ? this.#change.pageRule(range.first, pages) : undefined;
    if (rule !== undefined) {
      // The plan has checked them.
      changeRun(tables, tables.entryAddress(table, range.first & ((1 << level.indexBits) - 1)), pages, rule);
      return;
    }
    for (const slot = new Slots(level, range); slot.next(); ) {
      const entryAddress = tables.entryAddress(table, slot.index);
      const entry = tables.load(entryAddress);
      const decision = this.#decide(entry, slot, depth, entryAddress);
      if (decision === 'keep') continue;
      if (decision !== 'descend') {
        tables.store(entryAddress, decision);
        this.#forget(entry, slot, entryAddress, depth, frames);
        continue;
      }
      const child = this.#childOf(entry, slot, entryAddress);
      if (child.kind === 'ram') {
        this.#apply(child.table, depth + 1, slot, frames);
        if (this.#change.prunes && tables.isZero(child.table, depth + 1)) {
          tables.store(entryAddress, NO_ENTRY);
          this.#release(child.table, frames);
        }
      } else {
        // The new table is whole before anything leads to it.
        const made = this.#make(child, depth + 1, frames);
        tables.add(made, entryAddress);
        this.#apply(made, depth + 1, slot, frames);
        tables.store(entryAddress, tables.format.link(made, slot.level));
      }
    }
  }

  #entryIn(view: View, level: PagingLevel, index: number): Entry {
    switch (view.kind) {
      case 'ram':
        return this.#tables.load(this.#tables.entryAddress(view.table, index));
      case 'empty':
        return NO_ENTRY;
      case 'parts':
        return this.#tables.format.part(view.leaf, view.parent, level, index);
    }
  }

  #decide(entry: Entry, slot: Slot, depth: number, entryAddress: number | undefined): Decision {
    if (entryAddress === undefined || !this.#isLink(entry, slot.level)) {
      return this.#change.decide(entry, slot, NOTHING_BELOW);
    }
    const below = this.#below;
    below.entryAddress = entryAddress;
    below.table = this.#tables.format.tableAddress(entry);
    below.depth = depth + 1;
    below.slot = slot;
    return this.#change.decide(entry, slot, below);
  }

  #isLink(entry: Entry, level: PagingLevel): boolean {
    return this.#tables.isLink(entry, level);
  }

  /** What is below an entry into which the change descends. @throws MapError if nothing may be changed there. */
  #childOf(entry: Entry, slot: Slot, entryAddress: number | undefined): View {
    const { format } = this.#tables;
    if ((entry.low & PTE_P) === 0) return EMPTY;
    if (format.isLeaf(entry, slot.level)) {
      this.#checkSplit(entry, slot);
      return { kind: 'parts', leaf: entry, parent: slot.level };
    }
    const table = format.tableAddress(entry);
    if (format.isMalformed(entry, slot.level)) {
      throw new MapError(
        'malformed-table',
        `${this.#nameOf(slot, entryAddress)} has PS set, which is reserved there; clear it first`,
      );
    }
    if (!this.#tables.isFrame(table)) {
      throw new MapError(
        'malformed-table',
        `${this.#nameOf(slot, entryAddress)} leads to ${formatAddress(table)}, where there is no RAM`,
      );
    }
    if (!this.#tables.owns(entryAddress ?? 0, table)) {
      throw new MapError(
        'shared-table',
        `${this.#nameOf(slot, entryAddress)} leads to the table at ${formatAddress(table)}, to which another entry leads too: ` +
          'a change there would change other linear addresses; give this one a table of its own first',
      );
    }
    this.#checkRights(entry, slot, entryAddress);
    return { kind: 'ram', table };
  }

  /** An entry that leads to a table, to begin a sentence with. */
  #nameOf({ level, first }: Slot, entryAddress: number | undefined): string {
    return `the ${level.kind} at ${formatAddress(entryAddress ?? 0)}, above linear address ${this.#linear(first)},`;
  }

  #checkSplit(leaf: Entry, slot: Slot): void {
    const { format, levels } = this.#tables;
    const physical = format.pageAddress(leaf, slot.level);
    const child = levels[levels.indexOf(slot.level) + 1]!;
    if (physical < format.physicalLimit(child)) return;
    throw new MapError(
      'cannot-split',
      `the page at linear address ${this.#linear(slot.first)} maps ${formatAddress(physical)}: above ` +
        `${formatAddress(format.physicalLimit(child))} there are only pages of ${2 ** slot.level.shift} bytes; change it whole`,
    );
  }

  #checkRights(entry: Entry, slot: Slot, entryAddress: number | undefined): void {
    // A PDPTE of PAE has no rights to withhold.
    if (this.#tables.format.mode === 'PAE' && slot.level.kind === 'PDPTE') return;
    const { writable, user, executable } = this.#change.needs;
    const noWrites = writable && (entry.low & PTE_RW) === 0;
    const noUser = user && (entry.low & PTE_US) === 0;
    const noFetches = executable && (entry.high & PTE_NX_HIGH) !== 0;
    if (!noWrites && !noUser && !noFetches) return;
    const missing = [
      noWrites ? 'RW clear, so that no page below it is writable' : '',
      noUser ? 'US clear, so that no page below it is open to user mode' : '',
      noFetches ? 'NX set, so that no page below it is executable' : '',
    ].filter((text) => text !== '');
    throw new MapError(
      'forbidden-above',
      `${this.#nameOf(slot, entryAddress)} has ${missing.join(', and ')}`,
    );
  }

  /** Makes a table of what the plan saw. */
  #make(view: View, depth: number, frames: FrameSource): number {
    const tables = this.#tables;
    const frame = frames.take();
    const table = frame * PAGE_SIZE;
    if (view.kind !== 'parts') {
      tables.clear(frame);
      return table;
    }
    const { leaf, parent } = view;
    const level = tables.levels[depth]!;
    // The parts lie in a row inside the large page, and so never on both sides of 4 GiB.
    const set = tables.format.part(leaf, parent, level, 0);
    changeRun(tables, table, 2 ** level.indexBits, {
      present: false,
      keep: NO_ENTRY,
      set,
      step: spanOf(level) * PAGE_SIZE,
    });
    return table;
  }

  /** After an entry was replaced: gives back the tables that only it led to. */
  #forget(old: Entry, slot: Slot, entryAddress: number, depth: number, frames: FrameSource): void {
    const tables = this.#tables;
    if (!this.#isLink(old, slot.level)) return;
    const table = tables.format.tableAddress(old);
    if (tables.owns(entryAddress, table)) this.#releaseTree(table, depth + 1, frames);
    else tables.scan();
  }

  #releaseTree(table: number, depth: number, frames: FrameSource): void {
    const tables = this.#tables;
    const level = tables.levels[depth]!;
    for (let index = 0; depth < tables.levels.length - 1 && index < 2 ** level.indexBits; index++) {
      const entry = tables.load(tables.entryAddress(table, index));
      if (this.#isLink(entry, level)) this.#releaseTree(tables.format.tableAddress(entry), depth + 1, frames);
    }
    this.#release(table, frames);
  }

  #release(table: number, frames: FrameSource): void {
    this.#tables.remove(table);
    frames.release(table / PAGE_SIZE);
  }

  #linear(page: number): string {
    return linearText(this.#tables.format.mode, page);
  }
}
