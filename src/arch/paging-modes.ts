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

/** How linear addresses are translated. `off`: CR0.PG is clear and physical equals linear. */
export type PagingMode = 'off' | '32-bit' | 'PAE' | '4-level' | '5-level';

/** The structures a walk passes, from the root down, by the names of the architecture manual. */
export type EntryKind = 'PML5E' | 'PML4E' | 'PDPTE' | 'PDE' | 'PTE';

/** Bytes mapped by one translation: 4 KiB, 2 MiB, 4 MiB or 1 GiB. */
export type PageSize = 0x1000 | 0x20_0000 | 0x40_0000 | 0x4000_0000;

/** One level of a paging mode: the name of its entries, and where their index lies in a linear address. */
export interface PagingLevel {
  /** What the entries of this level are called. */
  readonly kind: EntryKind;
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

const PTE32: PagingLevel = { kind: 'PTE', shift: 12, indexBits: 10 };
const PTE64: PagingLevel = { kind: 'PTE', shift: 12, indexBits: 9 };
const PDE64: PagingLevel = { kind: 'PDE', shift: 21, indexBits: 9 };
const LONG_MODE_4: readonly PagingLevel[] = [
  { kind: 'PML4E', shift: 39, indexBits: 9 },
  { kind: 'PDPTE', shift: 30, indexBits: 9 },
  PDE64,
  PTE64,
];

/** The shape of each paging mode. This table is the difference between them. */
export const PAGING_MODES: Readonly<Record<PagingMode, PagingModeShape>> = {
  off: { levels: [], entryBytes: 4, linearBits: 32, largePageShifts: [] },
  '32-bit': {
    levels: [{ kind: 'PDE', shift: 22, indexBits: 10 }, PTE32],
    entryBytes: 4,
    linearBits: 32,
    largePageShifts: [22],
  },
  PAE: {
    levels: [{ kind: 'PDPTE', shift: 30, indexBits: 2 }, PDE64, PTE64],
    entryBytes: 8,
    linearBits: 32,
    largePageShifts: [21],
  },
  '4-level': { levels: LONG_MODE_4, entryBytes: 8, linearBits: 48, largePageShifts: [21, 30] },
  '5-level': {
    levels: [{ kind: 'PML5E', shift: 48, indexBits: 9 }, ...LONG_MODE_4],
    entryBytes: 8,
    linearBits: 57,
    largePageShifts: [21, 30],
  },
};

/** Whether the mode is one of long mode, where linear addresses have 64 bits and must be canonical. */
export function isLongMode(mode: PagingMode): boolean {
  return PAGING_MODES[mode].linearBits > 32;
}
