/**
 * Bits of paging-structure entries. Bits 0–11 mean the same in 32-bit and 64-bit entries;
 * the high ones (NX, protection key) exist in 64-bit entries only.
 * Source: SDM 3A chapter 4, "Formats of CR3 and Paging-Structure Entries".
 */

/** Present: the rest of the entry means something. */
export const PTE_P = 0x001;
/** R/W: writes allowed (combined with AND over all levels). */
export const PTE_RW = 0x002;
/** U/S: user mode allowed (combined with AND over all levels). */
export const PTE_US = 0x004;
/** Page-level write-through: bit 0 of the index into the PAT. */
export const PTE_PWT = 0x008;
/** Page-level cache disable: bit 1 of the index into the PAT. */
export const PTE_PCD = 0x010;
/** Accessed: set by the CPU when the entry is used for a translation. */
export const PTE_A = 0x020;
/** Dirty: set by the CPU on the first write through an entry that maps a page. */
export const PTE_D = 0x040;
/** Page size, in an entry above the last level: it maps a large page rather than pointing to a table. */
export const PDE_PS = 0x080;
/** Bit 2 of the PAT index in an entry that maps a 4 KiB page. */
export const PTE_PAT = 0x080;
/** Global: the translation survives a load of CR3 while CR4.PGE is set. */
export const PTE_G = 0x100;
/** Bits 9–11: ignored by the CPU, free for the operating system. */
export const PTE_AVAILABLE = 0xe00;
/** Bit 2 of the PAT index in an entry that maps a large page. */
export const PDE_PAT_LARGE = 0x1000;
/** The frame address in a 32-bit entry that maps a 4 KiB page or points to a table, as int32 bits. */
export const PTE_FRAME_MASK = -4096;
/** NX (XD): bit 63 of a 64-bit entry, here bit 31 of its high half. */
export const PTE_NX_HIGH: number = 0x8000_0000 | 0;
