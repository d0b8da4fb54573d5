/**
 * The linear space in 4 KiB pages. In long mode it is counted without its hole, so that page numbers are consecutive:
 * 2^36 of them with 48-bit addresses, 2^45 with 57. As a number of the unsigned 64-bit address, a page of the upper half
 * lies higher by the size of the hole. Both are exact in a double.
 */

import { isLongMode, PAGING_MODES, type PagingMode } from '../arch/paging-modes.ts';

/** Linear addresses from `start` up to, but not with, `end`. Unsigned; a bigint where they do not fit a number. */
export interface AddressRange {
  /** The first address. */
  readonly start: number | bigint;
  /** The first address after it. */
  readonly end: number | bigint;
}

/** Pages of 64 bits of addresses. */
const ALL_PAGES = 2 ** 52;

export class PageSpace {
  /** The first page asked for. */
  readonly first: number;
  /** The page after the last one asked for. */
  readonly end: number;
  /** Pages of the lower half, which is everything outside long mode. */
  readonly #lower: number;
  /** Pages of the hole. */
  readonly #hole: number;

  /** @throws RangeError if the range is not one of addresses in ascending order. */
  constructor(mode: PagingMode, range: AddressRange | undefined) {
    const pages = 2 ** (PAGING_MODES[mode].linearBits - 12);
    this.#lower = isLongMode(mode) ? pages / 2 : pages;
    this.#hole = isLongMode(mode) ? ALL_PAGES - pages : 0;
    if (range !== undefined) check(range);
    this.first = range === undefined ? 0 : this.#counted(pageOf(range.start));
    this.end = range === undefined ? pages : Math.min(pages, this.#counted(pageUp(range.end)));
    if (range !== undefined && range.start === range.end) this.end = this.first;
  }

  /** The first page of the upper half; without halves, the end. */
  get upperHalf(): number {
    return this.#lower;
  }

  /** The number of a page as that of its 64-bit address. */
  numberOf(page: number): number {
    return page < this.#lower ? page : page + this.#hole;
  }

  /** The reverse of {@link numberOf}, of an address. */
  countedOf(address: number | bigint): number {
    return this.#counted(pageOf(address));
  }

  /** The reverse; a page in the hole becomes the first after it. */
  #counted(page: number): number {
    if (page <= this.#lower) return page;
    return Math.max(this.#lower, page - this.#hole);
  }
}

/** The page that holds an address: the address / 4096. */
export function pageOf(address: number | bigint): number {
  return typeof address === 'number' ? Math.floor(address / 4096) : Number(address >> 12n);
}

function pageUp(address: number | bigint): number {
  return typeof address === 'number' ? Math.ceil(address / 4096) : Number((address + 0xfffn) >> 12n);
}

function check({ start, end }: AddressRange): void {
  for (const address of [start, end]) {
    const whole = typeof address === 'bigint' || Number.isInteger(address);
    if (!(whole && address >= 0 && address <= 2 ** 64)) {
      throw new RangeError(`the range's border ${address} is not a whole number from 0 to 2^64`);
    }
  }
  if (start > end) throw new RangeError(`the range ends at ${end}, before it starts at ${start}`);
}
