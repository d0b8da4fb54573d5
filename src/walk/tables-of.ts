/** The paging structures themselves: every table under a root, and what is in it. */

import { PTE_NX_HIGH, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import { fromHalves } from '../arch/linear.ts';
import type { PagingLevel } from '../arch/paging-modes.ts';
import { contextOf, type Walkable, type WalkContext } from './context.ts';
import {
  type EntryRules,
  entryRules,
  type LevelRules,
  mapsPage,
  pageAddressIn,
  rootTable,
  tableAddressIn,
} from './entry-rules.ts';
import { addressOf } from './page-runs.ts';
import { PageSpace } from './page-space.ts';
import type { Rights } from './report.ts';

/** A table under a root. */
export interface TableInfo {
  /** Physical address; of the four PDPTE registers of PAE, where CR3 points. */
  readonly address: number;
  /** The level of its entries. */
  readonly level: PagingLevel;
  /** How many levels lie above it: 0 is the root. */
  readonly depth: number;
  /** Bytes of an entry. */
  readonly entryBytes: 4 | 8;
  /** How many entries it has. */
  readonly entries: number;
  /** The first linear address that its entries stand for, where the table is met first. */
  readonly start: number | bigint;
  /** What the levels above allow. */
  readonly rights: Rights;
  /** Physical address of the entry that led to it; undefined for the root. */
  readonly parent: number | undefined;
  /** Its entries are registers, not RAM: the PDPTEs of PAE. */
  readonly inRegisters: boolean;
}

/** A present entry of a table. */
export interface TableEntry {
  /** Its index in the table. */
  readonly index: number;
  /** Its physical address. */
  readonly address: number;
  /** The raw value; a bigint only where it does not fit a number. */
  readonly value: number | bigint;
  /** What the entry does to a walk. */
  readonly leadsTo: 'table' | 'page' | 'reserved-bit';
  /** Physical base of the table or page. */
  readonly target: number;
  /** The first linear address that it stands for. */
  readonly start: number | bigint;
  /** What it allows, with the levels above. */
  readonly rights: Rights;
}

/** A table that is still to be looked at. */
interface Pending {
  readonly depth: number;
  readonly address: number;
  readonly page: number;
  readonly rights: number;
  readonly parent: number | undefined;
}

/** NX of some level, beside `PTE_RW` and `PTE_US`, in the rights of {@link Pending}. */
const NX = 1;
const ALL_RIGHTS = PTE_RW | PTE_US;

/**
 * Every table under a root, each once for a level and the rights that the levels above leave it: so tables that map
 * themselves end, and the work is bounded by the RAM. Parents come before their children, in ascending order of the
 * linear addresses. Tables where no RAM answers are told, too; all their bits read as ones.
 */
export function* tablesOf(source: Walkable): Generator<TableInfo> {
  const context = contextOf(source);
  const rules = entryRules(context);
  const root = rules.levels[0];
  if (root === undefined) return;
  const space = new PageSpace(rules.mode, undefined);
  const rootAddress = rootTable(rules, context.cr3);
  const pending: Pending[] = [
    { depth: 0, address: rootAddress, page: 0, rights: ALL_RIGHTS, parent: undefined },
  ];
  const seen = new Set<number>();
  for (let table = pending.pop(); table !== undefined; table = pending.pop()) {
    // Exact: an address is a multiple of 32 and has at most 52 bits.
    const key = (table.address / 32) * 64 + table.depth * 8 + table.rights;
    if (seen.has(key)) continue;
    seen.add(key);
    const level = rules.levels[table.depth]!;
    yield infoOf(table, level, rules, space);
    if (level.isLast) continue;
    const children: Pending[] = [];
    eachEntry(context, rules, table, (index, low, high, isPage, isReserved) => {
      if (isPage || isReserved) return;
      children.push({
        depth: table.depth + 1,
        address: tableAddressIn(rules, low, high),
        page: table.page + index * level.pages,
        rights: narrowed(rules, level, table.rights, low, high),
        parent: table.address + index * rules.entryBytes,
      });
    });
    for (const child of children.reverse()) pending.push(child);
  }
}

/**
 * The present entries of a table that {@link tablesOf} found, in ascending order.
 * @param pages - Also those that map pages, which are most of them. Default true.
 */
export function entriesOf(source: Walkable, table: TableInfo, pages = true): TableEntry[] {
  const context = contextOf(source);
  const rules = entryRules(context);
  const space = new PageSpace(rules.mode, undefined);
  const level = rules.levels[table.depth]!;
  const first = space.countedOf(table.start);
  const rights =
    (table.rights.writable ? PTE_RW : 0) |
    (table.rights.user ? PTE_US : 0) |
    (table.rights.executable ? 0 : NX);
  const entries: TableEntry[] = [];
  eachEntry(context, rules, table, (index, low, high, isPage, isReserved) => {
    if (isPage && !isReserved && !pages) return;
    entries.push({
      index,
      address: table.address + index * rules.entryBytes,
      value: fromHalves(low, high),
      leadsTo: isReserved ? 'reserved-bit' : isPage ? 'page' : 'table',
      target: isPage ? pageAddressIn(rules, level, low, high) : tableAddressIn(rules, low, high),
      start: addressOf(space.numberOf(first + index * level.pages)),
      rights: rightsOf(narrowed(rules, level, rights, low, high)),
    });
  });
  return entries;
}

/** Calls back for each present entry of a table. */
function eachEntry(
  { memory, pdptes }: WalkContext,
  rules: EntryRules,
  { depth, address }: { readonly depth: number; readonly address: number },
  visit: (index: number, low: number, high: number, isPage: boolean, isReserved: boolean) => void,
): void {
  const level = rules.levels[depth]!;
  const wide = rules.entryBytes === 8;
  for (let index = 0; index < level.entries; index++) {
    const at = address + index * rules.entryBytes;
    const low = level.inRegisters ? pdptes[2 * index]! : memory.loadWord(at);
    if ((low & PTE_P) === 0) continue;
    const high = !wide ? 0 : level.inRegisters ? pdptes[2 * index + 1]! : memory.loadWord(at + 4);
    const isPage = mapsPage(level, low);
    const reserved = isPage ? level.reservedPage : level.reservedTable;
    visit(index, low, high, isPage, (low & reserved) !== 0 || (high & level.reservedHigh) !== 0);
  }
}

function narrowed(rules: EntryRules, level: LevelRules, rights: number, low: number, high: number): number {
  // A PDPTE of PAE has no rights.
  if (level.inRegisters) return rights;
  const noExecute = rules.noExecute && (high & PTE_NX_HIGH) !== 0 ? NX : 0;
  return (rights & low & ALL_RIGHTS) | (rights & NX) | noExecute;
}

function rightsOf(rights: number): Rights {
  return {
    writable: (rights & PTE_RW) !== 0,
    user: (rights & PTE_US) !== 0,
    executable: (rights & NX) === 0,
  };
}

function infoOf(table: Pending, level: LevelRules, rules: EntryRules, space: PageSpace): TableInfo {
  return {
    address: table.address,
    level: level.level,
    depth: table.depth,
    entryBytes: rules.entryBytes,
    entries: level.entries,
    start: addressOf(space.numberOf(table.page)),
    rights: rightsOf(table.rights),
    parent: table.parent,
    inRegisters: level.inRegisters,
  };
}
