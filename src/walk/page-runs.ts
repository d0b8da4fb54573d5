/** The runs of a {@link PageScan} as objects: for those who look at runs, not at millions of them. */

import { PTE_G, PTE_PAT, PTE_PCD, PTE_PWT } from '../arch/entry.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { PageSize } from '../arch/paging-modes.ts';
import { contextOf, type Walkable } from './context.ts';
import { PageScan, type PageScanOptions } from './page-scan.ts';
import type { Rights } from './report.ts';
import { keyOfRun, memoryTypeOfRun, RUN_CONTIGUOUS, RUN_ONE_FRAME, rightsOfRun } from './run-attributes.ts';
import { pageBytes } from './run-rows.ts';

/** Pages in a row that are mapped alike. */
export interface PageRun {
  /** First linear address. A bigint only where it does not fit a number. */
  readonly start: number | bigint;
  /** First linear address after it. */
  readonly end: number | bigint;
  /** Its size. */
  readonly bytes: number;
  /** How many pages it has. */
  readonly pages: number;
  /** The size of each. */
  readonly pageSize: PageSize;
  /** Physical address of the first byte. */
  readonly physical: number;
  /** The pages lie one after the other in physical memory, too. */
  readonly contiguous: boolean;
  /** All pages are one and the same physical page. */
  readonly oneFrame: boolean;
  /** What all levels together allow. */
  readonly rights: Rights;
  /** Its pages are global: G is set and CR4.PGE is on. */
  readonly global: boolean;
  /** How many of the pages have the accessed bit set. */
  readonly accessed: number;
  /** How many of the pages have the dirty bit set. */
  readonly dirty: number;
  /** PWT of the leaves. */
  readonly pwt: boolean;
  /** PCD of the leaves. */
  readonly pcd: boolean;
  /** PAT of the leaves; false on a CPU without it. */
  readonly pat: boolean;
  /** The memory type that PWT, PCD and PAT select. */
  readonly memoryType: MemoryType;
  /** Protection key, 0–15; undefined where CR4.PKE and CR4.PKS do not apply. */
  readonly protectionKey: number | undefined;
}

/**
 * Every mapped page, folded into runs, in ascending order, in any paging mode. Reads RAM alone: what a TLB holds plays
 * no part.
 */
export function* pageRuns(
  source: Walkable,
  options: Omit<PageScanOptions, 'repeats'> = {},
): Generator<PageRun> {
  const context = contextOf(source);
  const scan = new PageScan(context, options);
  for (let count = scan.next(); count > 0; count = scan.next()) {
    for (let i = 0; i < count; i++) {
      const attributes = scan.attributes[i]!;
      const pageSize = pageBytes(attributes) as PageSize;
      const bytes = scan.pages[i]! * pageSize;
      yield {
        start: addressOf(scan.page[i]!),
        end: addressOf(scan.page[i]! + bytes / 4096),
        bytes,
        pages: scan.pages[i]!,
        pageSize,
        physical: scan.physical[i]!,
        contiguous: (attributes & RUN_CONTIGUOUS) !== 0,
        oneFrame: (attributes & RUN_ONE_FRAME) !== 0,
        rights: rightsOfRun(attributes),
        global: (attributes & PTE_G) !== 0,
        accessed: scan.accessed[i]!,
        dirty: scan.dirty[i]!,
        pwt: (attributes & PTE_PWT) !== 0,
        pcd: (attributes & PTE_PCD) !== 0,
        pat: (attributes & PTE_PAT) !== 0,
        memoryType: memoryTypeOfRun(context.cpu, attributes),
        protectionKey: keyOfRun(attributes),
      };
    }
  }
}

/** The address of a page of the 64-bit linear space: a bigint only where it does not fit a number. */
export function addressOf(page: number): number | bigint {
  return page <= MAX_NUMBER_PAGE ? page * 4096 : BigInt(page) * 4096n;
}

/** The last page whose address is exact as a number, with all addresses in it. */
const MAX_NUMBER_PAGE = 2 ** 41 - 1;
