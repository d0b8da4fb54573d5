/** What tables should say, kept as a plain list of pages, and what they do say, read entry by entry. */

import { PAGING_MODES, type PagingMode } from '../../src/arch/index.ts';
import type { PhysicalMemory, Ram } from '../../src/memory/index.ts';

/** One page: where it lies, its size, where it leads, and its attribute bits (PAT as bit 64). */
export interface ModelPage {
  readonly first: bigint;
  readonly shift: number;
  readonly physical: bigint;
  readonly bits: bigint;
}

const PAT = 1n << 64n;
const ATTRIBUTES = 0xfff0_0000_0000_0f7en | PAT;

/** Every page of the tables in RAM, by linear address without its repeated bits. Shares no code with src/tables. */
export function pagesInRam(memory: Ram, mode: PagingMode, root: number): ModelPage[] {
  const { levels, entryBytes } = PAGING_MODES[mode];
  const word = (at: bigint): bigint => BigInt(memory.loadWord(Number(at)) >>> 0);
  const pages: ModelPage[] = [];
  const visit = (table: bigint, depth: number, base: bigint): void => {
    const { shift, indexBits } = levels[depth]!;
    for (let index = 0n; index < 1n << BigInt(indexBits); index++) {
      const at = table + index * BigInt(entryBytes);
      const entry = word(at) | (entryBytes === 8 ? word(at + 4n) << 32n : 0n);
      if ((entry & 1n) === 0n) continue;
      const first = base + (index << BigInt(shift));
      if (shift > 12 && (entry & 0x80n) === 0n) {
        visit(entry & (entryBytes === 8 ? 0xf_ffff_ffff_f000n : 0xffff_f000n), depth + 1, first);
        continue;
      }
      const pat = (entry & (shift > 12 ? 0x1000n : 0x80n)) !== 0n ? PAT : 0n;
      let physical = entry & 0xf_ffff_ffff_f000n;
      if (shift > 12) physical &= ~((1n << BigInt(shift)) - 1n);
      if (entryBytes === 4 && shift > 12) physical |= ((entry >> 13n) & 0xffn) << 32n;
      pages.push({ first, shift, physical, bits: (entry & ATTRIBUTES & ~PAT) | pat });
    }
  };
  visit(BigInt(root), 0, 0n);
  return pages;
}

/** The pages that a mapper should have made. */
export class PageModel {
  readonly #pages = new Map<bigint, ModelPage>();
  readonly #shifts: readonly number[];

  constructor(mode: PagingMode) {
    this.#shifts = [12, ...PAGING_MODES[mode].largePageShifts];
  }

  get pages(): ModelPage[] {
    return [...this.#pages.values()].sort((a, b) => (a.first < b.first ? -1 : 1));
  }

  overlapping(start: bigint, end: bigint): ModelPage[] {
    return this.pages.filter((page) => page.first < end && page.first + size(page) > start);
  }

  /** The first address of a range that no page maps; undefined if all are mapped. */
  firstGap(start: bigint, end: bigint): bigint | undefined {
    let next = start;
    for (const page of this.overlapping(start, end)) {
      if (page.first > next) return next;
      next = page.first + size(page);
    }
    return next < end ? next : undefined;
  }

  add(start: bigint, end: bigint, shift: number, physical: bigint, bits: bigint): void {
    for (let first = start; first < end; first += 1n << BigInt(shift)) {
      this.#pages.set(first, { first, shift, physical: physical + first - start, bits });
    }
  }

  /** Changes or removes what lies in a range, splitting pages that only partly change. */
  edit(start: bigint, end: bigint, change: (page: ModelPage) => ModelPage | undefined): void {
    const visit = (page: ModelPage): void => {
      const changed = change(page);
      if (changed?.bits === page.bits || page.first >= end || page.first + size(page) <= start) {
        this.#pages.set(page.first, page);
      } else if (page.first >= start && page.first + size(page) <= end) {
        if (changed !== undefined) this.#pages.set(page.first, changed);
      } else {
        const shift = this.#shifts[this.#shifts.indexOf(page.shift) - 1]!;
        for (let at = 0n; at < size(page); at += 1n << BigInt(shift)) {
          visit({ first: page.first + at, shift, physical: page.physical + at, bits: page.bits });
        }
      }
    };
    for (const page of this.overlapping(start, end)) {
      this.#pages.delete(page.first);
      visit(page);
    }
  }
}

/** All of RAM as text: one comparison instead of one for each byte. */
export function contents(memory: PhysicalMemory): string {
  return Buffer.from(memory.read(0, memory.sizeBytes)).toString('latin1');
}

function size(page: ModelPage): bigint {
  return 1n << BigInt(page.shift);
}
