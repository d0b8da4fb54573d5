/** Constants of Xen and XenoLinux of February 2004. Source: the facts, sections 1–7. */

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

/** Low two bits of an update's pointer. */
export const MMU_NORMAL_PT_UPDATE = 0;
export const MMU_MACHPHYS_UPDATE = 2;
export const MMU_EXTENDED_COMMAND = 3;
/** Extended command: pin a directory. */
export const MMUEXT_PIN_L2_TABLE = 1;
