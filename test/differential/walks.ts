/** Builds random page-table paths in the arena for linear addresses, as a list of pokes. */

import { ARENA, ARENA_SIZE, DATA, ROOTS, TABLES } from './layout.ts';
import type { Random } from './random.ts';
import type { Operation } from './stream.ts';

export type Mode = '32-bit' | 'PAE' | '4-level' | '5-level';

/** Bits of the linear address that index each level, root first. */
const SHIFTS: Readonly<Record<Mode, readonly number[]>> = {
  '32-bit': [22, 12],
  PAE: [30, 21, 12],
  '4-level': [39, 30, 21, 12],
  '5-level': [48, 39, 30, 21, 12],
};

/** What a random path may contain. */
export interface Style {
  readonly mode: Mode;
  /** CR4.PSE: in 32-bit paging bit 7 of a PDE means a 4 MiB page. Counts as set elsewhere. */
  readonly pse: boolean;
  /** The CPU has NX; bit 63 is then set at times, whether EFER.NXE is on or not. */
  readonly nx: boolean;
  /** Probability that an entry has a reserved bit set. */
  readonly reserved: number;
  /** Probability of each of P, R/W, U/S being set. */
  readonly present: number;
  readonly writable: number;
  readonly user: number;
  readonly noExecute: number;
  /** Probability of a large page where there can be one. */
  readonly large: number;
  /** 1 GiB pages exist. */
  readonly page1g: boolean;
  /** Leaves may map page tables as data. */
  readonly selfMaps: boolean;
}

interface Entry {
  readonly level: number;
  /** Physical address of the next table; undefined where the path ends. */
  readonly next: number | undefined;
}

/** Thrown where a path would give one entry two meanings, or need one of the ROM's: the case is made anew. */
export class Collision extends Error {}

export class PathBuilder {
  readonly pokes: Operation[] = [];
  readonly #random: Random;
  readonly #style: Style;
  readonly #entries = new Map<number, Entry>();
  readonly #freeTables: number[];

  constructor(random: Random, style: Style) {
    this.#random = random;
    this.#style = style;
    this.#freeTables = [...TABLES];
  }

  /** Bytes of an entry. */
  get entryBytes(): 4 | 8 {
    return this.#style.mode === '32-bit' ? 4 : 8;
  }

  /** The usual root of a mode. */
  static root(mode: Mode, which: 0 | 1 = 0): number {
    if (mode === '32-bit') return ROOTS[which * 2]!;
    if (mode === 'PAE') return ROOTS[which * 2 + 1]!;
    return ROOTS[which]!;
  }

  /**
   * Writes the entries that lead from `root` to a page for `linear`, as far as they do not exist yet.
   * Where a page is large, the access reaches the arena at the address that its low bits name.
   */
  map(root: number, linear: bigint): void {
    const shifts = SHIFTS[this.#style.mode];
    let table = root;
    for (const [level, shift] of shifts.entries()) {
      const address = this.entryAddress(table, linear, level);
      const known = this.#entries.get(address);
      if (known !== undefined) {
        if (known.level !== level) throw new Collision();
        if (known.next === undefined) return;
        table = known.next;
        continue;
      }
      const next = this.#write(address, level, shift, linear);
      this.#entries.set(address, { level, next });
      if (next === undefined) return;
      table = next;
    }
  }

  /** Builds the path anew from a level on; entries before it stay. Tables that it no longer uses are free again. */
  remap(root: number, linear: bigint, fromLevel: number): void {
    for (const [address, entry] of this.#entries) {
      if (entry.level < fromLevel) continue;
      if (entry.next !== undefined) this.#freeTables.push(entry.next);
      this.#entries.delete(address);
    }
    this.map(root, linear);
  }

  /** Writes the last entry of a path anew, keeping all others, of other paths too. */
  remapEnd(root: number, linear: bigint): void {
    this.#entries.delete(this.end(root, linear).address);
    this.map(root, linear);
  }

  /** The level and address of the entry at which the path ends. */
  end(root: number, linear: bigint): { level: number; address: number } {
    let table = root;
    for (let level = 0; ; level++) {
      const address = this.entryAddress(table, linear, level);
      const entry = this.#entries.get(address);
      if (entry?.next === undefined) return { level, address };
      table = entry.next;
    }
  }

  /** The pokes made since the last call. */
  take(): Operation[] {
    return this.pokes.splice(0);
  }

  /** Where the entry for `linear` lies in a table of the given level. */
  entryAddress(table: number, linear: bigint, level: number): number {
    const shift = BigInt(SHIFTS[this.#style.mode][level]!);
    const bits =
      this.#style.mode === '32-bit' ? 0x3ffn : this.#style.mode === 'PAE' && level === 0 ? 3n : 0x1ffn;
    return table + Number((linear >> shift) & bits) * this.entryBytes;
  }

  #write(address: number, level: number, shift: number, linear: bigint): number | undefined {
    const { mode, pse } = this.#style;
    const random = this.#random;
    // The ROM's own entries: a crossing access may wrap round to address 0.
    if (level === 0 && (address & 0xfff) < (mode === '32-bit' ? 0x20 : 8)) throw new Collision();
    if (!random.chance(this.#style.present)) {
      this.#poke(address, random.word64() & ~1n);
      return undefined;
    }
    if (mode === 'PAE' && level === 0) {
      const table = this.#table();
      this.#poke(address, BigInt(table | 1 | (random.word() & 0xe18)));
      return table;
    }
    const canBeLarge = shift === 22 ? pse : shift === 21 || (shift === 30 && this.#style.page1g);
    if (canBeLarge && random.chance(this.#style.large) && largeBase(shift, linear) !== undefined) {
      this.#poke(address, this.#largeEntry(shift, linear));
      return undefined;
    }
    let entry = this.#rights(shift === 12);
    if (shift === 12) {
      const frames = this.#style.selfMaps && random.chance(0.3) ? [...DATA, ...TABLES, ...ROOTS] : DATA;
      this.#poke(address, (entry | BigInt(random.pick(frames))) ^ this.#reservedHigh());
      return undefined;
    }
    // Bit 7 is reserved at the levels that have no large pages; without CR4.PSE it means nothing.
    if (shift === 22 ? !pse && random.chance(0.4) : !canBeLarge && random.chance(this.#style.reserved / 2))
      entry |= 0x80n;
    const table = this.#table();
    this.#poke(address, (entry | BigInt(table)) ^ this.#reservedHigh());
    return table;
  }

  #largeEntry(shift: number, linear: bigint): bigint {
    const random = this.#random;
    const base = largeBase(shift, linear) ?? 0;
    let entry = this.#rights(true) | BigInt(base) | 0x80n | (random.chance(0.3) ? 0x1000n : 0n);
    if (random.chance(this.#style.reserved)) {
      const first = shift === 22 ? 21 : 13;
      entry |= 1n << BigInt(first + random.below(shift - first));
    }
    return entry ^ this.#reservedHigh();
  }

  #rights(leaf: boolean): bigint {
    const random = this.#random;
    let entry = 1;
    if (random.chance(this.#style.writable)) entry |= 2;
    if (random.chance(this.#style.user)) entry |= 4;
    // PWT, PCD, A, D, G and what software may use. Bit 7 is left to the caller, save in a PTE, where it is PAT.
    entry |= random.word() & (leaf ? 0xf78 : 0xe78);
    if (!leaf && random.chance(0.3)) entry |= 0x100;
    let high = 0n;
    if (this.entryBytes === 8) {
      if (this.#style.nx && random.chance(this.#style.noExecute)) high |= 1n << 63n;
      // Protection key and ignored bits; PAE paging reserves them.
      if (this.#style.mode !== 'PAE') high |= (random.word64() & 0x7ffn) << 52n;
    }
    return BigInt(entry) | high;
  }

  /** Seldom one bit from MAXPHYADDR (40 in both emulators) up; to be combined by XOR. */
  #reservedHigh(): bigint {
    if (this.entryBytes === 4 || !this.#random.chance(this.#style.reserved)) return 0n;
    return 1n << BigInt(40 + this.#random.below(this.#style.mode === 'PAE' ? 23 : 12));
  }

  #table(): number {
    const index = this.#random.below(this.#freeTables.length);
    const [table] = this.#freeTables.splice(index, 1);
    if (table === undefined) throw new Collision();
    return table;
  }

  #poke(physical: number, value: bigint): void {
    const bytes = this.entryBytes;
    this.pokes.push({ op: 'poke', physical, bytes, value: BigInt.asUintN(bytes * 8, value) });
  }
}

/** Base of the large page in which the low bits of the address fall into the arena; undefined: in none. */
function largeBase(shift: number, linear: bigint): number | undefined {
  const size = 2 ** shift;
  const offset = Number(linear % BigInt(size));
  const low = Math.floor(ARENA / size) * size;
  const base = low + offset >= ARENA ? low : low + size;
  return base + offset < ARENA + ARENA_SIZE ? base : undefined;
}
