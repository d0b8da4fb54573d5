/**
 * A TLB as CPUs really have them: sets of ways, with a bank for 4 KiB pages and one for large pages, tagged
 * with PCIDs. It serves long mode, pages above 4 GiB, and every MMU that was given a geometry.
 */

import type { Access } from '../arch/access.ts';
import type { CachedEntry } from './cached-entry.ts';

/** One bank of a TLB. */
export interface TlbBankGeometry {
  /** Number of entries, a power of two, 1–1048576. */
  readonly entries: number;
  /** Entries per set: 1 is direct-mapped, `entries` fully associative. */
  readonly ways: number;
}

/** The shape of a modelled TLB. */
export interface TlbGeometry {
  /** Entries for 4 KiB pages. */
  readonly small: TlbBankGeometry;
  /** Entries for large pages; absent: a large page is cached in 4 KiB pieces, in `small`. */
  readonly large?: TlbBankGeometry;
  /** Which entry of a full set gives way. Default `lru`, least recently used. */
  readonly replacement?: 'lru' | 'fifo';
}

/** What a modelled TLB has counted since it was made or since `resetStatistics`. */
export interface TlbStatistics {
  /** Translations that an entry answered. */
  readonly hits: number;
  /** Translations that needed a walk, faults among them. */
  readonly misses: number;
  /** Translations that were cached. */
  readonly fills: number;
  /** Fills that pushed another entry out. */
  readonly evictions: number;
}

const VALID = 1;
const GLOBAL = 2;
const RIGHTS_SHIFT = 2; // four bits
const KEY_SHIFT = 6; // four bits
const SIZE_SHIFT = 10; // five bits: log2 of the bytes that the entry maps
const ORIGIN_SHIFT = 15; // five bits: log2 of the page that the entry is, or is a piece of

class Bank {
  readonly sets: number;
  readonly ways: number;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly flags: Int32Array;
  readonly pcid: Int32Array;
  readonly physical: Float64Array;
  readonly filledBy: Uint8Array;
  readonly filledAt: Float64Array;
  readonly usedAt: Float64Array;

  constructor(name: string, { entries, ways }: TlbBankGeometry) {
    if (
      !(Number.isInteger(entries) && entries >= 1 && entries <= 0x10_0000 && (entries & (entries - 1)) === 0)
    ) {
      throw new RangeError(`TLB ${name}.entries ${entries} is not a power of two from 1 to 1048576`);
    }
    if (!(Number.isInteger(ways) && ways >= 1 && ways <= entries && (ways & (ways - 1)) === 0)) {
      throw new RangeError(
        `TLB ${name}.ways ${ways} is not a power of two from 1 to its entries, ${entries}`,
      );
    }
    this.sets = entries / ways;
    this.ways = ways;
    this.low = new Int32Array(entries);
    this.high = new Int32Array(entries);
    this.flags = new Int32Array(entries);
    this.pcid = new Int32Array(entries);
    this.physical = new Float64Array(entries);
    this.filledBy = new Uint8Array(entries);
    this.filledAt = new Float64Array(entries);
    this.usedAt = new Float64Array(entries);
  }

  /** Slot of the entry that maps the page at `low`, `high` (aligned to the size), or -1. */
  find(low: number, high: number, shift: number, pcid: number): number {
    const first = this.firstSlot(low, high, shift);
    for (let slot = first; slot < first + this.ways; slot++) {
      const flags = this.flags[slot]!;
      if (
        (flags & VALID) !== 0 &&
        this.low[slot] === low &&
        this.high[slot] === high &&
        ((flags >>> SIZE_SHIFT) & 31) === shift &&
        ((flags & GLOBAL) !== 0 || this.pcid[slot] === pcid)
      ) {
        return slot;
      }
    }
    return -1;
  }

  firstSlot(low: number, high: number, shift: number): number {
    const page = shift < 32 ? (low >>> shift) | (high << (32 - shift)) : high;
    return (page & (this.sets - 1)) * this.ways;
  }

  /** A free slot of the page's set, else the one whose stamp is oldest. */
  victim(low: number, high: number, shift: number, stamps: Float64Array): number {
    const first = this.firstSlot(low, high, shift);
    let victim = first;
    for (let slot = first; slot < first + this.ways; slot++) {
      if ((this.flags[slot]! & VALID) === 0) return slot;
      if (stamps[slot]! < stamps[victim]!) victim = slot;
    }
    return victim;
  }
}

export class SetAssociativeTlb {
  readonly geometry: TlbGeometry;
  readonly #small: Bank;
  readonly #large: Bank | undefined;
  #clock = 0;
  #hits = 0;
  #misses = 0;
  #fills = 0;
  #evictions = 0;
  // The entry that the last lookup found.
  #bank: Bank;
  #slot = -1;

  /** @throws RangeError if a bank's numbers are not powers of two in range. */
  constructor(geometry: TlbGeometry) {
    this.geometry = geometry;
    this.#small = new Bank('small', geometry.small);
    this.#large = geometry.large && new Bank('large', geometry.large);
    this.#bank = this.#small;
  }

  get statistics(): TlbStatistics {
    return { hits: this.#hits, misses: this.#misses, fills: this.#fills, evictions: this.#evictions };
  }

  resetStatistics(): void {
    this.#hits = this.#misses = this.#fills = this.#evictions = 0;
  }

  /**
   * Finds the translation of a linear address; {@link SetAssociativeTlb.rights} and the others then describe it.
   * @param largeShifts - log2 of the large page sizes of the paging mode.
   */
  lookup(low: number, high: number, pcid: number, largeShifts: readonly number[]): boolean {
    this.#bank = this.#small;
    this.#slot = this.#small.find(low & -4096, high, 12, pcid);
    if (this.#slot >= 0) return true;
    if (this.#large === undefined) return false;
    for (let i = 0; i < largeShifts.length; i++) {
      const shift = largeShifts[i]!;
      const slot = this.#large.find(low & (-1 << shift), high, shift, pcid);
      if (slot >= 0) {
        this.#bank = this.#large;
        this.#slot = slot;
        return true;
      }
    }
    return false;
  }

  /** `RIGHT_…` bits of the entry found. */
  get rights(): number {
    return (this.#bank.flags[this.#slot]! >>> RIGHTS_SHIFT) & 0xf;
  }

  /** Protection key of the entry found. */
  get key(): number {
    return (this.#bank.flags[this.#slot]! >>> KEY_SHIFT) & 0xf;
  }

  /** Counts a hit on the entry found, and translates with it. @param low - Bits 31–0 of the linear address. */
  use(low: number): number {
    const { flags, physical, usedAt } = this.#bank;
    usedAt[this.#slot] = ++this.#clock;
    this.#hits++;
    const shift = (flags[this.#slot]! >>> SIZE_SHIFT) & 31;
    return physical[this.#slot]! + ((low & ~(-1 << shift)) >>> 0);
  }

  /** Drops the entry found: the access needs more than it grants, and RAM may grant it by now. */
  drop(): void {
    this.#bank.flags[this.#slot] = 0;
  }

  countMiss(): void {
    this.#misses++;
  }

  /** Caches a translation; `physical` is the base of its page of `1 << shift` bytes. */
  fill(
    low: number,
    high: number,
    physical: number,
    shift: number,
    rights: number,
    key: number,
    global: boolean,
    pcid: number,
    access: Access,
  ): void {
    let bank = this.#small;
    let size = 12;
    let base = physical;
    if (shift !== 12) {
      if (this.#large !== undefined) {
        bank = this.#large;
        size = shift;
      } else {
        base += (low & ~(-1 << shift) & -4096) >>> 0;
      }
    }
    const pageLow = low & (-1 << size);
    const stamps = this.geometry.replacement === 'fifo' ? bank.filledAt : bank.usedAt;
    // A page that is cached is filled again in its place: two entries of one page could answer differently.
    const cached = bank.find(pageLow, high, size, pcid);
    const slot = cached >= 0 ? cached : bank.victim(pageLow, high, size, stamps);
    if (cached < 0 && bank.flags[slot] !== 0) this.#evictions++;
    this.#fills++;
    bank.low[slot] = pageLow;
    bank.high[slot] = high;
    bank.physical[slot] = base;
    bank.pcid[slot] = pcid;
    bank.filledBy[slot] = access;
    bank.filledAt[slot] = bank.usedAt[slot] = ++this.#clock;
    bank.flags[slot] =
      VALID |
      (global ? GLOBAL : 0) |
      (rights << RIGHTS_SHIFT) |
      (key << KEY_SHIFT) |
      (size << SIZE_SHIFT) |
      (shift << ORIGIN_SHIFT);
  }

  /** Drops everything, global entries and every PCID too. */
  flush(): void {
    this.#dropWhere(() => true);
  }

  /** Drops the entries that are not global: of one PCID, or of all. */
  flushNonGlobal(pcid?: number): void {
    this.#dropWhere(
      (bank, slot) => (bank.flags[slot]! & GLOBAL) === 0 && (pcid === undefined || bank.pcid[slot] === pcid),
    );
  }

  /**
   * Drops the translation of an address, with every other piece of the page that it came from.
   *
   * @param globals - Whether global entries go too, as INVLPG has it; INVPCID spares them.
   */
  invalidate(low: number, high: number, pcid: number, globals: boolean): void {
    this.#dropWhere((bank, slot) => {
      const global = (bank.flags[slot]! & GLOBAL) !== 0;
      if (global ? !globals : bank.pcid[slot] !== pcid) return false;
      const page = -1 << ((bank.flags[slot]! >>> ORIGIN_SHIFT) & 31);
      return bank.high[slot] === high && (bank.low[slot]! & page) === (low & page);
    });
  }

  *entries(): Generator<CachedEntry> {
    const found: CachedEntry[] = [];
    for (const bank of this.#large ? [this.#small, this.#large] : [this.#small]) {
      for (let slot = 0; slot < bank.flags.length; slot++) {
        const flags = bank.flags[slot]!;
        if ((flags & VALID) === 0) continue;
        found.push({
          linearLow: bank.low[slot]!,
          linearHigh: bank.high[slot]!,
          physical: bank.physical[slot]!,
          shift: (flags >>> SIZE_SHIFT) & 31,
          pageShift: (flags >>> ORIGIN_SHIFT) & 31,
          rights: (flags >>> RIGHTS_SHIFT) & 0xf,
          key: (flags >>> KEY_SHIFT) & 0xf,
          global: (flags & GLOBAL) !== 0,
          pcid: bank.pcid[slot]!,
          filledBy: bank.filledBy[slot] as Access,
          fillNumber: bank.filledAt[slot]!,
        });
      }
    }
    yield* found.sort((a, b) => a.fillNumber - b.fillNumber);
  }

  #dropWhere(condition: (bank: Bank, slot: number) => boolean): void {
    for (const bank of this.#large ? [this.#small, this.#large] : [this.#small]) {
      for (let slot = 0; slot < bank.flags.length; slot++) {
        if (bank.flags[slot] !== 0 && condition(bank, slot)) bank.flags[slot] = 0;
      }
    }
  }
}
