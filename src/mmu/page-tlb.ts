/**
 * The default TLB, made for speed: one 32-bit word for every page of the 4 GiB linear space, so that a hit is
 * one load, one test and one XOR. It never evicts. A large page is cached in 4 KiB pieces, as they are used.
 *
 * A word is 0 where nothing is cached, else
 *
 * | bits | meaning |
 * |---|---|
 * | 31–12 | page number XOR frame number: XOR with the linear address gives the physical one |
 * | 11 | piece of a large page |
 * | 10 | D of the leaf |
 * | 9, 8, 6, 5, 4, 2, 1, 0 | granted accesses, bit `1 << access` |
 * | 7 | R/W over all levels |
 * | 3 | U/S over all levels |
 */

import type { Access } from '../arch/access.ts';
import { RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } from './permissions.ts';

/** Pages of a 32-bit linear space. */
export const LINEAR_PAGES = 0x10_0000;

const WORD_US = 1 << 3;
const WORD_RW = 1 << 7;
const WORD_D = 1 << 10;
const WORD_LARGE = 1 << 11;
/** The address part of a word. */
export const WORD_ADDRESS = -4096;
/** The granted accesses of a word. */
const WORD_GRANTS = 0b11_0111_0111;
const GRANTS_FETCH = 0b0100_0100;

// An item of the fill list: page number << 12, global, and the access that filled it.
const FILL_GLOBAL = 1 << 4;
const FILL_ACCESS = 0xf;
/** The fill list's length at which it is tidied rather than grown: 4 ** 11, twice over the number of pages. */
const MAX_FILLS = 4 ** 11;

/** Stands for the words of every TLB that has cached nothing yet. Never written. */
const NOTHING_CACHED = new Int32Array(LINEAR_PAGES);

/** What a cached word says, decoded. */
export interface PageTlbEntry {
  readonly page: number;
  readonly frame: number;
  /** `RIGHT_…` bits. */
  readonly rights: number;
  readonly large: boolean;
  readonly global: boolean;
  readonly filledBy: Access;
  /** Position among the fills since the last flush, from 0. */
  readonly fillNumber: number;
}

export class PageTlb {
  /** The words, indexed by page number. Read them freely; only this class writes. */
  words: Int32Array = NOTHING_CACHED;
  /** The fills since the last full flush, in order: what a flush has to undo. */
  #fills = new Int32Array(256);
  #fillCount = 0;
  #largeCached = false;

  /** Caches a translation and returns its word. */
  fill(
    linear: number,
    physical: number,
    rights: number,
    large: boolean,
    global: boolean,
    access: Access,
    grants: Int32Array,
  ): number {
    if (this.words === NOTHING_CACHED) this.words = new Int32Array(LINEAR_PAGES);
    const page = linear >>> 12;
    const word =
      ((linear ^ physical) & WORD_ADDRESS) |
      grants[rights]! |
      ((rights & RIGHT_US) !== 0 ? WORD_US : 0) |
      ((rights & RIGHT_RW) !== 0 ? WORD_RW : 0) |
      ((rights & RIGHT_D) !== 0 ? WORD_D : 0) |
      (large ? WORD_LARGE : 0);
    this.words[page] = word;
    if (large) this.#largeCached = true;
    if (this.#fillCount === this.#fills.length) this.#makeRoom();
    this.#fills[this.#fillCount++] = (page << 12) | (global ? FILL_GLOBAL : 0) | access;
    return word;
  }

  /** Drops everything, global entries too. */
  flush(): void {
    for (let i = 0; i < this.#fillCount; i++) this.words[this.#fills[i]! >>> 12] = 0;
    this.#fillCount = 0;
    this.#largeCached = false;
  }

  /** Drops what is not global, as a load of CR3 does. */
  flushNonGlobal(): void {
    let kept = 0;
    for (let i = 0; i < this.#fillCount; i++) {
      const fill = this.#fills[i]!;
      if ((fill & FILL_GLOBAL) === 0) this.words[fill >>> 12] = 0;
      else this.#fills[kept++] = fill;
    }
    this.#fillCount = kept;
  }

  /**
   * Drops one page; with it every piece of the large page that it belongs to.
   * @param largePages - 4 KiB pages in a large page: 1024, or 512 in PAE.
   */
  invalidate(linear: number, largePages: number): void {
    if (this.words === NOTHING_CACHED) return;
    const page = linear >>> 12;
    this.words[page] = 0;
    if (!this.#largeCached) return;
    const first = page & -largePages;
    for (let piece = first; piece < first + largePages; piece++) {
      if ((this.words[piece]! & WORD_LARGE) !== 0) this.words[piece] = 0;
    }
  }

  /** Derives the granted accesses of every entry anew: a register that they depend on has changed. */
  regrant(grants: Int32Array): void {
    for (let i = 0; i < this.#fillCount; i++) {
      const page = this.#fills[i]! >>> 12;
      const word = this.words[page]!;
      if (word !== 0) this.words[page] = (word & ~WORD_GRANTS) | grants[rightsOf(word)]!;
    }
  }

  /** How many pages are cached. */
  get size(): number {
    let size = 0;
    for (const _ of this.entries()) size++;
    return size;
  }

  /** What is cached for a page, or undefined. */
  lookup(linear: number): PageTlbEntry | undefined {
    const page = linear >>> 12;
    if (this.words[page] === 0) return undefined;
    for (let i = this.#fillCount - 1; i >= 0; i--) {
      if (this.#fills[i]! >>> 12 === page) return this.#decode(i);
    }
    return undefined;
  }

  /** What is cached, in the order in which it was filled. */
  *entries(): Generator<PageTlbEntry> {
    const latest = new Map<number, number>();
    for (let i = 0; i < this.#fillCount; i++) latest.set(this.#fills[i]! >>> 12, i);
    for (const [page, i] of [...latest].sort((a, b) => a[1] - b[1])) {
      if (this.words[page] !== 0) yield this.#decode(i);
    }
  }

  #decode(i: number): PageTlbEntry {
    const fill = this.#fills[i]!;
    const page = fill >>> 12;
    const word = this.words[page]!;
    return {
      page,
      frame: ((word >>> 12) ^ page) & 0xf_ffff,
      rights: rightsOf(word),
      large: (word & WORD_LARGE) !== 0,
      global: (fill & FILL_GLOBAL) !== 0,
      filledBy: (fill & FILL_ACCESS) as Access,
      fillNumber: i,
    };
  }

  /** The list is full: grows it or, where it is large already, forgets fills that no longer count. */
  #makeRoom(): void {
    const old = this.#fills;
    if (old.length < MAX_FILLS) {
      this.#fills = new Int32Array(old.length * 4);
      this.#fills.set(old);
      return;
    }
    // Each page counts once at most, so at least half of the list comes free.
    const latest = new Map<number, number>();
    for (const fill of old) latest.set(fill >>> 12, fill);
    this.#fillCount = 0;
    for (const [page, fill] of latest) {
      if (this.words[page] !== 0) old[this.#fillCount++] = fill;
    }
  }
}

/**
 * The `RIGHT_…` bits of a word. NX is not stored: a page that grants fetches to neither ring it belongs to has it.
 * (Under SMEP a user page grants none to the supervisor, but then still to user mode.)
 */
function rightsOf(word: number): number {
  return (
    ((word & WORD_RW) !== 0 ? RIGHT_RW : 0) |
    ((word & WORD_US) !== 0 ? RIGHT_US : 0) |
    ((word & WORD_D) !== 0 ? RIGHT_D : 0) |
    ((word & GRANTS_FETCH) === 0 ? RIGHT_NX : 0)
  );
}
