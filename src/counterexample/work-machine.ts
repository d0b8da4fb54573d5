import { PAGE_SIZE } from '../arch/address.ts';
import { PTE_FRAME_MASK, PTE_P } from '../arch/entry.ts';
import { tableFramesOf } from '../claims/table-frames.ts';
import { holesOf } from '../machine/image/used-frames.ts';
import type { Machine, MachineRegisters } from '../machine/machine.ts';
import { HoledMemory } from '../memory/holed-memory.ts';
import { MAX_MEMORY_BYTES, PhysicalMemory } from '../memory/physical-memory.ts';
import type { Memory } from '../memory/ram.ts';
import { contextOf, type WalkContext } from '../walk/context.ts';
import { entriesOf, tablesOf } from '../walk/tables-of.ts';

/** Bits of the high half of an entry that are no address: NX, the protection key, and what is left to software. */
const HIGH_FLAGS = -1 << 20;

/** An entry of a page table in RAM. */
export interface Entry {
  /** Its physical address. */
  readonly address: number;
  /** 4 or 8 bytes. */
  readonly bytes: 4 | 8;
  /** Levels above it: 0 is the root's. */
  readonly depth: number;
}

/**
 * A machine out of which entries and bits can be taken, and put back. It begins with the tables of another one, the
 * present entries alone, and has nothing else in its RAM.
 */
export class WorkMachine {
  /** The present entries of all tables, each once. */
  readonly entries: readonly Entry[];
  readonly #source: Machine;
  readonly #ram: PhysicalMemory;
  readonly #memory: Memory;
  /** A table lies where no RAM answers, so the size of RAM and its holes matter. */
  readonly #hasLostTables: boolean;
  #registers: MachineRegisters;
  readonly #values = new Map<number, readonly [low: number, high: number]>();

  /** @throws RangeError for tables above 64 GiB, which no image can hold. */
  constructor(source: Machine) {
    const { memory } = source;
    this.#source = source;
    const { cr2: _, ...registers } = source.registers;
    this.#registers = registers;
    const context = contextOf(source);
    const isRam = (physical: number): boolean =>
      physical < memory.sizeBytes && (memory.isRam?.(physical) ?? true);
    this.#hasLostTables = tableFramesOf(context).some((frame) => !isRam(frame * PAGE_SIZE));
    this.#ram = new PhysicalMemory(Math.min(memory.sizeBytes, MAX_MEMORY_BYTES));
    const holes = this.#hasLostTables ? holesOf(memory) : [];
    this.#memory = holes.length === 0 ? this.#ram : new HoledMemory(this.#ram, holes);
    const entries = new Map<number, Entry>();
    for (const table of tablesOf(context)) {
      // Registers that RAM does not hold are kept as they are.
      if (table.inRegisters && source.registers.pdptes !== undefined) continue;
      for (const { address } of entriesOf(context, table)) {
        if (entries.has(address) || !isRam(address)) continue;
        if (address >= this.#ram.sizeBytes) {
          throw new RangeError(
            `a page table at 0x${address.toString(16)} lies above 64 GiB, the most that an image holds`,
          );
        }
        const bytes = table.entryBytes;
        const high = bytes === 8 ? memory.loadWord(address + 4) : 0;
        this.#values.set(address, [memory.loadWord(address), high]);
        entries.set(address, { address, bytes, depth: table.depth });
      }
    }
    this.entries = [...entries.values()];
    for (const entry of this.entries) this.#store(entry, this.#values.get(entry.address)!);
  }

  get context(): WalkContext {
    return contextOf(this.machine);
  }

  get machine(): Machine {
    const { cpu } = this.#source;
    return { memory: this.#memory, cpu, registers: this.#registers };
  }

  /** Addresses of the entries that a walk can still come to. */
  *reachedEntries(): Generator<number> {
    const { context } = this;
    for (const table of tablesOf(context)) {
      for (const { address } of entriesOf(context, table)) yield address;
    }
  }

  /** Leaves these of some entries, and takes the others out. */
  leave(of: readonly Entry[], left: readonly Entry[]): void {
    const kept = new Set(left);
    for (const entry of of) {
      this.#store(entry, kept.has(entry) ? this.#values.get(entry.address)! : [0, 0]);
    }
  }

  /** The bits of an entry that are neither P nor part of an address, from the least telling up. */
  flagsOf({ address, bytes }: Entry): (readonly [word: number, bit: number])[] {
    const [low, high] = this.#values.get(address)!;
    const flags: (readonly [number, number])[] = [];
    const lowFlags = low & ~PTE_FRAME_MASK & ~PTE_P;
    // A and D first, and what is left to software; rights last, since they are what a reader looks for.
    for (const bit of [5, 6, 9, 10, 11, 8, 4, 3, 7, 2, 1]) {
      if (((lowFlags >>> bit) & 1) !== 0) flags.push([0, bit]);
    }
    if (bytes === 8) {
      for (let bit = 20; bit < 32; bit++) if ((((high & HIGH_FLAGS) >>> bit) & 1) !== 0) flags.push([1, bit]);
    }
    return flags;
  }

  /** Turns a bit of an entry over. */
  flip(entry: Entry, [word, bit]: readonly [word: number, bit: number]): void {
    const [low, high] = this.#values.get(entry.address)!;
    const mask = 1 << bit;
    const value = word === 0 ? ([low ^ mask, high] as const) : ([low, high ^ mask] as const);
    this.#values.set(entry.address, value);
    this.#store(entry, value);
  }

  /** Registers in place of those there are; @returns those. */
  exchange(registers: MachineRegisters): MachineRegisters {
    const before = this.#registers;
    this.#registers = registers;
    return before;
  }

  /**
   * The machine with no more RAM than it needs.
   * @param up - What must have RAM, in physical addresses: up to this one, if the source has it.
   */
  fitted(up: number): Machine {
    const { machine } = this;
    if (this.#hasLostTables) return machine;
    const tables = tableFramesOf(this.context);
    const last = tables.at(-1) ?? 0;
    const needed = Math.max((last + 1) * PAGE_SIZE, up);
    const memory = new PhysicalMemory(Math.min(needed, this.#ram.sizeBytes));
    for (const frame of tables) memory.write(frame * PAGE_SIZE, this.#ram.read(frame * PAGE_SIZE, PAGE_SIZE));
    return { ...machine, memory };
  }

  #store({ address, bytes }: Entry, [low, high]: readonly [low: number, high: number]): void {
    this.#ram.storeWord(address, low);
    if (bytes === 8) this.#ram.storeWord(address + 4, high);
  }
}
