/** What a map comes to: pages by size and by rights, and what the tables themselves take. */

import { PDPTES_ALIGNMENT } from '../arch/control.ts';
import type { PageSize } from '../arch/paging-modes.ts';
import { type PageRun, type Rights, tablesOf, type Walkable } from '../walk/index.ts';

/** How many pages, and their bytes. */
export interface PageCount {
  /** Pages, of any size. */
  readonly pages: number;
  /** The linear addresses that they make. */
  readonly bytes: number;
}

/** Pages of one size. */
export interface SizeCount extends PageCount {
  /** Bytes of each. */
  readonly pageSize: PageSize;
}

/** Pages with the same rights. */
export interface RightsCount extends PageCount {
  /** What all levels together allow. */
  readonly rights: Rights;
}

/** What tables take. */
export interface TablesMemory {
  /** How many there are; each counts once, however often it is used. */
  readonly tables: number;
  /** Of RAM. */
  readonly bytes: number;
}

/** The sum of a map. */
export interface MapSummary extends PageCount {
  /** By the size of the pages, the largest first. */
  readonly bySize: readonly SizeCount[];
  /** By what all levels together allow, the most bytes first. */
  readonly byRights: readonly RightsCount[];
  /** Those that are both writable and executable. */
  readonly writableExecutable: PageCount;
}

/** Sums the runs of a map up. */
export class MapSum {
  readonly #sizes = new Map<PageSize, Counter>();
  readonly #rights = new Map<string, Counter & { readonly rights: Rights }>();
  readonly #total = new Counter();
  readonly #writableExecutable = new Counter();

  /** Adds a run. */
  add(run: Pick<PageRun, 'pages' | 'bytes' | 'pageSize' | 'rights'>): void {
    const { pageSize, rights } = run;
    this.#total.add(run);
    let size = this.#sizes.get(pageSize);
    if (size === undefined) {
      size = new Counter();
      this.#sizes.set(pageSize, size);
    }
    size.add(run);
    const key = `${rights.writable} ${rights.user} ${rights.executable}`;
    let same = this.#rights.get(key);
    if (same === undefined) {
      same = Object.assign(new Counter(), { rights });
      this.#rights.set(key, same);
    }
    same.add(run);
    if (rights.writable && rights.executable) this.#writableExecutable.add(run);
  }

  /** The sum of all runs that were added. */
  get summary(): MapSummary {
    return {
      ...counted(this.#total),
      bySize: [...this.#sizes]
        .map(([pageSize, count]) => ({ pageSize, ...counted(count) }))
        .sort((a, b) => b.pageSize - a.pageSize),
      byRights: [...this.#rights.values()]
        .map((count) => ({ rights: { ...count.rights }, ...counted(count) }))
        .sort((a, b) => b.bytes - a.bytes),
      writableExecutable: counted(this.#writableExecutable),
    };
  }
}

class Counter {
  pages = 0;
  bytes = 0;

  add({ pages, bytes }: PageCount): void {
    this.pages += pages;
    this.bytes += bytes;
  }
}

function counted({ pages, bytes }: Counter): PageCount {
  return { pages, bytes };
}

/** The tables that lie under a root. */
export function tablesMemory(source: Walkable): TablesMemory {
  const seen = new Set<number>();
  let bytes = 0;
  for (const { address, inRegisters } of tablesOf(source)) {
    if (seen.has(address)) continue;
    seen.add(address);
    // The four PDPTEs of PAE.
    bytes += inRegisters ? PDPTES_ALIGNMENT : 4096;
  }
  return { tables: seen.size, bytes };
}
