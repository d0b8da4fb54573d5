/**
 * Constants of the guest interface of Xen 2.0.0 (November 2004) and 3.0.0 (December 2005, without PAE), as far as they
 * differ from those of February 2004. Source: docs/xen-layouts.md.
 */

/** start_info of Xen 2.0: 32-bit values in slots of 8 bytes. */
export const START_INFO_2_0 = {
  nrPages: 0,
  sharedInfo: 8,
  flags: 16,
  /** 16 bits. */
  controlChannel: 20,
  ptBase: 24,
  nrPtFrames: 32,
  mfnList: 40,
  modStart: 48,
  modLength: 56,
  commandLine: 64,
} as const;
/** Bytes of its command line. */
export const COMMAND_LINE_BYTES_2_0 = 256;

/** start_info of Xen 3.0. */
export const START_INFO_3_0 = {
  magic: 0,
  nrPages: 32,
  sharedInfo: 36,
  flags: 40,
  storeFrame: 44,
  storeChannel: 48,
  consoleFrame: 52,
  consoleChannel: 56,
  ptBase: 60,
  nrPtFrames: 64,
  mfnList: 68,
  modStart: 72,
  modLength: 76,
  commandLine: 80,
} as const;
/** Bytes of its command line. */
export const COMMAND_LINE_BYTES_3_0 = 1024;
/** What start_info of Xen 3.0 begins with; NULs follow. */
export const START_INFO_MAGIC_3_0 = 'Xen-3.0';

/** Selectors of a guest kernel in ring 1, Xen 3.0. */
export const RING1_CS_3_0 = 0xe019;
export const RING1_DS_3_0 = 0xe021;

/** In shared_info, the byte that masks a virtual CPU's upcalls: where, how far apart, and how many. */
export const UPCALL_MASKS_2_0 = { offset: 1, stride: 4, count: 1 } as const;
/** The same in Xen 3.0. */
export const UPCALL_MASKS_3_0 = { offset: 1, stride: 64, count: 32 } as const;
