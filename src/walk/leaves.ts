/** Every entry at which a walk ends, as it stands in RAM: for those who print entries, not rights. */

import { PTE_NX_HIGH, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import type { PagingLevel } from '../arch/paging-modes.ts';
import { contextOf, type Walkable } from './context.ts';
import { entryRules, mapsPage, pageAddressIn, rootTable, tableAddressIn } from './entry-rules.ts';
import { addressOf } from './page-runs.ts';
import { type AddressRange, PageSpace } from './page-space.ts';
import type { Rights } from './report.ts';

/** An entry that maps a page, or one that is not present. */
export interface Leaf {
  /** The first linear address that it stands for. A bigint only where it does not fit a number. */
  readonly linear: number | bigint;
  /** Physical base of the page; of no account where the entry is not present. */
  readonly physical: number;
  /** Low half of the entry, as int32. */
  readonly low: number;
  /** High half of the entry, as int32; 0 in 32-bit paging. */
  readonly high: number;
  /** log2 of what it stands for: where it is present, of the page's size. */
  readonly shift: number;
  /** The level it stands at. */
  readonly level: PagingLevel;
  /** What all levels together allow; of an entry that is not present, what those above it allow. */
  readonly rights: Rights;
}

/** What {@link leavesOf} may be told. */
export interface LeavesOptions {
  /** Also the entries that are not present. Default false. */
  readonly absent?: boolean | undefined;
  /** Only entries of which a part lies in it. Default: everything. */
  readonly range?: AddressRange | undefined;
}

/** NX of some level, beside `PTE_RW` and `PTE_US`. */
const NX = 1;
const ALL_RIGHTS = PTE_RW | PTE_US;
/** By bits, so that no object is made for a leaf. */
const RIGHTS: readonly Rights[] = Array.from({ length: 8 }, (_, bits) =>
  Object.freeze({
    writable: (bits & PTE_RW) !== 0,
    user: (bits & PTE_US) !== 0,
    executable: (bits & NX) === 0,
  }),
);

/**
 * All entries that map pages, in ascending order of their linear addresses, each as often as it is reached. Reserved
 * bits do not matter here: a present entry is told.
 *
 * @throws RangeError if the range is not one of addresses in ascending order.
 */
export function* leavesOf(source: Walkable, options: LeavesOptions = {}): Generator<Leaf> {
  const context = contextOf(source);
  const rules = entryRules(context);
  const space = new PageSpace(rules.mode, options.range);
  const { memory, pdptes } = context;
  const { entryBytes, levels } = rules;
  const absent = options.absent === true;

  function* under(depth: number, table: number, page: number, above: number): Generator<Leaf> {
    const level = levels[depth]!;
    const { shift } = level.level;
    const from = Math.max(0, Math.floor((space.first - page) / level.pages));
    const to = Math.min(level.entries, Math.ceil((space.end - page) / level.pages));
    for (let index = from; index < to; index++) {
      const at = table + index * entryBytes;
      const low = level.inRegisters ? pdptes[2 * index]! : memory.loadWord(at);
      const present = (low & PTE_P) !== 0;
      if (!present && !absent) continue;
      const high =
        entryBytes === 4 ? 0 : level.inRegisters ? pdptes[2 * index + 1]! : memory.loadWord(at + 4);
      const first = page + index * level.pages;
      const noExecute = rules.noExecute && (high & PTE_NX_HIGH) !== 0 ? NX : 0;
      const own = level.inRegisters || !present ? ALL_RIGHTS : (low & ALL_RIGHTS) | noExecute;
      const bits = (above & own & ALL_RIGHTS) | ((above | own) & NX);
      if (!present || mapsPage(level, low)) {
        const physical = present ? pageAddressIn(rules, level, low, high) : 0;
        const linear = addressOf(space.numberOf(first));
        yield { linear, physical, low, high, shift, level: level.level, rights: RIGHTS[bits]! };
      } else if (depth + 1 < levels.length) {
        yield* under(depth + 1, tableAddressIn(rules, low, high), first, bits);
      }
    }
  }

  if (levels.length > 0) yield* under(0, rootTable(rules, context.cr3), 0, ALL_RIGHTS);
}
