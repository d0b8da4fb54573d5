/**
 * Where things are in the physical memory of a differential machine. `rom/layout.inc` says the same.
 *
 * The arena is the memory that cases may change: page tables around four data pages that straddle a boundary
 * of 4 MiB (and so of 2 MiB), which lets every page size reach them and lets accesses cross between two pages
 * of any size.
 */

/** Bytes of RAM of the emulated machines, ours included. */
export const RAM_SIZE = 0x400_0000;

/** The ROM's page of access instructions that CPL 3 runs: the one page with U/S set. */
export const USER_CODE = 0x11_2000;

/** First page of the arena. */
export const ARENA = 0xbf_8000;
export const ARENA_PAGES = 16;
export const ARENA_SIZE: number = ARENA_PAGES * 4096;

/** Root tables: they hold the ROM's own mapping too. In 32-bit boots 0 and 2 are directories, 1 and 3 PDPTs. */
export const ROOTS: readonly number[] = [0, 1, 2, 3].map(arenaPage);
/** Pages for the tables below the root. */
export const TABLES: readonly number[] = [4, 5, 10, 11, 12, 13, 14, 15].map(arenaPage);
/** Pages for data, two on either side of the 4 MiB boundary. */
export const DATA: readonly number[] = [6, 7, 8, 9].map(arenaPage);

/** Where the stream is loaded: header, the ROM's tables, the arena's first content, its shadow, operations. */
export const STREAM = 0x100_0000;
export const ROM_TABLES: number = STREAM + 0x1000;
export const ROM_TABLE_PAGES = 10;
export const PRISTINE: number = ROM_TABLES + ROM_TABLE_PAGES * 4096;
export const SHADOW: number = PRISTINE + ARENA_SIZE;
export const OPERATIONS: number = SHADOW + ARENA_SIZE;
/** The ROM's own mapping ends here: 2^25. */
export const MAPPED_END = 0x200_0000;

/** Offset in every arena page of INT 80h, the target of fetches. */
export const FETCH_OFFSET = 0x800;
/** Offset of a data-segment descriptor with its accessed bit set: loading it only reads. */
export const DESCRIPTOR_OFFSET = 0x900;
/** Offset of a descriptor with its accessed bit clear: loading it writes it too. */
export const FRESH_DESCRIPTOR_OFFSET = 0x910;
/** Offset in every data page of a four-byte NOP whose last two bytes, before an INT 80h, lie in the next page. */
export const CROSSING_FETCH_OFFSET = 0xffe;

function arenaPage(index: number): number {
  return ARENA + index * 4096;
}
