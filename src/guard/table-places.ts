/** Where the page tables of an address space stand in it, so that a write to one is known to concern certain pages. */

import { PAGE_SIZE } from '../arch/address.ts';
import { PTE_P } from '../arch/entry.ts';
import type { WalkContext } from '../walk/context.ts';
import {
  type EntryRules,
  entryRules,
  type LevelRules,
  mapsPage,
  rootTable,
  tableAddressIn,
} from '../walk/entry-rules.ts';
import { PageSpace } from '../walk/page-space.ts';

/** One way to a table: at which depth, and the first page that its entries stand for. */
export interface Place {
  /** Levels above it. */
  readonly depth: number;
  /** The first page, counted without the hole of long mode. */
  readonly page: number;
}

/** Pages `first` to `end - 1`, by number of the 64-bit address / 4096. */
export interface PageRange {
  readonly first: number;
  readonly end: number;
}

/** Tables that map one another stand in ever more places; with more than so many, every write concerns everything. */
const MAX_PLACES = 4096;

/** All places of all tables of one root. */
export class TablePlaces {
  /** There are too many places to be told: take any write to concern all pages. */
  readonly isCut: boolean;
  /** Bytes of an entry. */
  readonly entryBytes: 4 | 8;
  readonly #rules: EntryRules;
  readonly #space: PageSpace;
  readonly #places = new Map<number, Place[]>();

  constructor(context: WalkContext) {
    const rules = entryRules(context);
    this.#rules = rules;
    this.entryBytes = rules.entryBytes;
    this.#space = new PageSpace(rules.mode, undefined);
    let count = 0;
    const visit = (address: number, depth: number, page: number): void => {
      const level = rules.levels[depth];
      if (level === undefined || count >= MAX_PLACES) return;
      count++;
      // Registers are no memory: who writes where they were loaded from changes nothing yet.
      if (!level.inRegisters) {
        const places = this.#places.get(address);
        if (places === undefined) this.#places.set(address, [{ depth, page }]);
        else places.push({ depth, page });
      }
      if (level.isLast) return;
      for (let i = 0; i < level.entries; i++) {
        const [low, high] = this.#entry(context, level, address, i);
        if (!leadsToTable(level, low)) continue;
        visit(tableAddressIn(rules, low, high), depth + 1, page + i * level.pages);
      }
    };
    visit(rootTable(rules, context.cr3), 0, 0);
    this.isCut = count >= MAX_PLACES;
  }

  /** The pages that an entry, by its physical address, stands for. */
  pagesOf(entryAddress: number): PageRange[] {
    const table = entryAddress - (entryAddress % PAGE_SIZE);
    const index = (entryAddress - table) / this.entryBytes;
    return (this.#places.get(table) ?? []).map(({ depth, page }) => {
      const { pages } = this.#rules.levels[depth]!;
      const first = this.#space.numberOf(page + index * pages);
      return { first, end: first + pages };
    });
  }

  /** Whether an entry with this low half leads to a table, wherever the table that it is in stands. */
  leadsToTable(entryAddress: number, low: number): boolean {
    const places = this.#places.get(entryAddress - (entryAddress % PAGE_SIZE)) ?? [];
    return places.some(({ depth }) => leadsToTable(this.#rules.levels[depth]!, low));
  }

  #entry(
    { memory, pdptes }: WalkContext,
    level: LevelRules,
    table: number,
    index: number,
  ): readonly [low: number, high: number] {
    if (level.inRegisters) return [pdptes[2 * index]!, pdptes[2 * index + 1]!];
    const at = table + index * this.#rules.entryBytes;
    return [memory.loadWord(at), this.#rules.entryBytes === 8 ? memory.loadWord(at + 4) : 0];
  }
}

function leadsToTable(level: LevelRules, low: number): boolean {
  return (low & PTE_P) !== 0 && !mapsPage(level, low);
}
