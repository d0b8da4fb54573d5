/** Everything that an address space maps, out of one pass over its tables: what claims are judged on. */

import { ACCESS_KINDS } from '../arch/access.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { CR0_WP, CR4_SMAP, CR4_SMEP } from '../arch/control.ts';
import { PTE_RW, PTE_US } from '../arch/entry.ts';
import type { PagingMode } from '../arch/paging-modes.ts';
import {
  keyDenies,
  type PermissionState,
  permits,
  RIGHT_NX,
  RIGHT_RW,
  RIGHT_US,
} from '../arch/permissions.ts';
import { has, pagingMode } from '../arch/registers.ts';
import type { WalkContext } from '../walk/context.ts';
import { addressOf } from '../walk/page-runs.ts';
import { PageScan } from '../walk/page-scan.ts';
import type { AddressRange } from '../walk/page-space.ts';
import {
  keyOfRun,
  pageShiftOfRun,
  RUN_CONTIGUOUS,
  RUN_ONE_FRAME,
  RUN_SIZE_SHIFT,
  rightsOfRun,
} from '../walk/run-attributes.ts';
import { EVERY_ACCESS } from './access-set.ts';
import { everyPage, type Pages } from './pages.ts';

/** Runs of pages that are mapped alike, one after the other in physical memory (or all to the same page). */
export class MappedSpace {
  readonly context: WalkContext;
  readonly mode: PagingMode;
  /** How many runs there are. */
  readonly count: number;
  /** By run: its first page, and the page after its last, by number of the 64-bit address / 4096. */
  readonly first: Float64Array;
  readonly end: Float64Array;
  /** By run: the physical address of its first byte. */
  readonly physical: Float64Array;
  /** By run: as `run-attributes.ts` lays them out. */
  readonly attributes: Int32Array;
  /** By run: the accesses that succeed, a bit `1 << access` for each. */
  readonly granted: Uint8Array;
  /** There are more than were to be looked at; those above are left out. */
  readonly isCut: boolean;

  /**
   * @param maxRuns - How many to look at: tables that map one another can describe more than any memory holds.
   * @param only - Ranges of pages, ascending, outside which nothing is looked at. Default: everything.
   */
  constructor(context: WalkContext, maxRuns: number, only?: readonly Pages[]) {
    this.context = context;
    this.mode = pagingMode(context);
    const runs = new RunList();
    const grants = new GrantRule(context);
    if (this.mode === 'off') addUntranslated(runs, context);
    for (const range of only?.map(addressesOf) ?? [undefined]) {
      const scan = new PageScan(context, { contiguous: true, range });
      for (let count = scan.next(); count > 0 && runs.count <= maxRuns; count = scan.next()) {
        for (let i = 0; i < count; i++) {
          const attributes = scan.attributes[i]!;
          const pages = scan.pages[i]! * 2 ** (pageShiftOfRun(attributes) - 12);
          runs.add(scan.page[i]!, pages, scan.physical[i]!, attributes, grants.grantedTo(attributes));
        }
      }
    }
    this.count = runs.count;
    this.first = runs.first;
    this.end = runs.end;
    this.physical = runs.physical;
    this.attributes = runs.attributes;
    this.granted = runs.granted;
    this.isCut = runs.count > maxRuns;
  }

  /** The first run that ends after a page: the one that maps it, or the next; `count` if there is none. */
  runFrom(page: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.end[middle]! > page) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Physical address of a page's first byte, where a run maps it. */
  physicalOf(run: number, page: number): number {
    let offset = page - this.first[run]!;
    if (this.isOneFrame(run)) offset %= this.pageUnits(run);
    return this.physical[run]! + offset * PAGE_SIZE;
  }

  /** How many times 4 KiB each page of a run has. */
  pageUnits(run: number): number {
    return 2 ** (pageShiftOfRun(this.attributes[run]!) - 12);
  }

  /** Whether all pages of a run, of which there are several, lead to the same place. */
  isOneFrame(run: number): boolean {
    if ((this.attributes[run]! & RUN_ONE_FRAME) === 0) return false;
    return this.end[run]! - this.first[run]! > this.pageUnits(run);
  }
}

function addressesOf({ first, end }: Pages): AddressRange {
  return { start: addressOf(first), end: addressOf(end) };
}

/** While paging is off, every linear address is the physical one, as far as the board has address lines. */
function addUntranslated(runs: RunList, { cpu }: WalkContext): void {
  const attributes = PTE_RW | PTE_US | RUN_CONTIGUOUS | (12 << RUN_SIZE_SHIFT);
  const { end } = everyPage('off');
  const pages = Math.min(end, 2 ** ((cpu.addressLines ?? 32) - 12));
  for (let first = 0; first < end; first += pages) runs.add(first, pages, 0, attributes, EVERY_ACCESS);
}

/** Columns that grow. */
class RunList {
  count = 0;
  first: Float64Array = new Float64Array(64);
  end: Float64Array = new Float64Array(64);
  physical: Float64Array = new Float64Array(64);
  attributes: Int32Array = new Int32Array(64);
  granted: Uint8Array = new Uint8Array(64);

  add(first: number, pages: number, physical: number, attributes: number, granted: number): void {
    if (this.count === this.first.length) this.#grow();
    const at = this.count++;
    this.first[at] = first;
    this.end[at] = first + pages;
    this.physical[at] = physical;
    this.attributes[at] = attributes;
    this.granted[at] = granted;
  }

  #grow(): void {
    const length = 4 * this.count;
    this.first = extended(this.first, new Float64Array(length));
    this.end = extended(this.end, new Float64Array(length));
    this.physical = extended(this.physical, new Float64Array(length));
    this.attributes = extended(this.attributes, new Int32Array(length));
    this.granted = extended(this.granted, new Uint8Array(length));
  }
}

function extended<A extends { set(from: A): void }>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

/** Which accesses a page grants, by the rule of the manual under the registers as they are. */
class GrantRule {
  readonly #state: PermissionState;
  readonly #pkru: number;
  readonly #pkrs: number;
  /** What was worked out before, by rights and key. */
  readonly #known = new Map<number, number>();

  constructor({ cr0, cr4, alignmentCheck, pkru, pkrs }: WalkContext) {
    this.#state = {
      wp: has(cr0, CR0_WP),
      smep: has(cr4, CR4_SMEP),
      smap: has(cr4, CR4_SMAP),
      alignmentCheck,
    };
    this.#pkru = pkru;
    this.#pkrs = pkrs;
  }

  grantedTo(attributes: number): number {
    const { writable, user, executable } = rightsOfRun(attributes);
    const key = keyOfRun(attributes);
    const rights = (writable ? RIGHT_RW : 0) | (user ? RIGHT_US : 0) | (executable ? 0 : RIGHT_NX);
    const index = rights | ((key ?? 16) << 4);
    let granted = this.#known.get(index);
    if (granted !== undefined) return granted;
    granted = 0;
    for (const access of ACCESS_KINDS) {
      if (!permits(this.#state, rights, access)) continue;
      const register = user ? this.#pkru : this.#pkrs;
      if (key === undefined || !keyDenies(register, key, access, this.#state.wp)) granted |= 1 << access;
    }
    this.#known.set(index, granted);
    return granted;
  }
}
