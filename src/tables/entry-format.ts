/** Entries as a writer needs them: made from an address, taken apart, split. The inverse of what a walk reads. */

import { FOUR_GIB, formatAddress, PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import { PDE_PAT_LARGE, PDE_PS, PTE_FRAME_MASK, PTE_P, PTE_PAT, PTE_RW, PTE_US } from '../arch/entry.ts';
import { highHalf, lowHalf } from '../arch/linear.ts';
import { PAGING_MODES, type PagingLevel, type PagingMode } from '../arch/paging-modes.ts';
import { MapError } from './map-error.ts';

/** An entry in two int32 halves; `high` is 0 in 32-bit paging. */
export interface Entry {
  readonly low: number;
  readonly high: number;
}

export const NO_ENTRY: Entry = { low: 0, high: 0 };

/** Flags of a leaf below its address bits, PS and PAT (which move) aside. */
const LEAF_FLAGS = 0xf7f;
/** High half of a 64-bit entry without its address bits: NX, protection key, available bits. */
const HIGH_FLAGS = 0xfff0_0000 | 0;

/** The format of entries in one mode on one CPU. */
export class EntryFormat {
  readonly mode: PagingMode;
  readonly cpu: CpuFeatures;
  readonly entryBytes: 4 | 8;
  /** log2 of the page sizes that there are, small first. */
  readonly pageShifts: readonly number[];
  /** First physical address that no page of 4 KiB reaches, and no larger one. */
  readonly #limit: number;
  readonly #largeLimit: number;

  constructor(mode: PagingMode, cpu: CpuFeatures) {
    const { entryBytes, largePageShifts } = PAGING_MODES[mode];
    this.mode = mode;
    this.cpu = cpu;
    this.entryBytes = entryBytes;
    const { physicalAddressBits, pse36 } = cpu;
    this.#limit = mode === '32-bit' ? FOUR_GIB : 2 ** physicalAddressBits;
    this.#largeLimit = mode === '32-bit' && pse36 ? 2 ** Math.min(physicalAddressBits, 40) : this.#limit;
    this.pageShifts = [
      PAGE_SHIFT,
      ...largePageShifts.filter((shift) => this.missingFor(shift) === undefined),
    ];
  }

  /** The CPU feature that large pages of this size need and lack; undefined if they exist. */
  missingFor(shift: number): 'pse' | 'page1g' | undefined {
    if (this.mode === '32-bit' && shift === 22 && !this.cpu.pse) return 'pse';
    return shift === 30 && !this.cpu.page1g ? 'page1g' : undefined;
  }

  /** Whether an entry maps a page. */
  isLeaf(entry: Entry, { shift }: PagingLevel): boolean {
    if ((entry.low & PTE_P) === 0) return false;
    return shift === PAGE_SHIFT || ((entry.low & PDE_PS) !== 0 && this.pageShifts.includes(shift));
  }

  /** Whether a present entry has PS set where it is reserved. In 32-bit paging without PSE it is ignored. */
  isMalformed(entry: Entry, level: PagingLevel): boolean {
    return this.mode !== '32-bit' && (entry.low & PDE_PS) !== 0 && !this.isLeaf(entry, level);
  }

  /** Physical address of the table that an entry leads to. */
  tableAddress({ low, high }: Entry): number {
    return (high & 0xf_ffff) * 2 ** 32 + ((low & PTE_FRAME_MASK) >>> 0);
  }

  /** Physical address of the page that a leaf maps. */
  pageAddress({ low, high }: Entry, { shift }: PagingLevel): number {
    const base = (low & (-1 << shift)) >>> 0;
    // PSE-36: bits 20–13 of the entry are bits 39–32 of the address.
    if (this.mode === '32-bit') return (shift === PAGE_SHIFT ? 0 : (low >>> 13) & 0xff) * 2 ** 32 + base;
    return (high & 0xf_ffff) * 2 ** 32 + base;
  }

  /** First physical address that a leaf of this level cannot reach. */
  physicalLimit({ shift }: PagingLevel): number {
    return shift > PAGE_SHIFT ? this.#largeLimit : this.#limit;
  }

  /**
   * A present leaf without attributes.
   * @throws MapError `beyond-physical`
   */
  leaf(physical: number, level: PagingLevel): Entry {
    // V8 computes a power by a call.
    const bytes = level.shift === PAGE_SHIFT ? PAGE_SIZE : 2 ** level.shift;
    if (physical + bytes > this.physicalLimit(level)) {
      throw new MapError(
        'beyond-physical',
        `physical address ${formatAddress(physical)} is beyond the ${Math.log2(this.physicalLimit(level))} bits that ` +
          `a ${level.kind} for ${bytes} bytes has in ${this.mode} paging on the CPU model '${this.cpu.name ?? 'unnamed'}'`,
      );
    }
    const low = lowHalf(physical) | PTE_P | (level.shift > PAGE_SHIFT ? PDE_PS : 0);
    const high = highHalf(physical);
    return this.mode === '32-bit' ? { low: low | (high << 13), high: 0 } : { low, high };
  }

  /**
   * An entry that leads to a table. It grants all rights, so that the leaves decide, and leaves A to the CPU.
   * A PDPTE of PAE has no rights: their bits are reserved there.
   */
  link(table: number, { kind }: PagingLevel): Entry {
    const rights = this.mode === 'PAE' && kind === 'PDPTE' ? 0 : PTE_RW | PTE_US;
    return { low: lowHalf(table) | PTE_P | rights, high: highHalf(table) };
  }

  /**
   * The entry of one of the smaller pages that together say the same as a large one: the same attributes, A and
   * D included. PAT moves from bit 12 to bit 7 where the small page is one of 4 KiB.
   */
  part(leaf: Entry, level: PagingLevel, child: PagingLevel, index: number): Entry {
    const entry = this.leaf(this.pageAddress(leaf, level) + index * 2 ** child.shift, child);
    const patBit = child.shift > PAGE_SHIFT ? PDE_PAT_LARGE : PTE_PAT;
    const pat = (leaf.low & PDE_PAT_LARGE) !== 0 ? patBit : 0;
    return { low: entry.low | (leaf.low & LEAF_FLAGS) | pat, high: entry.high | (leaf.high & HIGH_FLAGS) };
  }
}
