/**
 * Where the Xen of February 2004 lies in machine memory and in every address space.
 * Source: docs/xen-1.2.md §7; the image's own addresses: `boot.S` links it at machine 1 MiB.
 */

/** Linear address of machine address 0 in the direct map; also the end of what a ring-1 segment reaches. */
export const DIRECT_MAP_START = 0xfc40_0000;
/** Linear address of the linear page table: the directory seen as a page table (slot 1020). */
export const LINEAR_TABLE_START = 0xff00_0000;
/** Linear address of the per-domain table's pages (slot 1021): GDT first, then the LDT's shadow. */
export const PER_DOMAIN_START = 0xff40_0000;

/** Directory slots of Xen's own parts. */
export const SLOT_M2P_READ_ONLY = 1008;
export const SLOT_DIRECT_MAP = 1009;
/** Slots of the direct map: machine 0 to 44 MiB. */
export const DIRECT_MAP_SLOTS = 11;
export const SLOT_LINEAR_TABLE = 1020;
export const SLOT_PER_DOMAIN = 1021;
export const SLOT_MAP_CACHE = 1022;
export const SLOT_IOREMAP = 1023;

/** A directory entry for one of Xen's own tables, and a page of a domain's GDT: P RW A D. */
export const XEN_TABLE_FLAGS = 0x63;
/** A 4 MiB page of the direct map: P RW A D PS G. */
export const XEN_LARGE_FLAGS = 0x1e3;
/** The machine-to-physical table at slot 1008: as the direct map has it, without RW. */
export const M2P_READ_ONLY_ENTRY = 0x0100_01e1;

/** Machine address of the idle directory, 4 KiB into Xen's image. */
export const IDLE_DIRECTORY = 0x10_1000;
/** Machine address of Xen's own GDT. */
export const XEN_GDT = 0x10_4000;
/** End of Xen's image and heap; frames below it are never on the domains' free list. */
export const XEN_HEAP_END = 0x100_0000;
/** Machine address of the machine-to-physical table: a word for each frame. */
export const M2P_BASE = 0x100_0000;
/** Machine address of the frame table. */
export const FRAME_TABLE_BASE = 0x140_0000;
/** Bytes of a frame's entry in the frame table. */
export const FRAME_ENTRY_BYTES = 24;

/** Tables that the golden data and the traces put into Xen's heap. */
export const DEFAULT_MAP_CACHE_FRAME = 0x151;
export const DEFAULT_IOREMAP_FRAME = 0x152;

/** Entries of a GDT that are Xen's: 256 to 295. */
export const FIRST_RESERVED_GDT_ENTRY = 256;
export const LAST_RESERVED_GDT_ENTRY = 295;
/** The descriptor that Xen writes for the LDT register of CPU 0. */
export const LDT_GDT_ENTRY = 265;
/** High word of that descriptor: present, system type 2 (LDT), base 0xff41_0000. */
export const LDT_DESCRIPTOR_HIGH = 0xff00_8241;
/** Pages of the GDT and of the LDT's shadow in the per-domain table. */
export const GDT_PAGES = 16;
export const LDT_PAGES = 16;

/** Xen's own descriptors from entry 257 on: flat code and data for rings 0, 1 and 3 (docs/xen-1.2.md §7). */
export const XEN_DESCRIPTORS: readonly (readonly [low: number, high: number])[] = [
  [0x0000_ffff, 0x00cf_9a00],
  [0x0000_ffff, 0x00cf_9200],
  [0x0000_c3ff, 0x00cf_ba00],
  [0x0000_c3ff, 0x00cf_b200],
  [0x0000_c3ff, 0x00cf_fa00],
  [0x0000_c3ff, 0x00cf_f200],
];
/** The entry of the first of them. */
export const FIRST_FLAT_ENTRY = 257;

/** The first frame after the frame table of a machine: where the domains' memory starts. */
export function firstDomainFrame(frameCount: number): number {
  return Math.ceil((FRAME_TABLE_BASE + frameCount * FRAME_ENTRY_BYTES) / 4096);
}

/**
 * The frames in which Xen keeps its own tables, in ascending order: the idle directory, its GDT, the tables of the map
 * cache and of ioremap, the machine-to-physical table and the frame table. The per-domain tables are not among them.
 *
 * @param frameCount - Frames of the machine.
 */
export function xensTableFrames(frameCount: number): number[] {
  const table = (base: number, bytes: number): number[] =>
    Array.from({ length: Math.ceil(bytes / 4096) }, (_, i) => base / 4096 + i);
  return [
    IDLE_DIRECTORY / 4096,
    XEN_GDT / 4096,
    DEFAULT_MAP_CACHE_FRAME,
    DEFAULT_IOREMAP_FRAME,
    ...table(M2P_BASE, 4 * frameCount),
    ...table(FRAME_TABLE_BASE, FRAME_ENTRY_BYTES * frameCount),
  ];
}
