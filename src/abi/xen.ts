/** Constants of Xen and XenoLinux of February 2004. Source: docs/xen-1.2.md §1–§7. */

import { CR0_AM, CR0_ET, CR0_MP, CR0_NE, CR0_PE, CR0_PG, CR0_WP, CR4_PGE, CR4_PSE } from '../arch/control.ts';

/** CR0 as Xen runs its guests: paging, alignment checks, write protection for the supervisor too. */
export const XEN_CR0: number = (CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE) >>> 0;
/** CR4 as Xen runs its guests: 4 MiB pages and global pages. */
export const XEN_CR4: number = CR4_PSE | CR4_PGE;

/** First linear address of Xen: 0xfc00_0000. */
export const XEN_VIRTUAL_START = 0xfc00_0000;
/** Directory slots of Xen, 1008–1023; the guest may not write them. */
export const XEN_FIRST_SLOT = 1008;
/** Where XenoLinux itself is loaded. Any page-aligned address below Xen will do. */
export const XENOLINUX_LOAD_ADDRESS = 0xc000_0000;

/** A directory entry that points to a page table: P RW US A D. */
export const L2_FLAGS = 0x67;
/** A table entry that maps an ordinary page of the domain: P RW A. */
export const L1_FLAGS = 0x23;
/** A table entry that maps a page table or the directory: P A, not writable. */
export const L1_TABLE_FLAGS = 0x21;

/** Selectors that Xen gives a guest kernel in ring 1. */
export const RING1_CS = 0x0819;
export const RING1_DS = 0x0821;

/** start_info: offsets of its 32-bit fields, and of the command line's. */
export const START_INFO = {
  nrPages: 0,
  sharedInfo: 4,
  domainId: 8,
  flags: 12,
  ptBase: 16,
  modStart: 20,
  modLength: 24,
  commandLine: 28,
} as const;
/** Bytes of the command line's field; the last is always NUL. */
export const COMMAND_LINE_BYTES = 256;
/** Bytes of start_info that are written: 0–283. */
export const START_INFO_BYTES: number = START_INFO.commandLine + COMMAND_LINE_BYTES;

/** Low two bits of an update's pointer: an entry of a table, or data, by the rules of what its frame is used as. */
export const MMU_NORMAL_PT_UPDATE = 0;
/** A word anywhere, unchecked; for domain 0 only. */
export const MMU_UNCHECKED_PT_UPDATE = 1;
/** An entry of the machine-to-physical table. */
export const MMU_MACHPHYS_UPDATE = 2;
/** A command, in the low 8 bits of the value. */
export const MMU_EXTENDED_COMMAND = 3;

/** Extended command: pin a page table. */
export const MMUEXT_PIN_L1_TABLE = 0;
/** Pin a directory. */
export const MMUEXT_PIN_L2_TABLE = 1;
/** Unpin a table of either kind. */
export const MMUEXT_UNPIN_TABLE = 4;
/** Make a directory the current one. */
export const MMUEXT_NEW_BASEPTR = 5;
/** Flush the TLB at the end of the call. */
export const MMUEXT_TLB_FLUSH = 6;
/** Flush a page at once; the address is in the value's upper 24 bits. */
export const MMUEXT_INVLPG = 7;
/** Set the LDT: base in the pointer, entries in the value's upper 24 bits. */
export const MMUEXT_SET_LDT = 8;
