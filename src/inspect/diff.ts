/** What changed between two address spaces: two roots, or two moments of one. */

import { PTE_A, PTE_D, PTE_G, PTE_PAT, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } from '../arch/entry.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { PageSize } from '../arch/paging-modes.ts';
import {
  type AddressRange,
  addressOf,
  contextOf,
  keyOfRun,
  memoryTypeOfRun,
  PageScan,
  pageShiftOfRun,
  type Rights,
  RUN_CONTIGUOUS,
  RUN_KEY_SHIFT,
  RUN_KEYED,
  RUN_NX,
  RUN_ONE_FRAME,
  rightsOfRun,
  type Walkable,
  type WalkContext,
} from '../walk/index.ts';

/** What happened to a stretch of linear addresses. */
export type MapChange =
  /** Nothing was mapped there before. */
  | 'mapped'
  /** Nothing is mapped there any more. */
  | 'unmapped'
  /** Other physical memory is there. */
  | 'moved'
  /** R/W, U/S or NX of all levels together changed. */
  | 'rights'
  /** The size of the pages changed. */
  | 'page-size'
  /** Memory type or cache bits changed. */
  | 'cache'
  /** G changed. */
  | 'global'
  /** The protection key changed. */
  | 'key'
  /** The accessed bit was clear and is set: touched between. */
  | 'touched'
  /** The dirty bit was clear and is set: written between. */
  | 'written'
  /** The accessed or dirty bit was set and is clear: the operating system cleared it. */
  | 'bits-cleared';

/** How a stretch is mapped. */
export interface MappedAs {
  /** Physical address of the first byte. */
  readonly physical: number;
  /** All its pages are one and the same physical page; else they lie one after the other. */
  readonly oneFrame: boolean;
  /** Size of its pages. */
  readonly pageSize: PageSize;
  /** What all levels together allow. */
  readonly rights: Rights;
  /** Its translations are global. */
  readonly global: boolean;
  /** A is set in its entries. */
  readonly accessed: boolean;
  /** D is set in its entries. */
  readonly dirty: boolean;
  /** The memory type that its entries select. */
  readonly memoryType: MemoryType;
  /** Its protection key; undefined where none governs it. */
  readonly protectionKey: number | undefined;
}

/** A stretch of linear addresses that changed in one way. */
export interface MapDifference {
  /** First linear address. A bigint only where it does not fit a number. */
  readonly start: number | bigint;
  /** First linear address after it. */
  readonly end: number | bigint;
  /** Its size. */
  readonly bytes: number;
  /** What happened, one or more. */
  readonly changes: readonly MapChange[];
  /** How it was mapped; undefined where it was not. */
  readonly before: MappedAs | undefined;
  /** How it is mapped; undefined where it is not. */
  readonly after: MappedAs | undefined;
}

/** What {@link diffMaps} may be told. */
export interface DiffOptions {
  /** Only what overlaps this range. Default: everything. */
  readonly range?: AddressRange | undefined;
}

/**
 * Compares all pages of two address spaces, in ascending order. Each stretch is as long as it changed in the same way
 * and lies in one piece on both sides.
 *
 * @param a - The one before.
 * @param b - The one after.
 */
export function* diffMaps(a: Walkable, b: Walkable, { range }: DiffOptions = {}): Generator<MapDifference> {
  const before = new Side(contextOf(a), range);
  const after = new Side(contextOf(b), range);
  let open: Piece | undefined;
  for (let page = 0; ; ) {
    before.skipTo(page);
    after.skipTo(page);
    page = Math.max(page, Math.min(before.start, after.start));
    if (page === Number.POSITIVE_INFINITY) break;
    const end = Math.min(
      before.changesAfter(page),
      after.changesAfter(page),
      comparableEnd(before, after, page),
    );
    const was = before.at(page);
    const is = after.at(page);
    const changes = changesBetween(was, is);
    if (open !== undefined && !continues(open, page, changes, was, is)) {
      yield differenceOf(open, before, after);
      open = undefined;
    }
    if (changes.length > 0)
      open = open === undefined ? { start: page, end, changes, was, is } : { ...open, end };
    page = end;
  }
  if (open !== undefined) yield differenceOf(open, before, after);
}

/** How a page is mapped, on one side. */
interface PageState {
  readonly physical: number;
  readonly oneFrame: boolean;
  readonly attributes: number;
}

/** A stretch of pages with the same changes. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly changes: readonly MapChange[];
  /** How its first page was mapped, and is. */
  readonly was: PageState | undefined;
  readonly is: PageState | undefined;
}

/** The runs of one side, of which one is current. Pages are linear addresses / 4096. */
class Side {
  readonly context: WalkContext;
  /** First page of the current run; infinity: there is none any more. */
  start = Number.POSITIVE_INFINITY;
  #end = 0;
  #row = 0;
  #rows = 0;
  readonly #scan: PageScan;

  constructor(context: WalkContext, range: AddressRange | undefined) {
    this.context = context;
    this.#scan = new PageScan(context, { range, contiguous: true, accessedDirty: true });
    this.#next(0);
  }

  /** Makes the first run that ends after a page the current one. */
  skipTo(page: number): void {
    while (this.start !== Number.POSITIVE_INFINITY && this.#end <= page) this.#next(this.#row + 1);
  }

  /** The next page from which on it is mapped otherwise, or not. */
  changesAfter(page: number): number {
    return page < this.start ? this.start : this.#end;
  }

  /** How a page is mapped that is not beyond the current run; undefined: not at all. */
  at(page: number): PageState | undefined {
    if (page < this.start) return undefined;
    const attributes = this.#scan.attributes[this.#row]!;
    const distance = (page - this.start) * 4096;
    const physical = this.#scan.physical[this.#row]!;
    const oneFrame = (attributes & RUN_CONTIGUOUS) === 0;
    return { physical: physical + (oneFrame ? distance % this.#pageBytes : distance), oneFrame, attributes };
  }

  /** The next page at which a run that repeats one physical page starts it anew. */
  repeatsAfter(page: number): number {
    const pages = this.#pageBytes / 4096;
    return page + pages - ((page - this.start) % pages);
  }

  get #pageBytes(): number {
    return 2 ** pageShiftOfRun(this.#scan.attributes[this.#row]!);
  }

  #next(row: number): void {
    this.#row = row;
    if (row >= this.#rows) {
      this.#rows = this.#scan.next();
      this.#row = 0;
    }
    if (this.#rows === 0) this.start = Number.POSITIVE_INFINITY;
    else {
      this.start = this.#scan.page[this.#row]!;
      this.#end = this.start + (this.#scan.pages[this.#row]! * this.#pageBytes) / 4096;
    }
  }
}

/**
 * Up to where the memory of two runs can be compared by their first pages: where one repeats a physical page, and the
 * other does not repeat the same, up to the end of that page.
 */
function comparableEnd(before: Side, after: Side, page: number): number {
  const was = before.at(page);
  const is = after.at(page);
  if (was === undefined || is === undefined) return Number.POSITIVE_INFINITY;
  const alike =
    was.oneFrame === is.oneFrame && pageShiftOfRun(was.attributes) === pageShiftOfRun(is.attributes);
  if (alike) return Number.POSITIVE_INFINITY;
  const repeats: number[] = [];
  if (was.oneFrame) repeats.push(before.repeatsAfter(page));
  if (is.oneFrame) repeats.push(after.repeatsAfter(page));
  return Math.min(...repeats, Number.POSITIVE_INFINITY);
}

const RIGHTS = PTE_RW | PTE_US | RUN_NX;
const CACHE = PTE_PWT | PTE_PCD | PTE_PAT;
const KEY = RUN_KEYED | (0xf << RUN_KEY_SHIFT);

function changesBetween(was: PageState | undefined, is: PageState | undefined): MapChange[] {
  if (was === undefined) return is === undefined ? [] : ['mapped'];
  if (is === undefined) return ['unmapped'];
  const changed = was.attributes ^ is.attributes;
  const changes: MapChange[] = [];
  if (was.physical !== is.physical) changes.push('moved');
  if ((changed & RIGHTS) !== 0) changes.push('rights');
  if (pageShiftOfRun(was.attributes) !== pageShiftOfRun(is.attributes)) changes.push('page-size');
  if ((changed & CACHE) !== 0) changes.push('cache');
  if ((changed & PTE_G) !== 0) changes.push('global');
  if ((changed & KEY) !== 0) changes.push('key');
  if ((changed & is.attributes & PTE_A) !== 0) changes.push('touched');
  if ((changed & is.attributes & PTE_D) !== 0) changes.push('written');
  if ((changed & was.attributes & (PTE_A | PTE_D)) !== 0) changes.push('bits-cleared');
  return changes;
}

/** Whether pages from `page` on changed as those of a piece before them did, and lie behind them on both sides. */
function continues(
  { start, end, changes, was, is }: Piece,
  page: number,
  next: readonly MapChange[],
  nextWas: PageState | undefined,
  nextIs: PageState | undefined,
): boolean {
  return (
    page === end &&
    changes.join() === next.join() &&
    follows(was, nextWas, page - start) &&
    follows(is, nextIs, page - start)
  );
}

function follows(first: PageState | undefined, next: PageState | undefined, pages: number): boolean {
  if (first === undefined || next === undefined) return first === next;
  if (first.oneFrame !== next.oneFrame || ((first.attributes ^ next.attributes) & ~LAYOUT) !== 0)
    return false;
  return next.physical === first.physical + (first.oneFrame ? 0 : pages * 4096);
}

/** What says how a run lies in memory. */
const LAYOUT = RUN_CONTIGUOUS | RUN_ONE_FRAME;

function differenceOf({ start, end, changes, was, is }: Piece, before: Side, after: Side): MapDifference {
  return {
    start: addressOf(start),
    end: addressOf(end),
    bytes: (end - start) * 4096,
    changes,
    before: was && mappedAs(was, before.context),
    after: is && mappedAs(is, after.context),
  };
}

function mappedAs({ physical, oneFrame, attributes }: PageState, { cpu }: WalkContext): MappedAs {
  return {
    physical,
    oneFrame,
    pageSize: (2 ** pageShiftOfRun(attributes)) as PageSize,
    rights: rightsOfRun(attributes),
    global: (attributes & PTE_G) !== 0,
    accessed: (attributes & PTE_A) !== 0,
    dirty: (attributes & PTE_D) !== 0,
    memoryType: memoryTypeOfRun(cpu, attributes),
    protectionKey: keyOfRun(attributes),
  };
}
