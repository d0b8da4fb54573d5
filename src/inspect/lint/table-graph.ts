/** All tables under a root, with every entry that uses one, and what is odd about the entries. */

import { PAGING_MODES } from '../../arch/paging-modes.ts';
import { pagingMode } from '../../arch/registers.ts';
import { hasRam } from '../../memory/ram-ranges.ts';
import {
  entriesOf,
  type Rights,
  type TableEntry,
  type TableInfo,
  tablesOf,
  type WalkContext,
} from '../../walk/index.ts';

/** An entry that uses a table. */
export interface TableUse {
  /** The levels above the table that it leads to. */
  readonly depth: number;
  /** Physical address of the entry. */
  readonly entryAddress: number;
  /** The first linear address that it stands for, where it is met first. */
  readonly start: number | bigint;
  /** What it and the levels above allow. */
  readonly rights: Rights;
}

/** An entry at which something is odd. */
export interface OddEntry {
  readonly table: TableInfo;
  readonly entry: TableEntry;
}

/** What {@link tableGraph} finds. */
export interface TableGraph {
  /** By the physical address of a table in RAM: the first linear address that is translated by it. */
  readonly tables: ReadonlyMap<number, number | bigint>;
  /** By the physical address of a table: the entries that use it, each once for a level and rights; none by a way that turns back. */
  readonly uses: ReadonlyMap<number, readonly TableUse[]>;
  /** Entries that lead back to a table on the way to them. */
  readonly recursive: readonly OddEntry[];
  /** Entries with reserved bits. No walk gets past them, so what they point to is not looked at. */
  readonly reserved: readonly OddEntry[];
  /** Entries that lead to a table where no RAM is. It is not looked at. */
  readonly outside: readonly OddEntry[];
  /** All tables were looked at. */
  readonly complete: boolean;
}

/** More visits to tables are not made; only tables that lead to each other in very many ways need so many. */
const MAX_VISITS = 2 ** 18;
/** The same of entries that lead to tables, of which there are as many as tables, as a rule. */
const MAX_ENTRIES = 2 ** 21;

/** A table to be looked at, and the way to it. */
interface Visit {
  readonly info: TableInfo;
  readonly above: Visit | undefined;
  /** The way to it passes a table twice. */
  readonly turned: boolean;
}

/** Looks at every table once for a level, the rights that the levels above leave it, and whether the way to it turns back. */
export function tableGraph(context: WalkContext): TableGraph {
  const tables = new Map<number, number | bigint>();
  const uses = new Map<number, TableUse[]>();
  const recursive = new OddEntries();
  const reserved = new OddEntries();
  const outside = new OddEntries();
  const { levels } = PAGING_MODES[pagingMode(context)];
  const seen = [new Set<number>(), new Set<number>()];
  // The root alone: what lies under it is found below, which knows the way to it.
  const [root] = tablesOf(context);
  let visits = 0;
  let entries = 0;
  const pending: Visit[] = root === undefined ? [] : [{ info: root, above: undefined, turned: false }];
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const { info, turned } = visit;
    const known = seen[turned ? 1 : 0]!;
    const key = keyOf(info);
    if (known.has(key)) continue;
    if (++visits > MAX_VISITS || entries > MAX_ENTRIES) break;
    known.add(key);
    if (!info.inRegisters && !hasRam(context.memory, info.address)) continue;
    if (!tables.has(info.address)) tables.set(info.address, info.start);
    const children: Visit[] = [];
    for (const entry of entriesOf(context, info, false)) {
      entries++;
      if (entry.leadsTo === 'reserved-bit') reserved.add(info, entry);
      if (entry.leadsTo !== 'table') continue;
      if (!hasRam(context.memory, entry.target)) outside.add(info, entry);
      const turnsHere = isOnWay(visit, entry.target);
      if (turnsHere) recursive.add(info, entry);
      else if (!turned) noteUse(uses, info, entry);
      const depth = info.depth + 1;
      const level = levels[depth]!;
      const child = {
        address: entry.target,
        level,
        depth,
        entryBytes: info.entryBytes,
        entries: 2 ** level.indexBits,
        start: entry.start,
        rights: entry.rights,
        parent: entry.address,
        inRegisters: false,
      };
      const turns = turned || turnsHere;
      if (!seen[turns ? 1 : 0]!.has(keyOf(child)))
        children.push({ info: child, above: visit, turned: turns });
    }
    for (const child of children.reverse()) pending.push(child);
  }
  return {
    tables,
    uses,
    recursive: recursive.list,
    reserved: reserved.list,
    outside: outside.list,
    complete: visits <= MAX_VISITS && entries <= MAX_ENTRIES,
  };
}

/** Entries, each once for a level. */
class OddEntries {
  readonly list: OddEntry[] = [];
  readonly #seen = new Set<number>();

  add(table: TableInfo, entry: TableEntry): void {
    // Exact: an address is a multiple of 4 and has at most 52 bits.
    const key = entry.address * 2 + table.depth;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.list.push({ table, entry });
  }
}

function noteUse(uses: Map<number, TableUse[]>, info: TableInfo, entry: TableEntry): void {
  const known = uses.get(entry.target);
  const use = {
    depth: info.depth + 1,
    entryAddress: entry.address,
    start: entry.start,
    rights: entry.rights,
  };
  if (known === undefined) uses.set(entry.target, [use]);
  else known.push(use);
}

/** Exact: an address is a multiple of 32 and has at most 52 bits. */
function keyOf({ address, depth, rights }: TableInfo): number {
  return (address / 32) * 64 + depth * 8 + rightsBits(rights);
}

function isOnWay(visit: Visit, address: number): boolean {
  for (let at: Visit | undefined = visit; at !== undefined; at = at.above) {
    if (at.info.address === address) return true;
  }
  return false;
}

function rightsBits({ writable, user, executable }: Rights): number {
  return (writable ? 1 : 0) | (user ? 2 : 0) | (executable ? 4 : 0);
}
