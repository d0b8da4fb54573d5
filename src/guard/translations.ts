/** The translations that were made, and what has become of their entries since: what the story of a page is made of. */

import { PAGE_SIZE } from '../arch/address.ts';
import type { EntryKind } from '../arch/paging-modes.ts';
import type { Mmu } from '../mmu/mmu.ts';
import type { WalkSuccess } from '../walk/report.ts';
import type { GuardStep, GuardWrite } from './finding.ts';

/** A translation that the CPU may keep. */
export interface Made extends GuardStep {
  /** The entries that it was made from, the root's first. */
  readonly path: readonly { readonly address: number; readonly kind: EntryKind }[];
  /** Physical address of the 4 KiB page. */
  readonly physical: number;
  /** It survives a load of CR3. */
  readonly global: boolean;
}

/** Writes to one entry that are remembered. */
const MAX_WRITES = 16;

/** By page: the translation made last; by entry: who has written it. */
export class Translations {
  readonly #made = new Map<number, Made>();
  readonly #writes = new Map<number, GuardWrite[]>();
  readonly #frames = new Set<number>();

  /** Whether a frame holds entries of a translation that was made. */
  concerns(frame: number): boolean {
    return this.#frames.has(frame);
  }

  /** An access was translated as the tables say. */
  made(report: WalkSuccess, step: GuardStep): void {
    const page = pageOf(report.linear);
    const physical = report.physical - (report.physical % PAGE_SIZE);
    const old = this.#made.get(page);
    const { steps, global } = report;
    const isSame =
      old !== undefined &&
      old.physical === physical &&
      old.path.length === steps.length &&
      old.path.every(({ address }, i) => address === steps[i]!.entryAddress);
    if (isSame) return;
    const path = steps.map(({ entryAddress, kind }) => ({ address: entryAddress, kind }));
    for (const { address } of path) this.#frames.add(Math.floor(address / PAGE_SIZE));
    this.#made.set(page, { ...step, path, physical, global });
  }

  /** The translation of an address that may be kept; undefined where none is known. */
  of(linear: number | bigint): Made | undefined {
    return this.#made.get(pageOf(linear));
  }

  /** Somebody has written an entry. */
  wrote(write: GuardWrite): void {
    const writes = this.#writes.get(write.address);
    if (writes === undefined) this.#writes.set(write.address, [write]);
    else {
      writes.push(write);
      if (writes.length > MAX_WRITES) writes.shift();
    }
  }

  /** What has been written to the entries of a translation, in order, from a step on, or up to one. */
  writesTo(path: Made['path'], from: number, to: number): GuardWrite[] {
    return path
      .flatMap(({ address }) => this.#writes.get(address) ?? [])
      .filter(({ step }) => step >= from && step <= to)
      .sort((a, b) => a.step - b.step);
  }

  /** Forgets what the TLB has forgotten, after one or all of its entries may have been dropped. */
  invalidated(mmu: Mmu): void {
    const kept = new Set<number>();
    for (const { linear } of mmu.tlb.entries()) kept.add(pageOf(linear));
    for (const page of this.#made.keys()) if (!kept.has(page)) this.#made.delete(page);
  }
}

/** The number of the page of an address, exact in a double. */
function pageOf(linear: number | bigint): number {
  return typeof linear === 'bigint' ? Number(linear >> 12n) : Math.floor(linear / PAGE_SIZE);
}
