/**
 * The default TLB for what no word of `page-tlb.ts` can hold: the 64-bit addresses of long mode, and pages above
 * 4 GiB in any mode. One slot for each value of linear bits 27–12: a page pushes out the one that had its slot, and
 * nothing else ever does. A large page is cached in 4 KiB pieces, as they are used.
 *
 * A slot has two faces. The quick one, for hits:
 *
 * | array | holds |
 * |---|---|
 * | `words`, bits 31–28 | bits 31–28 of the linear address |
 * | `words`, bits 27–12 | an epoch; the slot's number tells these bits of the address |
 * | `words`, bits 9, 8, 6, 5, 4, 2, 1, 0 | granted accesses, bit `1 << access` |
 * | `highs` | bits 63–32 of the linear address |
 * | `bases` | the linear address of the page once more, as a number, for callers that have numbers |
 * | `physical` | the page's physical address |
 *
 * An epoch is a state of all that decides what an entry may grant: PCID, CR0.WP, PKRU and so on. A load of CR3 begins
 * another one, and every word of before is out of date at once; nothing has to be cleared.
 *
 * The lasting face says what was cached: `meta`, and `stamps`, the number of the fill. An entry is alive as long as its
 * word is not 0, and its stamp is later than the last flush that concerned it. An entry that is alive, but whose epoch is over, is brought
 * up to date when it is next asked for: no walk, and for a global page no difference to a reader.
 */

import type { Access } from '../arch/access.ts';
import * as address from '../arch/address.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import type { CachedEntry } from './cached-entry.ts';
import * as pageWord from './tlb-word.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { FOUR_GIB, PAGE_SHIFT } = address;
const { WORD_ADDRESS } = pageWord;

/** Slots: 256 MiB of pages. */
export const WIDE_SLOTS = 0x1_0000;
/** `(low >>> PAGE_SHIFT) & WIDE_SLOT_MASK` is the slot of an address. */
export const WIDE_SLOT_MASK: number = WIDE_SLOTS - 1;
/** The bits of a linear address that a word keeps as they are. */
export const WIDE_TAG: number = 0xf000_0000 | 0;
// V8 loads what is exported at every use, in this module too.
const SLOT_MASK: number = WIDE_SLOT_MASK;
const TAG: number = WIDE_TAG;
/** The bits of a word that hold its epoch. */
export const WIDE_EPOCH = 0x0fff_f000;
/** `epoch << WIDE_EPOCH_SHIFT` is the epoch's place in a word. */
const WIDE_EPOCH_SHIFT: number = PAGE_SHIFT;
/** The last epoch; after it everything is forgotten, and they begin anew. */
const LAST_EPOCH = 0xffff;
const PCIDS = 4096;

// The parts of `meta`.
const META_RIGHTS = 0xf;
const META_KEY_SHIFT = 4; // four bits
const META_SIZE_SHIFT = 8; // five bits: log2 of the page that the entry is, or is a piece of
const META_GLOBAL: number = 1 << 13;
const META_ACCESS_SHIFT = 14; // five bits
const META_PCID_SHIFT = 19; // twelve bits

/** `meta` of a piece of a page. Whoever fills slots itself composes it so. */
export function wideMeta(
  rights: number,
  key: number,
  pageShift: number,
  global: boolean,
  access: Access,
  pcid: number,
): number {
  return (
    rights |
    (key << META_KEY_SHIFT) |
    (pageShift << META_SIZE_SHIFT) |
    (global ? META_GLOBAL : 0) |
    (access << META_ACCESS_SHIFT) |
    (pcid << META_PCID_SHIFT)
  );
}

/** log2 of the larger of the large pages, 1 GiB. */
const HUGE_SHIFT: number = PAGING_MODES['4-level'].largePageShifts[1]!;

/** Slots in the list of regions that have pieces of large pages. */
const REGION_SLOTS = 1024;
const SOME_REGION = 1;
const SEVERAL_REGIONS = 2;

/** The arrays of slots. */
export type WideTlbArrays = Pick<WideTlb, 'words' | 'highs' | 'bases' | 'physical' | 'stamps' | 'meta'>;

function newArrays(): WideTlbArrays {
  return {
    words: new Int32Array(WIDE_SLOTS),
    highs: new Int32Array(WIDE_SLOTS),
    bases: new Float64Array(WIDE_SLOTS),
    physical: new Float64Array(WIDE_SLOTS),
    stamps: new Float64Array(WIDE_SLOTS),
    meta: new Int32Array(WIDE_SLOTS),
  };
}

export class WideTlb {
  readonly words: Int32Array;
  readonly highs: Int32Array;
  readonly bases: Float64Array;
  readonly physical: Float64Array;
  readonly stamps: Float64Array;
  readonly meta: Int32Array;
  /** Fills so far, flushes counted too. */
  clock = 0;
  /** The epoch of now, where words have it. */
  key: number = 1 << WIDE_EPOCH_SHIFT;

  #lastEpoch = 1;
  /** Epochs up to this one are over. */
  #epochFloor = 0;
  /** By PCID: the epoch that it had last. */
  readonly #epochs = new Int32Array(PCIDS);
  #pcid = 0;
  /** By PCID: the clock when its entries were last flushed. */
  readonly #flushedAt = new Float64Array(PCIDS);
  /** The clock when the entries of all PCIDs were last flushed, and when the global ones were. */
  #allFlushedAt = 0;
  #globalsFlushedAt = 0;

  /** log2 of the smaller of the large pages. */
  #regionShift: number = PAGE_SHIFT;
  /** By slot: how many regions with pieces of large pages have it, and which one. */
  readonly #regionCounts = new Uint8Array(REGION_SLOTS);
  readonly #regions = new Int32Array(REGION_SLOTS);
  /** Pages of 1 GiB of which pieces are cached, by the linear address shifted. */
  readonly #huge = new Set<number>();

  /** @param arrays - Where they are to lie, all of them zero and {@link WIDE_SLOTS} long. */
  constructor(arrays: WideTlbArrays = newArrays()) {
    this.words = arrays.words;
    this.highs = arrays.highs;
    this.bases = arrays.bases;
    this.physical = arrays.physical;
    this.stamps = arrays.stamps;
    this.meta = arrays.meta;
    this.#epochs[0] = 1;
  }

  /** The stamp after which an entry of the PCID of now is alive, if it is not global. */
  get aliveAfter(): number {
    return Math.max(this.#allFlushedAt, this.#flushedAt[this.#pcid]!);
  }

  /** The same for a global one. */
  get globalsAliveAfter(): number {
    return this.#globalsFlushedAt;
  }

  // --- entries ---

  /** The slot of an entry that is alive and answers for the address now, with whatever rights; -1 if none does. */
  find(low: number, high: number): number {
    const slot = (low >>> PAGE_SHIFT) & SLOT_MASK;
    return this.#isPage(slot, low, high) && this.isMine(slot) ? slot : -1;
  }

  /** The entry is alive, and of the PCID of now or global. */
  isMine(slot: number): boolean {
    return this.words[slot] !== 0 && this.#concerns(slot, this.#pcid, true) && this.#isUnflushed(slot);
  }

  /** Brings an entry up to date: from now on it answers at once. */
  revive(slot: number, grants: number): void {
    this.words[slot] = (this.words[slot]! & TAG) | this.key | grants;
  }

  /** `RIGHT_…` bits of an entry. */
  rightsOf(slot: number): number {
    return this.meta[slot]! & META_RIGHTS;
  }

  /** Protection key of an entry. */
  keyOf(slot: number): number {
    return (this.meta[slot]! >>> META_KEY_SHIFT) & 0xf;
  }

  /**
   * Caches a translation.
   * @param physical - Physical address of the 4 KiB page, or piece of a page, that holds the address.
   * @param grants - The accesses that it may answer now.
   */
  fill(low: number, high: number, physical: number, grants: number, meta: number): void {
    const slot = (low >>> PAGE_SHIFT) & SLOT_MASK;
    this.words[slot] = (low & TAG) | this.key | grants;
    this.highs[slot] = high;
    this.bases[slot] = (high >>> 0) * FOUR_GIB + ((low & WORD_ADDRESS) >>> 0);
    this.physical[slot] = physical;
    this.meta[slot] = meta;
    this.clock += 1;
    this.stamps[slot] = this.clock;
    const pageShift = (meta >>> META_SIZE_SHIFT) & 31;
    if (pageShift !== PAGE_SHIFT) this.#noteLarge(low, high, pageShift);
  }

  /** Drops the entry of a slot. */
  drop(slot: number): void {
    this.words[slot] = 0;
  }

  // --- what the registers say ---

  /** The PCID of what is cached from now on. */
  get pcid(): number {
    return this.#pcid;
  }

  /** Goes over to the entries of a PCID, at once where nothing but the PCID has changed since it was left. */
  switchTo(pcid: number): void {
    this.#pcid = pcid;
    const epoch = this.#epochs[pcid]!;
    if (epoch > this.#epochFloor) this.key = epoch << WIDE_EPOCH_SHIFT;
    else this.#beginEpoch();
  }

  /** Another register than CR3 changed what entries grant: all are looked at anew when they are next asked for. */
  regrant(): void {
    this.#epochFloor = this.#lastEpoch;
    this.#beginEpoch();
  }

  /** @param shift - log2 of the smaller of the large pages of the paging mode. Everything has been flushed before. */
  setLargeShift(shift: number): void {
    this.#regionShift = shift;
  }

  // --- flushes ---

  /** Drops everything, global entries and every PCID too. */
  flush(): void {
    this.#globalsFlushedAt = this.clock;
    this.flushNonGlobal();
    this.#regionCounts.fill(0);
    this.#huge.clear();
  }

  /** Drops the entries that are not global, of all PCIDs. */
  flushNonGlobal(): void {
    this.#allFlushedAt = this.clock;
    this.regrant();
  }

  /** Drops the entries of one PCID that are not global. */
  flushPcid(pcid: number): void {
    this.#flushedAt[pcid] = this.clock;
    this.#epochs[pcid] = 0;
    if (pcid === this.#pcid) this.#beginEpoch();
  }

  /**
   * Drops the translation of an address, with every other piece of the page that it came from.
   * @param globals - Whether global entries go too, as INVLPG has it; INVPCID spares them.
   */
  invalidate(low: number, high: number, pcid: number, globals: boolean): void {
    const slot = (low >>> PAGE_SHIFT) & SLOT_MASK;
    if (this.#isPage(slot, low, high) && this.#concerns(slot, pcid, globals)) this.drop(slot);
    const region = regionOf(low, high, this.#regionShift);
    const at = region & (REGION_SLOTS - 1);
    const count = this.#regionCounts[at]!;
    if (count !== 0 && (count === SEVERAL_REGIONS || this.#regions[at] === region)) {
      this.#invalidateLarge(low, high, pcid, globals, this.#regionShift);
    }
    if (this.#huge.size > 0 && this.#huge.has(regionOf(low, high, HUGE_SHIFT))) {
      this.#invalidateLarge(low, high, pcid, globals, HUGE_SHIFT);
    }
  }

  // --- for a reader ---

  /** What is cached, in the order in which it was filled. */
  entries(): CachedEntry[] {
    const entries: CachedEntry[] = [];
    for (let slot = 0; slot < WIDE_SLOTS; slot++) {
      if (this.words[slot] === 0 || !this.#isUnflushed(slot)) continue;
      const meta = this.meta[slot]!;
      entries.push({
        linearLow: (this.words[slot]! & TAG) | (slot << PAGE_SHIFT),
        linearHigh: this.highs[slot]!,
        physical: this.physical[slot]!,
        shift: PAGE_SHIFT,
        pageShift: (meta >>> META_SIZE_SHIFT) & 31,
        rights: meta & META_RIGHTS,
        key: (meta >>> META_KEY_SHIFT) & 0xf,
        global: (meta & META_GLOBAL) !== 0,
        pcid: meta >>> META_PCID_SHIFT,
        filledBy: ((meta >>> META_ACCESS_SHIFT) & 0x1f) as Access,
        fillNumber: this.stamps[slot]!,
      });
    }
    return entries.sort((a, b) => a.fillNumber - b.fillNumber);
  }

  // --- inside ---

  #isPage(slot: number, low: number, high: number): boolean {
    return this.highs[slot] === high && ((this.words[slot]! ^ low) & TAG) === 0;
  }

  /** Nothing has flushed the entry, if it was not dropped. */
  #isUnflushed(slot: number): boolean {
    const stamp = this.stamps[slot]!;
    const meta = this.meta[slot]!;
    if ((meta & META_GLOBAL) !== 0) return stamp > this.#globalsFlushedAt;
    return stamp > this.#allFlushedAt && stamp > this.#flushedAt[meta >>> META_PCID_SHIFT]!;
  }

  #concerns(slot: number, pcid: number, globals: boolean): boolean {
    const meta = this.meta[slot]!;
    return (meta & META_GLOBAL) !== 0 ? globals : meta >>> META_PCID_SHIFT === pcid;
  }

  #beginEpoch(): void {
    if (this.#lastEpoch === LAST_EPOCH) {
      // As if all had been evicted. It costs as much as a few pages walked, once in 65,535 times.
      this.words.fill(0);
      this.#epochs.fill(0);
      this.#lastEpoch = 0;
      this.#epochFloor = 0;
    }
    this.#lastEpoch++;
    this.#epochs[this.#pcid] = this.#lastEpoch;
    this.key = this.#lastEpoch << WIDE_EPOCH_SHIFT;
  }

  /** Notes that a piece of a large page is cached, so that INVLPG elsewhere need not look for pieces. */
  #noteLarge(low: number, high: number, pageShift: number): void {
    if (pageShift === HUGE_SHIFT) {
      this.#huge.add(regionOf(low, high, HUGE_SHIFT));
      return;
    }
    const region = regionOf(low, high, this.#regionShift);
    const at = region & (REGION_SLOTS - 1);
    if (this.#regionCounts[at] === 0) {
      this.#regionCounts[at] = SOME_REGION;
      this.#regions[at] = region;
    } else if (this.#regions[at] !== region) {
      this.#regionCounts[at] = SEVERAL_REGIONS;
    }
  }

  /** Drops every piece of the page of `1 << shift` bytes that holds the address. */
  #invalidateLarge(low: number, high: number, pcid: number, globals: boolean, shift: number): void {
    const first = low & (-1 << shift);
    const pieces = Math.min(1 << (shift - PAGE_SHIFT), WIDE_SLOTS);
    for (let piece = 0; piece < pieces; piece++) {
      const slot = ((first >>> PAGE_SHIFT) + piece) & SLOT_MASK;
      const entryLow = (this.words[slot]! & TAG) | (slot << PAGE_SHIFT);
      if (
        this.highs[slot] === high &&
        ((entryLow ^ low) & (-1 << shift)) === 0 &&
        ((this.meta[slot]! >>> META_SIZE_SHIFT) & 31) === shift &&
        this.#concerns(slot, pcid, globals)
      ) {
        this.drop(slot);
      }
    }
  }
}

/** A number for the large page of an address, as int32: bits from `shift` up, as far as they fit. */
function regionOf(low: number, high: number, shift: number): number {
  return (low >>> shift) | (high << (32 - shift));
}
