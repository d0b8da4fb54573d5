/**
 * Paging-structure caches: copies of entries that lead to tables, by the linear addresses that they serve. A walk begins
 * below the lowest that it finds, and so uses a table that RAM may no longer name.
 * Source: SDM 3A §4.10.3, §4.10.4.1.
 */

import { bigintFromHalves } from '../arch/linear.ts';
import type { EntryKind } from '../arch/paging-modes.ts';

/** A cached entry that leads to a table, with those above it as they were when it was cached: their rights count too. */
export interface CachedStructure {
  /** Its level. */
  readonly kind: EntryKind;
  /** log2 of the bytes that it stands for. */
  readonly shift: number;
  /** First linear address that it serves, unsigned. */
  readonly linear: bigint;
  /** Process-context identifier. */
  readonly pcid: number;
  /** The entries from the root down to it, 32-bit words in the order in which a walk reads them. */
  readonly words: readonly number[];
}

/** All that there is room for is kept: as many stale entries as the manual allows, and more than a CPU would have. */
export class StructureCaches {
  readonly #entries = new Map<string, CachedStructure>();

  /** The lowest entry that serves an address. @param shifts - log2 of what entries stand for, by level, the lowest first. */
  find(low: number, high: number, pcid: number, shifts: readonly number[]): CachedStructure | undefined {
    if (this.#entries.size === 0) return undefined;
    for (const shift of shifts) {
      const found = this.#entries.get(keyOf(low, high, pcid, shift));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Caches an entry, in place of one that serves the same addresses. */
  keep(low: number, high: number, entry: Omit<CachedStructure, 'linear'>): void {
    const { shift, pcid } = entry;
    const linear = (bigintFromHalves(low, high) >> BigInt(shift)) << BigInt(shift);
    this.#entries.set(keyOf(low, high, pcid, shift), { ...entry, linear });
  }

  /** Drops what a walk of an address would use: a page fault does. */
  drop(low: number, high: number, pcid: number, shifts: readonly number[]): void {
    for (const shift of shifts) this.#entries.delete(keyOf(low, high, pcid, shift));
  }

  /** Drops everything of a PCID: INVLPG does, whatever its address. */
  flushPcid(pcid: number): void {
    for (const [key, entry] of this.#entries) if (entry.pcid === pcid) this.#entries.delete(key);
  }

  /** Drops everything. */
  flush(): void {
    this.#entries.clear();
  }

  /** What is cached, in the order in which it was. */
  entries(): CachedStructure[] {
    return [...this.#entries.values()];
  }
}

function keyOf(low: number, high: number, pcid: number, shift: number): string {
  return `${pcid}/${shift}/${bigintFromHalves(low, high) >> BigInt(shift)}`;
}
