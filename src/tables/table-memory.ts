/** Entries in RAM, and the tables below a root: which there are, and by which one entry each is reached. */

import { PAGE_SIZE } from '../arch/address.ts';
import { PTE_P } from '../arch/entry.ts';
import { PAGING_MODES, type PagingLevel } from '../arch/paging-modes.ts';
import type { Ram, RamReader } from '../memory/ram.ts';
import type { Entry, EntryFormat } from './entry-format.ts';

/** The levels, and their tables in RAM. */
export class TableMemory {
  readonly format: EntryFormat;
  readonly levels: readonly PagingLevel[];
  readonly root: number;
  readonly #memory: Ram;
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

  #leadsToTable(entry: Entry, level: PagingLevel): boolean {
    if ((entry.low & PTE_P) === 0 || this.format.isLeaf(entry, level)) return false;
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
    const low = this.#memory.loadWord(entryAddress);
    return { low, high: this.format.entryBytes === 8 ? this.#memory.loadWord(entryAddress + 4) : 0 };
  }

  /** Writes the words of an entry that change, so that no mixture of two values is ever present. */
  store(entryAddress: number, { low, high }: Entry): void {
    const memory = this.#memory;
    if (this.format.entryBytes === 8 && memory.loadWord(entryAddress + 4) !== high) {
      const oldLow = memory.loadWord(entryAddress);
      if ((oldLow & PTE_P) !== 0 && oldLow !== low) memory.storeWord(entryAddress, 0);
      memory.storeWord(entryAddress + 4, high);
    }
    if (memory.loadWord(entryAddress) !== low) memory.storeWord(entryAddress, low);
  }

  /** Whether nothing at all stands in a table, not even in entries that are not present. */
  isZero(table: number, depth: number): boolean {
    for (let index = 0; index < 2 ** this.levels[depth]!.indexBits; index++) {
      const { low, high } = this.load(this.entryAddress(table, index));
      if ((low | high) !== 0) return false;
    }
    return true;
  }

  clear(frame: number): void {
    for (let at = 0; at < PAGE_SIZE; at += 4) this.#memory.storeWord(frame * PAGE_SIZE + at, 0);
  }
}
