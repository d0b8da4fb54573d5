/**
 * One change of the tables: planned over the whole range first, then written. Both passes take the same decisions,
 * since no table of the range is reached twice.
 */

import { formatAddress, PAGE_SHIFT } from '../arch/address.ts';
import { PTE_NX_HIGH, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import type { PagingLevel } from '../arch/paging-modes.ts';
import { type Entry, NO_ENTRY } from './entry-format.ts';
import type { FrameSource } from './frame-source.ts';
import { linearText, type PageRange } from './linear-pages.ts';
import { MapError } from './map-error.ts';
import type { TableMemory } from './table-memory.ts';

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
class Slots implements Slot {
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
    this.span = 2 ** (level.shift - PAGE_SHIFT);
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
   * @param firstMapped - The first page that the table below the entry maps; undefined if none.
   */
  decide(entry: Entry, slot: Slot, below: Below): Decision;
}

/** What a decision may ask about the table that an entry leads to. */
export interface Below {
  /** The first page number that the table maps; undefined if it maps none. */
  firstMapped(): number | undefined;
  /** The entry is the only one that leads to the table. */
  isOwn(): boolean;
}

/** A table as the plan sees it: in RAM, or one that is to be made, empty or out of the parts of a large page. */
type View =
  | { readonly kind: 'ram'; readonly table: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'parts'; readonly leaf: Entry; readonly parent: PagingLevel };

const EMPTY: View = { kind: 'empty' };
const NOTHING_BELOW: Below = { firstMapped: () => undefined, isOwn: () => true };

/** Plans a change of a range, and makes it. */
export class Edit {
  readonly #tables: TableMemory;
  readonly #change: Change;

  constructor(tables: TableMemory, change: Change) {
    this.#tables = tables;
    this.#change = change;
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
    this.#apply(this.#tables.root, 0, range, frames);
  }

  #plan(view: View, depth: number, range: PageRange): number {
    let made = 0;
    for (const slot = new Slots(this.#tables.levels[depth]!, range); slot.next(); ) {
      const entry = this.#entryIn(view, slot.level, slot.index);
      const entryAddress =
        view.kind === 'ram' ? this.#tables.entryAddress(view.table, slot.index) : undefined;
      if (this.#decide(entry, slot, depth, entryAddress) !== 'descend') continue;
      const child = this.#childOf(entry, slot, entryAddress);
      if (child.kind !== 'ram') made++;
      made += this.#plan(child, depth + 1, slot);
    }
    return made;
  }

  #apply(table: number, depth: number, range: PageRange, frames: FrameSource): void {
    const tables = this.#tables;
    for (const slot = new Slots(this.#tables.levels[depth]!, range); slot.next(); ) {
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
    const table = this.#tables.format.tableAddress(entry);
    const span = 2 ** (slot.level.shift - 12);
    return this.#change.decide(entry, slot, {
      firstMapped: () => this.#firstMapped(table, depth + 1, slot.first - (slot.first % span)),
      isOwn: () => this.#tables.owns(entryAddress, table),
    });
  }

  #isLink(entry: Entry, level: PagingLevel): boolean {
    return (entry.low & PTE_P) !== 0 && !this.#tables.format.isLeaf(entry, level);
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
    // Composed only for an error: most of a change's time went into it.
    const name = (): string =>
      `the ${slot.level.kind} at ${formatAddress(entryAddress ?? 0)}, above linear address ${this.#linear(slot.first)},`;
    if (format.isMalformed(entry, slot.level)) {
      throw new MapError('malformed-table', `${name()} has PS set, which is reserved there; clear it first`);
    }
    if (!this.#tables.isFrame(table)) {
      throw new MapError(
        'malformed-table',
        `${name()} leads to ${formatAddress(table)}, where there is no RAM`,
      );
    }
    if (!this.#tables.owns(entryAddress ?? 0, table)) {
      throw new MapError(
        'shared-table',
        `${name()} leads to the table at ${formatAddress(table)}, to which another entry leads too: ` +
          'a change there would change other linear addresses; give this one a table of its own first',
      );
    }
    this.#checkRights(entry, slot, name);
    return { kind: 'ram', table };
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

  #checkRights(entry: Entry, slot: Slot, name: () => string): void {
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
    throw new MapError('forbidden-above', `${name()} has ${missing.join(', and ')}`);
  }

  /** The first page that a table maps. Leaves aside what is malformed. */
  #firstMapped(table: number, depth: number, base: number): number | undefined {
    const tables = this.#tables;
    const level = tables.levels[depth]!;
    for (let index = 0; index < 2 ** level.indexBits; index++) {
      const entry = tables.load(tables.entryAddress(table, index));
      if ((entry.low & PTE_P) === 0) continue;
      const page = base + index * 2 ** (level.shift - 12);
      if (!this.#isLink(entry, level)) return page;
      const child = tables.format.tableAddress(entry);
      // What is not a table of this tree's own counts as mapped: it is nothing to be given away.
      if (!tables.isFrame(child) || !tables.owns(tables.entryAddress(table, index), child)) return page;
      const mapped = this.#firstMapped(child, depth + 1, page);
      if (mapped !== undefined) return mapped;
    }
    return undefined;
  }

  /** Makes a table of what the plan saw. */
  #make(view: View, depth: number, frames: FrameSource): number {
    const tables = this.#tables;
    const frame = frames.take();
    const table = frame * 4096;
    tables.clear(frame);
    if (view.kind !== 'parts') return table;
    const level = tables.levels[depth]!;
    for (let index = 0; index < 2 ** level.indexBits; index++) {
      tables.store(tables.entryAddress(table, index), this.#entryIn(view, level, index));
    }
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
    frames.release(table / 4096);
  }

  #linear(page: number): string {
    return linearText(this.#tables.format.mode, page);
  }
}
