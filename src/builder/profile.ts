import { RING1_CS, RING1_DS } from '../abi/xen.ts';
import { RING1_CS_3_0, RING1_DS_3_0 } from '../abi/xen-later.ts';

/**
 * The layouts. Two of February 2004, from the last page downwards: the document that described the address space and
 * the program that built it that month differ in two places (docs/xen-1.2.md §3 and §6). Two of later versions, from the
 * first page upwards (docs/xen-layouts.md).
 */
export type ProfileName = 'document' | 'xen-1.2' | 'xen-2.0' | 'xen-3.0';

interface CommonProfile {
  /** EFLAGS of the initial context. */
  readonly eflags: number;
  /** Code segment of the initial context: ring 1. */
  readonly cs: number;
  /** All other segments of the initial context: ring 1. */
  readonly ds: number;
}

/** Tables from the last page downwards, every page mapped. */
export interface DownwardProfile extends CommonProfile {
  readonly order: 'downwards';
  /** Free pages between start_info and the lowest page table. */
  readonly pagesAboveStartInfo: number;
}

/** Everything from the kernel upwards, and mapped as far as it goes, with some to spare. */
export interface UpwardProfile extends CommonProfile {
  readonly order: 'upwards';
  /** Whose version: of start_info, shared_info, and what lies in front of the tables and behind them. */
  readonly version: '2.0' | '3.0';
}

export type LayoutProfile = DownwardProfile | UpwardProfile;

export const PROFILES: { readonly [name in ProfileName]: LayoutProfile } = {
  document: { order: 'downwards', pagesAboveStartInfo: 0, eflags: 0x202, cs: RING1_CS, ds: RING1_DS },
  // The program took its running index minus one, and set bit 2 where its comment says bit 1.
  'xen-1.2': { order: 'downwards', pagesAboveStartInfo: 1, eflags: 0x204, cs: RING1_CS, ds: RING1_DS },
  'xen-2.0': { order: 'upwards', version: '2.0', eflags: 0x204, cs: RING1_CS, ds: RING1_DS },
  'xen-3.0': { order: 'upwards', version: '3.0', eflags: 0x200, cs: RING1_CS_3_0, ds: RING1_DS_3_0 },
};
