/** What a builder of page tables is asked for, whatever language it is written in. */

import { PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { PAGING_MODES, type PageSize } from '../arch/paging-modes.ts';
import type { TableMode } from '../tables/mapper.ts';

/** A range that must be mapped. */
export interface RequestedMapping {
  /** First linear address, a multiple of `pageSize`. A bigint where it does not fit a number. */
  readonly linear: number | bigint;
  /** Where it leads, a multiple of `pageSize`. RAM need not reach so far. */
  readonly physical: number;
  /** Its size, a multiple of `pageSize`. */
  readonly bytes: number;
  /** Bytes of each page. */
  readonly pageSize: PageSize;
  /** Whether it can be written. */
  readonly writable: boolean;
  /** Whether user mode may use it. */
  readonly user: boolean;
  /** Whether instructions can be fetched from it; always so in 32-bit paging, which has no NX. */
  readonly executable: boolean;
  /** Whether its translations are global. */
  readonly global: boolean;
}

/** What a builder is asked for: tables of a mode that map these ranges and nothing else. */
export interface BuildRequest {
  /** For a builder that makes choices of its own, 0 to 2^32 − 1: the same seed, the same tables. */
  readonly seed: number;
  /** The paging mode. */
  readonly mode: TableMode;
  /** RAM, from physical address 0: a multiple of 4096. */
  readonly memoryBytes: number;
  /** The frames that may become tables, in the order in which to take them: enough, all of them in RAM. */
  readonly frames: readonly number[];
  /** What to map. No two overlap. */
  readonly mappings: readonly RequestedMapping[];
}

/** How many tables a mapping of these ranges takes, the root's frame included. */
export function tablesFor(mode: TableMode, mappings: readonly RequestedMapping[]): number {
  const { levels, linearBits } = PAGING_MODES[mode];
  const tables = new Set<string>();
  for (const { linear, bytes, pageSize } of mappings) {
    const first = BigInt.asUintN(linearBits, BigInt(linear));
    const last = first + BigInt(bytes) - 1n;
    // An entry above those of the pages leads to a table.
    for (const { shift } of levels.filter((level) => 2 ** level.shift > pageSize)) {
      for (let entry = first >> BigInt(shift); entry <= last >> BigInt(shift); entry++)
        tables.add(`${shift} ${entry}`);
    }
  }
  return 1 + tables.size;
}

/** Whether two mappings have a linear address in common. */
export function overlap(a: RequestedMapping, b: RequestedMapping): boolean {
  const [startA, startB] = [BigInt(a.linear), BigInt(b.linear)];
  return startA < startB + BigInt(b.bytes) && startB < startA + BigInt(a.bytes);
}

/** Whether a mapping leads to one of some frames. */
export function leadsTo({ physical, bytes }: RequestedMapping, frames: readonly number[]): boolean {
  return frames.some((frame) => frame * PAGE_SIZE < physical + bytes && (frame + 1) * PAGE_SIZE > physical);
}

/** The page sizes that a mode has everywhere, small first. */
export function pageSizesOf(mode: TableMode): readonly PageSize[] {
  const large = PAGING_MODES[mode].largePageShifts.filter((shift) => shift < 30);
  return [PAGE_SHIFT, ...large].map((shift) => (2 ** shift) as PageSize);
}
