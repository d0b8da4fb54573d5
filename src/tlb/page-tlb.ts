/**
 * The default TLB, made for speed: one 32-bit word for every page of the 4 GiB linear space, so that a hit is
 * one load, one test and one XOR. It never evicts. A large page is cached in 4 KiB pieces, as they are used.
 * `tlb-word.ts` tells what a word holds.
 *
 * The word of page 0 is kept apart, in `zeroWord`, and `words[0]` is 0 while nobody works on the list: bit operations
 * take what is no number, such as NaN, for 0, and so it never hits; the slow path then tells it from address 0.
 */

import type { Access } from '../arch/access.ts';
import * as word from './tlb-word.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { regrantedWord, rightsOfWord, WORD_GLOBAL, WORD_LARGE } = word;

/** Pages of a 32-bit linear space. */
export const LINEAR_PAGES = 0x10_0000;

/** An item of the fill list is page number << 12 and the access that filled it. */
const FILL_ACCESS = 0x1f;
/** The greatest length of the fill list: 4 ** 11, twice over the number of pages. */
export const MAX_FILLS: number = 4 ** 11;
/** A bit for each page, all 0 while nobody tidies a list. */
const seen = new Int32Array(LINEAR_PAGES / 32);

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
  /** The fills since the last flush, before this one. */
  readonly fillNumber: number;
}

/** Where the arrays are to lie, all of them zero: {@link LINEAR_PAGES} words, {@link MAX_FILLS} fills. */
export interface PageTlbArrays {
  readonly words: Int32Array;
  readonly fills: Int32Array;
}

export class PageTlb {
  /** The words, indexed by page number. */
  words: Int32Array = NOTHING_CACHED;
  /** The fills since the last full flush, in order: what a flush has to undo. */
  fills: Int32Array = new Int32Array(256);
  fillCount = 0;
  /** The word of page 0. */
  zeroWord = 0;
  /** Fills that were forgotten since the last flush, and how many were left then. */
  #forgotten = 0;
  #tidied = 0;
  #largeCached = false;
  readonly #moved: () => void;
  readonly #room: () => PageTlbArrays | undefined;

  /**
   * @param moved - Called when `words` has become another array: once, before the first fill.
   * @param room - Asked then for the arrays; by default they are made.
   */
  constructor(moved: () => void, room: () => PageTlbArrays | undefined = () => undefined) {
    this.#moved = moved;
    this.#room = room;
  }

  /** Puts the word of page 0 among the others, for work on many pages; {@link PageTlb.close} must follow. */
  open(): void {
    this.words[0] = this.zeroWord;
  }

  /** Ends what {@link PageTlb.open} has begun. */
  close(): void {
    this.zeroWord = this.words[0]!;
    this.words[0] = 0;
  }

  /** The word of a page; 0: nothing is cached. */
  wordOf(page: number): number {
    return page === 0 ? this.zeroWord : this.words[page]!;
  }

  /** Caches a translation. */
  fill(linear: number, word: number, access: Access): void {
    if (this.words === NOTHING_CACHED || this.fillCount === this.fills.length) this.reserve(1);
    if (linear >>> 12 === 0) this.zeroWord = word;
    else this.words[linear >>> 12] = word;
    if ((word & WORD_LARGE) !== 0) this.#largeCached = true;
    this.fills[this.fillCount++] = (linear & -4096) | access;
  }

  /**
   * Makes room for some fills. Whoever then writes `words` and `fills` itself caches no pieces of large pages.
   * @param count - At most 2^20.
   */
  reserve(count: number): void {
    if (this.words === NOTHING_CACHED) {
      const room = this.#room();
      this.words = room?.words ?? new Int32Array(LINEAR_PAGES);
      if (room !== undefined) this.fills = room.fills;
      this.#moved();
    }
    while (this.fillCount + count > this.fills.length) this.#makeRoom();
  }

  /** Drops one page, or one piece of a large page. */
  drop(linear: number): void {
    const page = linear >>> 12;
    if (page === 0) this.zeroWord = 0;
    else if (this.words !== NOTHING_CACHED) this.words[page] = 0;
  }

  /** Drops everything, global entries too. */
  flush(): void {
    const { words, fills, fillCount } = this;
    for (let i = 0; i < fillCount; i++) words[fills[i]! >>> 12] = 0;
    this.zeroWord = 0;
    this.#setFills(0);
    this.#largeCached = false;
  }

  /** Drops what is not global, as a load of CR3 does. */
  flushNonGlobal(): void {
    const { words, fills, fillCount } = this;
    this.open();
    let i = 0;
    // Four at a time as long as nothing is global.
    for (; i < fillCount - 3; i += 4) {
      const a = fills[i]! >>> 12;
      const b = fills[i + 1]! >>> 12;
      const c = fills[i + 2]! >>> 12;
      const d = fills[i + 3]! >>> 12;
      if (((words[a]! | words[b]! | words[c]! | words[d]!) & WORD_GLOBAL) !== 0) break;
      words[a] = 0;
      words[b] = 0;
      words[c] = 0;
      words[d] = 0;
    }
    let kept = 0;
    for (; i < fillCount; i++) {
      const page = fills[i]! >>> 12;
      if ((words[page]! & WORD_GLOBAL) === 0) words[page] = 0;
      else fills[kept++] = fills[i]!;
    }
    this.#setFills(kept);
    this.close();
  }

  /**
   * Drops one page; with it every piece of the large page that it belongs to.
   * @param largePages - 4 KiB pages in a large page: 1024, or 512 in PAE.
   * @param globals - Whether global pages go too, as INVLPG has it; INVPCID spares them.
   */
  invalidate(linear: number, largePages: number, globals: boolean): void {
    const page = linear >>> 12;
    if (globals || (this.wordOf(page) & WORD_GLOBAL) === 0) this.drop(linear);
    if (this.#largeCached) this.#invalidatePieces(page & -largePages, largePages, globals);
  }

  #invalidatePieces(first: number, count: number, globals: boolean): void {
    const { words } = this;
    const spared = globals ? 0 : WORD_GLOBAL;
    this.open();
    for (let piece = first; piece < first + count; piece++) {
      if ((words[piece]! & WORD_LARGE) !== 0 && (words[piece]! & spared) === 0) words[piece] = 0;
    }
    this.close();
  }

  /**
   * Derives the granted accesses of every entry anew: a register that they depend on has changed.
   * @param bits - What `wordBits` makes of the new grants.
   */
  regrant(bits: Int32Array): void {
    const { words } = this;
    this.open();
    for (let i = 0; i < this.fillCount; i++) {
      const page = this.fills[i]! >>> 12;
      const word = words[page]!;
      if (word !== 0) words[page] = regrantedWord(word, bits);
    }
    this.close();
  }

  /** What is cached, in the order in which it was filled. */
  *entries(): Generator<PageTlbEntry> {
    const latest = new Map<number, number>();
    for (let i = 0; i < this.fillCount; i++) latest.set(this.fills[i]! >>> 12, i);
    for (const [page, i] of [...latest].sort((a, b) => a[1] - b[1])) {
      if (this.wordOf(page) !== 0) yield this.#decode(i);
    }
  }

  #decode(i: number): PageTlbEntry {
    const fill = this.fills[i]!;
    const page = fill >>> 12;
    const word = this.wordOf(page);
    return {
      page,
      frame: ((word >>> 12) ^ page) & 0xf_ffff,
      rights: rightsOfWord(word),
      large: (word & WORD_LARGE) !== 0,
      global: (word & WORD_GLOBAL) !== 0,
      filledBy: (fill & FILL_ACCESS) as Access,
      fillNumber: this.#forgotten + i,
    };
  }

  /** After a flush. @param count - How many fills are left. */
  #setFills(count: number): void {
    this.fillCount = count;
    this.#forgotten = 0;
    this.#tidied = 0;
  }

  /**
   * The list is full. What INVLPG has dropped and an access has filled again is in it more than once: such a list is tidied and
   * stays short, so that it stays in the cache. Others grow.
   */
  #makeRoom(): void {
    const old = this.fills;
    const isOld = this.fillCount - this.#tidied >= old.length >>> 1;
    // Of the longest list at least half comes free, as each page counts once at most.
    if (isOld || old.length === MAX_FILLS) {
      this.#tidy();
    } else {
      this.fills = new Int32Array(old.length * 4);
      this.fills.set(old);
    }
  }

  /** Forgets fills that no longer count: of each page that is cached, the last one stays. */
  #tidy(): void {
    const { fills, fillCount } = this;
    let to = fillCount;
    for (let i = fillCount - 1; i >= 0; i--) {
      const fill = fills[i]!;
      const page = fill >>> 12;
      if (this.wordOf(page) === 0 || (seen[page >>> 5]! & (1 << page)) !== 0) continue;
      seen[page >>> 5]! |= 1 << page;
      fills[--to] = fill;
    }
    for (let i = to; i < fillCount; i++) seen[fills[i]! >>> 17] = 0;
    fills.copyWithin(0, to, fillCount);
    this.fillCount = fillCount - to;
    this.#forgotten += to;
    this.#tidied = this.fillCount;
  }
}
