/**
 * Bits of paging-structure entries. Bits 0–11 mean the same in 32-bit and 64-bit entries; the high ones (NX, protection
 * key) exist in 64-bit entries only and stand here as bits of the high half, since JavaScript's bit operators reach
 * 32 bits. {@link PTE_NX} and {@link PTE_KEY} are the same for those who compute with bigint.
 *
 * Source: SDM 3A §4.3–4.5, "Formats of CR3 and Paging-Structure Entries".
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
/** The page address in a 32-bit entry that maps a 4 MiB page, as int32 bits; PSE-36 keeps address bits 39–32 below. */
export const PDE_FRAME_MASK_4M: number = -0x40_0000;

/** The page address in the high half of a 64-bit entry: address bits 51–32. */
export const PTE_FRAME_MASK_HIGH = 0xf_ffff;
/** NX (XD): bit 63 of a 64-bit entry, here bit 31 of its high half. */
export const PTE_NX_HIGH: number = 0x8000_0000 | 0;
/** The protection key of a leaf in long mode: bits 62–59, here bits 30–27 of its high half. */
export const PTE_KEY_HIGH = 0x7800_0000;
/** `(high & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH` is the protection key. */
export const PTE_KEY_SHIFT_HIGH = 27;

/** NX (XD), bit 63, for whole 64-bit entries. */
export const PTE_NX: bigint = 1n << 63n;
/** The protection key, bits 62–59, for whole 64-bit entries. */
export const PTE_KEY: bigint = 0xfn << 59n;
