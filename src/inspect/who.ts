/** The reverse of a translation: what leads to a physical address. */

import { READ } from '../arch/access.ts';
import { PTE_G } from '../arch/entry.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { EntryKind, PageSize } from '../arch/paging-modes.ts';
import {
  type AddressRange,
  addressOf,
  contextOf,
  entriesOf,
  explainWalk,
  keyOfRun,
  memoryTypeOfRun,
  PageScan,
  pageShiftOfRun,
  type Rights,
  RUN_CONTIGUOUS,
  RUN_REPEAT,
  rightsOfRun,
  tablesOf,
  type Walkable,
  type WalkContext,
} from '../walk/index.ts';

/** More mappings of one address than that are not told. */
const MAX_MAPPINGS = 2 ** 18;

/** Linear addresses that lead to a physical address. */
export interface Mapping {
  /** The linear address; of several the first. A bigint only where it does not fit a number. */
  readonly linear: number | bigint;
  /** How many pages in a row are this physical page; the others follow at distances of `pageSize`. */
  readonly count: number;
  /** The size of the page. */
  readonly pageSize: PageSize;
  /** What all levels together allow. */
  readonly rights: Rights;
  /** The page is global. */
  readonly global: boolean;
  /** The memory type that PWT, PCD and PAT select. */
  readonly memoryType: MemoryType;
  /** Protection key; undefined where keys do not apply. */
  readonly protectionKey: number | undefined;
  /** Physical address of the entry that maps the first page. */
  readonly entryAddress: number;
  /** The roots under which it is so, by CR3, where several were asked; else absent. */
  readonly roots?: readonly number[];
}

/** An entry that uses the frame of a physical address as a table. */
export interface TablePointer {
  /** Physical address of the entry. */
  readonly entryAddress: number;
  /** What kind of entry it is; undefined for CR3. */
  readonly kind: EntryKind | undefined;
  /** The first linear address that the entry stands for. */
  readonly start: number | bigint;
  /** What the entry allows, with the levels above. */
  readonly rights: Rights;
  /** The roots under which it is so, by CR3, where several were asked; else absent. */
  readonly roots?: readonly number[];
}

/** What {@link whoMaps} finds. */
export interface WhoReport {
  /** The physical address asked for. */
  readonly physical: number;
  /** The pages that lead to it, in ascending order of their linear addresses. */
  readonly mappings: readonly Mapping[];
  /** These are all mappings; there may be more only where tables map themselves in so many ways. */
  readonly complete: boolean;
  /** The entries that use its frame as a table, CR3 first. */
  readonly pointers: readonly TablePointer[];
}

/** What {@link whoMaps} may be told. */
export interface WhoOptions {
  /** Only linear addresses of pages that overlap this range. Default: everything. */
  readonly range?: AddressRange | undefined;
}

/**
 * Finds all linear addresses that lead to a physical address, and all entries that use its frame as a table.
 *
 * @param physical - From 0 to 2^52 − 1.
 * @throws RangeError if it is no such address.
 */
export function whoMaps(source: Walkable, physical: number, options: WhoOptions = {}): WhoReport {
  if (!(Number.isInteger(physical) && physical >= 0 && physical < 2 ** 52)) {
    throw new RangeError(`physical address ${physical} is not a whole number from 0 to 2^52 − 1`);
  }
  const context = contextOf(source);
  const { hits, complete } = hitsOf(context, physical, options.range);
  const mappings = hits.map((hit) => mappingOf(context, hit));
  return { physical, mappings, complete, pointers: pointersTo(context, physical) };
}

/** Pages that lead to the address: the linear page of the first, and the row of what they have in common. */
interface Hit {
  readonly page: number;
  readonly count: number;
  readonly attributes: number;
  /** Distance of the address from the start of its page. */
  readonly offset: number;
}

function hitsOf(
  context: WalkContext,
  physical: number,
  range: AddressRange | undefined,
): { hits: Hit[]; complete: boolean } {
  const hits: Hit[] = [];
  // Runs are then consecutive in physical memory, or all the same page: no page has to be looked at by itself. What
  // was listed before is referred to, so that tables that map themselves cost no more than they have entries.
  const scan = new PageScan(context, { range, contiguous: true, repeats: 'mark' });
  for (let count = scan.next(); count > 0; count = scan.next()) {
    for (let i = 0; i < count; i++) {
      const attributes = scan.attributes[i]!;
      const page = scan.page[i]!;
      const pages = scan.pages[i]!;
      if ((attributes & RUN_REPEAT) !== 0) {
        repeatHits(hits, scan.source[i]!, pages, page);
        if (hits.length > MAX_MAPPINGS) return { hits: hits.slice(0, MAX_MAPPINGS), complete: false };
        continue;
      }
      const pageSize = 2 ** pageShiftOfRun(attributes);
      const distance = physical - scan.physical[i]!;
      const isOneFrame = (attributes & RUN_CONTIGUOUS) === 0;
      if (distance < 0 || distance >= (isOneFrame ? pageSize : pages * pageSize)) continue;
      const offset = distance % pageSize;
      const first = page + (distance - offset) / 4096;
      hits.push({ page: first, count: isOneFrame ? pages : 1, attributes, offset });
    }
  }
  return { hits, complete: true };
}

/** Adds the hits of some pages once more, for other pages that are mapped by the same tables. */
function repeatHits(hits: Hit[], source: number, pages: number, page: number): void {
  const end = hits.length;
  for (let i = firstFrom(hits, source); i < end && hits[i]!.page < source + pages; i++) {
    if (hits.length > MAX_MAPPINGS) return;
    hits.push({ ...hits[i]!, page: hits[i]!.page - source + page });
  }
}

/** Index of the first hit from a page on; they are in ascending order. */
function firstFrom(hits: readonly Hit[], page: number): number {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hits[middle]!.page < page) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mappingOf(context: WalkContext, { page, count, attributes, offset }: Hit): Mapping {
  const linear = plus(addressOf(page), offset);
  return {
    linear,
    count,
    pageSize: (2 ** pageShiftOfRun(attributes)) as PageSize,
    rights: rightsOfRun(attributes),
    global: (attributes & PTE_G) !== 0,
    memoryType: memoryTypeOfRun(context.cpu, attributes),
    protectionKey: keyOfRun(attributes),
    entryAddress: explainWalk(context, linear, READ).steps.at(-1)!.entryAddress,
  };
}

function pointersTo(context: WalkContext, physical: number): TablePointer[] {
  const pointers: TablePointer[] = [];
  const frame = Math.floor(physical / 4096);
  // A table is told once for each combination of rights: an entry may come up several times, and is told once.
  const seen = new Set<number>();
  for (const table of tablesOf(context)) {
    if (table.depth === 0 && Math.floor(table.address / 4096) === frame) {
      const all = { writable: true, user: true, executable: true };
      pointers.push({ entryAddress: table.address, kind: undefined, start: 0, rights: all });
    }
    if (table.level.kind === 'PTE') continue;
    for (const { leadsTo, target, address, start, rights } of entriesOf(context, table)) {
      if (leadsTo !== 'table' || Math.floor(target / 4096) !== frame || seen.has(address)) continue;
      seen.add(address);
      pointers.push({ entryAddress: address, kind: table.level.kind, start, rights });
    }
  }
  return pointers;
}

function plus(address: number | bigint, offset: number): number | bigint {
  if (typeof address === 'bigint') return address + BigInt(offset);
  const sum = address + offset;
  return sum <= Number.MAX_SAFE_INTEGER ? sum : BigInt(address) + BigInt(offset);
}
