/** Entries in RAM, and the tables below a root: which there are, and by which one entry each is reached. */

import { PAGE_SIZE } from '../arch/address.ts';
import { PTE_P } from '../arch/entry.ts';
import { PAGING_MODES, type PagingLevel } from '../arch/paging-modes.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Memory, Ram, RamReader } from '../memory/ram.ts';
import type { Entry, EntryFormat } from './entry-format.ts';

/** A table that is empty. */
const NO_WORDS = new Int32Array(PAGE_SIZE / 4);

/** The levels, and their tables in RAM. */
export class TableMemory {
  readonly format: EntryFormat;
  readonly levels: readonly PagingLevel[];
  readonly root: number;
  readonly #memory: Ram;
  readonly #copy: Int32Array = new Int32Array(PAGE_SIZE / 4);
  /** Frame of each table below the root, and the physical address of the entry that leads to it. */
  readonly #owners = new Map<number, number>();
  /** Frames of tables that more than one entry leads to. */
  readonly #shared = new Set<number>();

  constructor(memory: Ram, format: EntryFormat, root: number) {
    this.#memory = memory;
    this.format = format;
    this.levels = PAGING_MODES[format.mode].levels;
    this.root = root;
    this.scan();
  }

  /** Frames of all tables, the root's first, then in the order in which they were found or made. */
  get frames(): number[] {
    return [Math.floor(this.root / PAGE_SIZE), ...this.#owners.keys()];
  }

  has(frame: number): boolean {
    return frame === Math.floor(this.root / PAGE_SIZE) || this.#owners.has(frame);
  }

  /** Whether this entry, and no other, leads to the table. Looks again where the table is not known yet. */
  owns(entryAddress: number, table: number): boolean {
    const frame = table / PAGE_SIZE;
    if (!this.has(frame)) this.scan();
    return this.#owners.get(frame) === entryAddress && !this.#shared.has(frame);
  }

  add(table: number, entryAddress: number): void {
    this.#owners.set(table / PAGE_SIZE, entryAddress);
  }

  remove(table: number): void {
    this.#owners.delete(table / PAGE_SIZE);
  }

  /** Finds the tables below the root, however they came there. */
  scan(): void {
    this.#owners.clear();
    this.#shared.clear();
    this.#scanTable(this.root, 0, new Set([Math.floor(this.root / PAGE_SIZE)]));
  }

  #scanTable(table: number, depth: number, path: ReadonlySet<number>): void {
    const level = this.levels[depth]!;
    if (depth === this.levels.length - 1) return;
    for (let index = 0; index < 2 ** level.indexBits; index++) {
      const entry = this.load(this.entryAddress(table, index));
      if (!this.#leadsToTable(entry, level)) continue;
      const child = this.format.tableAddress(entry);
      const frame = child / PAGE_SIZE;
      // A table that maps itself (a linear page table) is no sharing below it: the window shows what is there.
      if (path.has(frame)) continue;
      if (this.#owners.has(frame)) {
        this.#shared.add(frame);
        continue;
      }
      this.#owners.set(frame, this.entryAddress(table, index));
      this.#scanTable(child, depth + 1, new Set(path).add(frame));
    }
  }

  /** Whether an entry leads to a table, be it a possible one or not. */
  isLink(entry: Entry, level: PagingLevel): boolean {
    return (entry.low & PTE_P) !== 0 && !this.format.isLeaf(entry, level);
  }

  #leadsToTable(entry: Entry, level: PagingLevel): boolean {
    if (!this.isLink(entry, level)) return false;
    return !this.format.isMalformed(entry, level) && this.isFrame(this.format.tableAddress(entry));
  }

  /** Whether a whole frame of RAM begins at a physical address. */
  isFrame(physical: number): boolean {
    return TableMemory.isFrameOf(this.#memory, physical);
  }

  /** Whether a whole frame of a memory begins at a physical address. */
  static isFrameOf(memory: RamReader, physical: number): boolean {
    return physical + PAGE_SIZE <= memory.sizeBytes && (memory.isRam?.(physical) ?? true);
  }

  entryAddress(table: number, index: number): number {
    return table + index * this.format.entryBytes;
  }

  load(entryAddress: number): Entry {
    return { low: this.loadLow(entryAddress), high: this.loadHigh(entryAddress) };
  }

  /** Bits 31 to 0 of an entry. */
  loadLow(entryAddress: number): number {
    return this.#memory.loadWord(entryAddress);
  }

  /** Bits 63 to 32 of an entry; 0 where entries have 32 bits. */
  loadHigh(entryAddress: number): number {
    return this.format.entryBytes === 8 ? this.#memory.loadWord(entryAddress + 4) : 0;
  }

  store(entryAddress: number, { low, high }: Entry): void {
    this.storeHalves(entryAddress, low, high);
  }

  /** Writes the words of an entry that change, so that no mixture of two values is ever present. */
  storeHalves(entryAddress: number, low: number, high: number): void {
    const memory = this.#memory;
    const oldLow = memory.loadWord(entryAddress);
    if (this.format.entryBytes === 8 && memory.loadWord(entryAddress + 4) !== high) {
      const mixes = (oldLow & PTE_P) !== 0 && oldLow !== low;
      if (mixes) memory.storeWord(entryAddress, 0);
      memory.storeWord(entryAddress + 4, high);
      if (mixes && low === 0) return;
    }
    if (oldLow !== low) memory.storeWord(entryAddress, low);
  }

  /**
   * Words of a table, which lie in one frame, to be read only: a live view where the memory has one, else a copy that the
   * next call overwrites.
   */
  words(physical: number, count: number): Int32Array {
    const memory = this.#memory;
    if (memory instanceof PhysicalMemory) {
      const start = (physical % PAGE_SIZE) / 4;
      return memory.frameWords(Math.floor(physical / PAGE_SIZE)).subarray(start, start + count);
    }
    const copy = this.#copy.subarray(0, count);
    if (memory.loadWords !== undefined) memory.loadWords(physical, copy);
    else for (let i = 0; i < count; i++) copy[i] = memory.loadWord(physical + 4 * i);
    return copy;
  }

  /** Writes words of a table. By one call where the memory has one for it, so that whoever watches it sees one write. */
  write(physical: number, words: Int32Array): void {
    const memory = this.#memory as Ram & Partial<Pick<Memory, 'write'>>;
    if (memory.write !== undefined) {
      memory.write(physical, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
      return;
    }
    for (let i = 0; i < words.length; i++) {
      const at = physical + 4 * i;
      if (memory.loadWord(at) !== words[i]) memory.storeWord(at, words[i]!);
    }
  }

  /** Whether nothing at all stands in a table, not even in entries that are not present. */
  isZero(table: number, depth: number): boolean {
    // Most tables begin with a page.
    if (this.loadLow(table) !== 0) return false;
    const count = (2 ** this.levels[depth]!.indexBits * this.format.entryBytes) / 4;
    const words = this.words(table, count);
    for (let i = 0; i < count; i++) if (words[i] !== 0) return false;
    return true;
  }

  clear(frame: number): void {
    this.write(frame * PAGE_SIZE, NO_WORDS);
  }
}
