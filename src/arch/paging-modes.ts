/**
 * The shape of every paging mode: the one place where levels, index bits and entry sizes are written down.
 * Walks, TLBs, maps, writers and drawings read it from here.
 *
 * ```text
 * 32-bit paging    | 31 directory 22 | 21 table 12 | 11 offset 0 |
 * PAE              | 31 PDPT 30 | 29 directory 21 | 20 table 12 | 11 offset 0 |
 * 4-level          | 47 PML4 39 | 38 PDPT 30 | 29 directory 21 | 20 table 12 | 11 offset 0 |
 * 5-level          | 56 PML5 48 | then as 4-level
 * ```
 *
 * Source: SDM 3A §4.1–4.5, "Paging Modes and Control Bits" and the figures of linear-address translation.
 */

import { frozen } from './freeze.ts';

/** How linear addresses are translated. `off`: CR0.PG is clear and physical equals linear. */
export type PagingMode = 'off' | '32-bit' | 'PAE' | '4-level' | '5-level';

/** The structures a walk passes, from the root down, by the names of the architecture manual. */
export type EntryKind = 'PML5E' | 'PML4E' | 'PDPTE' | 'PDE' | 'PTE';

/** Bytes mapped by one translation: 4 KiB, 2 MiB, 4 MiB or 1 GiB. */
export type PageSize = 0x1000 | 0x20_0000 | 0x40_0000 | 0x4000_0000;

/** One level of a paging mode: the names of its entries and tables, and where their index lies in a linear address. */
export interface PagingLevel {
  /** What the entries of this level are called. */
  readonly kind: EntryKind;
  /** What a table of them is called, such as `page directory`. */
  readonly table: string;
  /** What their index in a linear address is called, such as `directory`. */
  readonly field: string;
  /** Lowest bit of the index; an entry stands for 2^shift bytes of the linear space. */
  readonly shift: number;
  /** Width of the index in bits; a table holds 2^indexBits entries. */
  readonly indexBits: number;
}

/** What distinguishes one paging mode from the others. */
export interface PagingModeShape {
  /** The levels from the root down. */
  readonly levels: readonly PagingLevel[];
  /** Bytes of an entry. */
  readonly entryBytes: 4 | 8;
  /** Width of a linear address in bits; above it, addresses of long mode repeat the highest bit. */
  readonly linearBits: number;
  /** log2 of the large pages that the mode knows, small first; 1 GiB pages also need the CPU feature. */
  readonly largePageShifts: readonly number[];
}

const PTE32: PagingLevel = { kind: 'PTE', table: 'page table', field: 'table', shift: 12, indexBits: 10 };
const PDE32: PagingLevel = { ...PTE32, kind: 'PDE', table: 'page directory', field: 'directory', shift: 22 };
const PTE64: PagingLevel = { ...PTE32, indexBits: 9 };
const PDE64: PagingLevel = { ...PDE32, shift: 21, indexBits: 9 };
const PDPTE: PagingLevel = { kind: 'PDPTE', table: 'PDPT', field: 'PDPT', shift: 30, indexBits: 9 };
const PML4E: PagingLevel = { kind: 'PML4E', table: 'PML4 table', field: 'PML4', shift: 39, indexBits: 9 };
const PML5E: PagingLevel = { kind: 'PML5E', table: 'PML5 table', field: 'PML5', shift: 48, indexBits: 9 };

/** Every kind of entry there is, from the root down. */
const ALL_LEVELS: readonly PagingLevel[] = [PML5E, PML4E, PDPTE, PDE64, PTE64];

/** The shape of each paging mode. This table is the difference between them. */
export const PAGING_MODES: Readonly<Record<PagingMode, PagingModeShape>> = frozen({
  off: { levels: [], entryBytes: 4, linearBits: 32, largePageShifts: [] },
  '32-bit': { levels: [PDE32, PTE32], entryBytes: 4, linearBits: 32, largePageShifts: [22] },
  PAE: {
    levels: [{ ...PDPTE, indexBits: 2 }, PDE64, PTE64],
    entryBytes: 8,
    linearBits: 32,
    largePageShifts: [21],
  },
  '4-level': {
    levels: [PML4E, PDPTE, PDE64, PTE64],
    entryBytes: 8,
    linearBits: 48,
    largePageShifts: [21, 30],
  },
  '5-level': {
    levels: ALL_LEVELS,
    entryBytes: 8,
    linearBits: 57,
    largePageShifts: [21, 30],
  },
});

/** Whether the mode is one of long mode, where linear addresses have 64 bits and must be canonical. */
export function isLongMode(mode: PagingMode): boolean {
  return PAGING_MODES[mode].linearBits > 32;
}

/** One field of a linear address: an index, or the offset in the page. */
export interface AddressField {
  /** `directory`, `table`, `offset` and so on. */
  readonly name: string;
  /** Its lowest bit. */
  readonly low: number;
  /** Its width. */
  readonly bits: number;
}

/**
 * The fields of a linear address, from the highest down.
 * @param used - How many levels select an entry; what is below them is the offset in the page. Default: all.
 */
export function addressFields(mode: PagingMode, used?: number): AddressField[] {
  const { levels, linearBits } = PAGING_MODES[mode];
  const indices = levels.slice(0, used);
  const offsetBits = indices.at(-1)?.shift ?? linearBits;
  return [
    ...indices.map(({ field, shift, indexBits }) => ({ name: field, low: shift, bits: indexBits })),
    { name: 'offset', low: 0, bits: offsetBits },
  ];
}

/** How many levels an entry of this kind is above the last, in every mode that has it: 0 for a PTE. */
export function levelsAbovePages(kind: EntryKind): number {
  return ALL_LEVELS.length - 1 - ALL_LEVELS.findIndex((level) => level.kind === kind);
}

/** What a table of entries of this kind is called. */
export function tableNameOf(kind: EntryKind): string {
  return ALL_LEVELS.find((level) => level.kind === kind)!.table;
}

/**
 * Index of the entry that a linear address selects at a level.
 * @param low - Bits 31–0 of the address, as any 32-bit integer.
 * @param high - Bits 63–32; 0 outside long mode.
 */
export function indexAt({ shift, indexBits }: PagingLevel, low: number, high = 0): number {
  // The PDPT's index lies across the halves.
  const bits = shift < 32 ? (low >>> shift) | (high << (32 - shift)) : high >>> (shift - 32);
  return bits & (2 ** indexBits - 1);
}

/** Index into a 32-bit page directory: bits 31–22 of a linear address. */
export function directoryIndex(linear: number): number {
  return indexAt(PDE32, linear);
}

/** Index into a 32-bit page table: bits 21–12 of a linear address. */
export function tableIndex(linear: number): number {
  return indexAt(PTE32, linear);
}
