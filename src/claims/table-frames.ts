/** Page tables as such: the frames that hold them, and entries, whether or not a page lies under them. */

import { PAGE_SIZE } from '../arch/address.ts';
import { PAGING_MODES, type PagingLevel } from '../arch/paging-modes.ts';
import { pagingMode } from '../arch/registers.ts';
import type { WalkContext } from '../walk/context.ts';
import { entriesOf, type TableEntry, type TableInfo, tablesOf } from '../walk/tables-of.ts';
import { type Pages, pageAt } from './pages.ts';

/**
 * The frames of all tables that a walk may read, the root's among them, in ascending order. Some may lie beyond RAM.
 * A walk writes nowhere else: it sets A and D in their entries.
 */
export function tableFramesOf(context: WalkContext): number[] {
  const frames = new Set<number>();
  for (const { address } of tablesOf(context)) frames.add(Math.floor(address / PAGE_SIZE));
  return [...frames].sort((a, b) => a - b);
}

/** An entry, and the level that it is of. */
export interface FoundEntry {
  readonly level: PagingLevel;
  readonly entry: TableEntry;
}

/** The first present entry whose whole part of the linear space lies in some pages. */
export function firstEntryWithin(context: WalkContext, { first, end }: Pages): FoundEntry | undefined {
  const { levels } = PAGING_MODES[pagingMode(context)];
  const visit = (table: TableInfo): FoundEntry | undefined => {
    const { level } = table;
    const pages = 2 ** (level.shift - 12);
    for (const entry of entriesOf(context, table)) {
      const page = pageAt(entry.start);
      if (page >= end || page + pages <= first) continue;
      if (page >= first && page + pages <= end) return { level, entry };
      if (entry.leadsTo !== 'table') continue;
      // The table as it is here: `tablesOf` tells of each but once, wherever else it may be linked.
      const { target, start, rights } = entry;
      const depth = table.depth + 1;
      const found = visit({ ...table, address: target, level: levels[depth]!, depth, start, rights });
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const [root] = tablesOf(context);
  return root === undefined ? undefined : visit(root);
}
