/** Every entry that maps a page, as it stands in RAM: for those who print entries, not rights. */

import { PTE_P } from '../arch/entry.ts';
import { contextOf, type Walkable } from './context.ts';
import { entryRules, mapsPage, onBus, pageAddressIn, tableAddressIn } from './entry-rules.ts';
import { addressOf } from './page-runs.ts';
import { PageSpace } from './page-space.ts';

/** An entry that maps a page. */
export interface Leaf {
  /** The first linear address of the page. A bigint only where it does not fit a number. */
  readonly linear: number | bigint;
  /** Physical base of the page. */
  readonly physical: number;
  /** Low half of the entry, as int32. */
  readonly low: number;
  /** High half of the entry, as int32; 0 in 32-bit paging. */
  readonly high: number;
  /** log2 of the page's size. */
  readonly shift: number;
}

/**
 * All entries that map pages, in ascending order of their linear addresses, each as often as it is reached. Reserved
 * bits do not matter here: a present entry is told.
 */
export function* leavesOf(source: Walkable): Generator<Leaf> {
  const context = contextOf(source);
  const rules = entryRules(context);
  const space = new PageSpace(rules.mode, undefined);
  const { memory, pdptes } = context;
  const { entryBytes, levels } = rules;

  function* under(depth: number, table: number, page: number): Generator<Leaf> {
    const level = levels[depth]!;
    for (let index = 0; index < level.entries; index++) {
      const at = table + index * entryBytes;
      const low = level.inRegisters ? pdptes[2 * index]! : memory.loadWord(at);
      if ((low & PTE_P) === 0) continue;
      const high =
        entryBytes === 4 ? 0 : level.inRegisters ? pdptes[2 * index + 1]! : memory.loadWord(at + 4);
      const first = page + index * level.pages;
      if (mapsPage(level, low)) {
        const physical = pageAddressIn(rules, level, low, high);
        yield { linear: addressOf(space.numberOf(first)), physical, low, high, shift: level.level.shift };
      } else if (depth + 1 < levels.length) {
        yield* under(depth + 1, tableAddressIn(rules, low, high), first);
      }
    }
  }

  const root = levels[0];
  if (root === undefined) return;
  yield* under(0, onBus(rules, context.cr3 - (context.cr3 % (root.inRegisters ? 32 : 4096))), 0);
}
