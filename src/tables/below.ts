/** What lies below an entry on which a change decides. */

import { PTE_P } from '../arch/entry.ts';
import { type Slot, spanOf } from './slots.ts';
import type { TableMemory } from './table-memory.ts';

/** What a decision may ask about the table that an entry leads to. */
export interface Below {
  /** The first page number that the table maps; undefined if it maps none. */
  firstMapped(): number | undefined;
  /** The entry is the only one that leads to the table. */
  isOwn(): boolean;
}

/** Where an entry leads to no table, or is itself not in RAM yet. */
export const NOTHING_BELOW: Below = { firstMapped: () => undefined, isOwn: () => true };

/** The table below an entry that is being decided on; whoever decides sets the fields first. */
export class TableBelow implements Below {
  readonly #tables: TableMemory;
  entryAddress = 0;
  table = 0;
  depth = 0;
  slot: Slot | undefined;

  constructor(tables: TableMemory) {
    this.#tables = tables;
  }

  firstMapped(): number | undefined {
    const { first, level } = this.slot!;
    return this.#firstMapped(this.table, this.depth, first - (first % spanOf(level)));
  }

  isOwn(): boolean {
    return this.#tables.owns(this.entryAddress, this.table);
  }

  /** The first page that a table maps. Leaves aside what is malformed. */
  #firstMapped(table: number, depth: number, base: number): number | undefined {
    const tables = this.#tables;
    const level = tables.levels[depth]!;
    for (let index = 0; index < 2 ** level.indexBits; index++) {
      const entry = tables.load(tables.entryAddress(table, index));
      if ((entry.low & PTE_P) === 0) continue;
      const page = base + index * spanOf(level);
      if (!tables.isLink(entry, level)) return page;
      const child = tables.format.tableAddress(entry);
      // What is not a table of this tree's own counts as mapped: it is nothing to be given away.
      if (!tables.isFrame(child) || !tables.owns(tables.entryAddress(table, index), child)) return page;
      const mapped = this.#firstMapped(child, depth + 1, page);
      if (mapped !== undefined) return mapped;
    }
    return undefined;
  }
}
