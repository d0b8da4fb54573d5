/** Entries of page tables, and tables made of them: shared, aliased, mapping themselves, with large pages. */

import fc from 'fast-check';
import { CPU_MODELS, type CpuFeatures } from '../arch/cpu.ts';
import { PDE_PS, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import { fewerOf, lowerNumbers } from '../campaign/smaller-requests.ts';
import type { Machine } from '../machine/machine.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import type { TableMode } from '../tables/mapper.ts';
import { tableRegisters } from '../tables/table-registers.ts';
import { fewerBits, listOf, lowerCounts, shrunkBy } from './simpler.ts';

/** What entries to draw. */
export interface EntryOptions {
  /** The paging mode, which decides on 32 or 64 bits. Default `32-bit`. */
  readonly mode?: TableMode;
  /** They lead to a frame below it, seldom to one beyond. Default 16. */
  readonly frames?: number;
  /** Every bit by chance, so that most entries are malformed. Default false: nearly all are sound. */
  readonly anyBits?: boolean;
}

const FRAME_BITS = 0xf_ffff_ffff_f000n;
const HIGH_BITS = 0xfff0_0000_0000_0000n;

/**
 * Entries of a mode, as 32-bit or 64-bit values: mostly present, with rights, A, D, G and cache bits by chance, PS in one
 * of eight, NX and a protection key where there are such bits, seldom a reserved one. They shrink to fewer bits and
 * lower frames: the plainest is 0.
 */
export function tableEntry(options: EntryOptions = {}): fc.Arbitrary<bigint> {
  const { mode = '32-bit', frames = 16, anyBits = false } = options;
  const wide = PAGING_MODES[mode].entryBytes === 8;
  const width = wide ? 64n : 32n;
  const random = fc.bigInt(0n, (1n << width) - 1n);
  const low = fc
    .tuple(fc.nat(0xfff), fc.nat(31), fc.nat(3), fc.nat(3), fc.nat(7))
    .map(
      ([bits, p, rw, us, ps]) =>
        (bits & ~0x87) |
        (p === 0 ? 0 : PTE_P) |
        (rw === 0 ? 0 : PTE_RW) |
        (us === 0 ? 0 : PTE_US) |
        (ps === 0 ? PDE_PS : 0),
    );
  const high = wide
    ? fc.oneof(
        { weight: 6, arbitrary: fc.constant(0n) },
        { weight: 2, arbitrary: fc.constant(1n << 63n) },
        { weight: 1, arbitrary: fc.bigInt(0n, 0xfffn).map((bits) => bits << 52n) },
        { weight: 1, arbitrary: fc.nat(51).map((bit) => (bit < 32 ? 0n : 1n << BigInt(bit))) },
      )
    : fc.constant(0n);
  const sound = fc
    .tuple(fc.nat(frames + 1), low, high)
    .map(([frame, bits, above]) => (BigInt(frame) << 12n) | BigInt(bits) | above);
  const drawn = anyBits
    ? random
    : fc.oneof({ weight: 40, arbitrary: sound }, { weight: 1, arbitrary: random });
  return shrunkBy(drawn, simplerEntries);
}

/** An entry with a lower frame, then with fewer bits. */
export function* simplerEntries(entry: bigint): Generator<bigint> {
  const frame = entry & FRAME_BITS;
  if (entry !== 0n) yield 0n;
  for (const lower of lowerNumbers(frame, 0x1000n)) yield (entry & ~FRAME_BITS) | lower;
  const others = entry & (0xfffn | HIGH_BITS);
  for (const fewer of fewerBits(others)) yield frame | fewer;
}

/** One entry of some tables. */
export interface PlacedEntry {
  /** Which table, from 0: the table in that frame. */
  readonly table: number;
  /** Which of its entries. */
  readonly index: number;
  /** Its value. */
  readonly value: bigint;
}

/** Page tables as a list of the entries that are not 0; all else of RAM is. */
export interface PageTables {
  /** The paging mode. */
  readonly mode: TableMode;
  /** Frames of RAM. The root is frame 0. */
  readonly frames: number;
  /** The entries. Of two in one place the last counts. */
  readonly entries: readonly PlacedEntry[];
}

/** What tables to draw. */
export interface PageTablesOptions {
  /** Their paging modes. Default: all four. */
  readonly modes?: readonly TableMode[];
  /** Frames of RAM, every one of which may be a table, a page, or both. Default 8. */
  readonly frames?: number;
  /** The greatest number of entries. Default 24. */
  readonly maxEntries?: number;
}

/**
 * Page tables in so few frames that they share tables, alias pages, and map themselves, with large pages and malformed
 * entries among them. They shrink to fewer entries, each with fewer bits: the plainest are empty.
 */
export function pageTables(options: PageTablesOptions = {}): fc.Arbitrary<PageTables> {
  const { modes = ['32-bit', 'PAE', '4-level', '5-level'], frames = 8, maxEntries = 24 } = options;
  const ofMode = (mode: TableMode): fc.Arbitrary<PageTables> => {
    const last = 4096 / PAGING_MODES[mode].entryBytes - 1;
    const index = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 3) },
      { weight: 1, arbitrary: fc.constantFrom(last >>> 1, last) },
      { weight: 1, arbitrary: fc.nat(last) },
    );
    const entry = fc.record({ table: fc.nat(frames - 1), index, value: tableEntry({ mode, frames }) });
    const drawn = listOf(entry, simplerPlaces, { maxLength: maxEntries });
    return shrunkBy(
      drawn.map((entries) => ({ mode, frames, entries })),
      simplerTables,
    );
  };
  return fc.oneof(...modes.map(ofMode));
}

function* simplerTables(tables: PageTables): Generator<PageTables> {
  const { entries } = tables;
  for (const fewer of fewerOf(entries)) yield { ...tables, entries: fewer };
  for (const [i, entry] of entries.entries()) {
    for (const simpler of simplerPlaces(entry)) yield { ...tables, entries: entries.with(i, simpler) };
  }
  // A table may matter as the one that an entry leads to: its number changes in both.
  const used = new Set(entries.map(({ table }) => table));
  for (const from of used) {
    for (const to of lowerCounts(from)) if (!used.has(to)) yield renumbered(tables, from, to);
  }
}

function* simplerPlaces(entry: PlacedEntry): Generator<PlacedEntry> {
  for (const table of lowerCounts(entry.table)) yield { ...entry, table };
  for (const index of lowerCounts(entry.index)) yield { ...entry, index };
  for (const value of simplerEntries(entry.value)) yield { ...entry, value };
}

function renumbered({ entries, ...rest }: PageTables, from: number, to: number): PageTables {
  const frame = BigInt(from) << 12n;
  return {
    ...rest,
    entries: entries.map(({ table, index, value }) => ({
      table: table === from ? to : table,
      index,
      value: (value & FRAME_BITS) === frame ? (value & ~FRAME_BITS) | (BigInt(to) << 12n) : value,
    })),
  };
}

/**
 * A machine with such tables, its root at 0.
 * @param cpu - Default: one that has everything. In PAE its PDPTEs come without the bits that it would refuse.
 */
export function pageTablesMachine(
  { mode, frames, entries }: PageTables,
  cpu: CpuFeatures = CPU_MODELS['sapphire-rapids'],
): Machine {
  const memory = new PhysicalMemory(frames * 4096);
  for (const { table, index, value } of entries) {
    const { entryBytes } = PAGING_MODES[mode];
    const at = table * 4096 + index * entryBytes;
    memory.writeUint32(at, Number(value & 0xffff_ffffn));
    if (entryBytes === 8) memory.writeUint32(at + 4, Number(value >> 32n));
  }
  if (mode === 'PAE') cleanPdptes(memory, cpu, 0);
  const { cpu: _, ...registers } = tableRegisters(mode, cpu, 0);
  return { memory, cpu, registers };
}

/**
 * Clears what a CPU refuses in the four PDPTEs of PAE at the start of a frame: a load of CR3 would raise #GP
 * (SDM 3A §4.4.1).
 */
export function cleanPdptes(memory: PhysicalMemory, cpu: CpuFeatures, frame: number): void {
  for (let physical = frame * 4096; physical < frame * 4096 + 32; physical += 8) {
    memory.writeUint32(physical, (memory.readUint32(physical) & 0xffff_fe19) >>> 0);
    const high = memory.readUint32(physical + 4) & (2 ** (cpu.physicalAddressBits - 32) - 1);
    memory.writeUint32(physical + 4, high >>> 0);
  }
}
