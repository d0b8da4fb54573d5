/**
 * What an operating system means by addresses and entries, as a table: plain data that can be written as JSON. What a lens
 * says is never a rule of the CPU.
 */

import type { EntryKind, PagingMode } from '../../arch/paging-modes.ts';

/** A number from 0 to 2^64, such as `"0xffff800000000000"`: it may not fit a JSON number. */
export type LensNumber = string;

/** What an operating system means by addresses and entries. */
export interface Lens {
  /** Short, as the command line takes it. */
  readonly name: string;
  /** What it is about, such as `Linux from 4.19 on`. */
  readonly title: string;
  /** How the linear address space is divided. The first whose mode and conditions fit counts. */
  readonly layouts: readonly LensLayout[];
  /** What entries mean that are not present. The first that fits counts. */
  readonly absent: readonly AbsentRule[];
  /** Two root tables that lie side by side, one for the kernel and one for user mode. */
  readonly pair?: RootPair;
  /** A table of the guest's own that gives another number to the frames that pages lie in. */
  readonly frames?: FrameNames;
}

/** One way in which the linear address space is divided. */
export interface LensLayout {
  /** The paging modes that have it. */
  readonly modes: readonly PagingMode[];
  /** What tells it from other layouts of the same mode, such as `KASLR`. */
  readonly title?: string;
  /** It is this one only if all of these addresses are mapped so. */
  readonly when?: readonly MappedTo[];
  /** Its parts, in any order. Where two overlap, the first counts. */
  readonly regions: readonly LensRegion[];
}

/** A linear address that is mapped. */
export interface MappedTo {
  /** The address. */
  readonly linear: LensNumber;
  /** Where it leads: a physical address; `root`, the root table; `any`, wherever. */
  readonly physical: LensNumber | 'root' | 'any';
}

/** A part of the linear address space. */
export interface LensRegion {
  /** What lies there. */
  readonly name: string;
  /** First address. */
  readonly start: LensNumber;
  /** First address after it: 2^64 is `"0x10000000000000000"`. */
  readonly end: LensNumber;
  /**
   * It is a direct map, and lies within `start` to `end`: it goes on as long as every mapped page has its physical address
   * plus one number. That number is given here, or must be a multiple of `directMultiple`, in which case the first page
   * tells it.
   */
  readonly direct?: LensNumber;
  /** See {@link direct}. */
  readonly directMultiple?: LensNumber;
}

/** Entries that are not present, by their bits. */
export interface AbsentRule {
  /** Only in these modes; default: all. */
  readonly modes?: readonly PagingMode[];
  /** Only at these levels; default: all. */
  readonly levels?: readonly EntryKind[];
  /** The bits that are looked at; */
  readonly mask: LensNumber;
  /** and what they must be. */
  readonly value: LensNumber;
  /** What it means, such as `swapped out`. */
  readonly reason: string;
  /** What else its bits tell. */
  readonly fields?: readonly LensField[];
}

/** A number in an entry. */
export interface LensField {
  /** What it is. */
  readonly name: string;
  /** Its lowest bit. */
  readonly low: number;
  /** Its width. */
  readonly bits: number;
  /** It is kept with all its bits inverted. */
  readonly inverted?: boolean;
  /** It counts in units of this many: of a frame's number in bytes, 4096. Default 1. */
  readonly unit?: number;
}

/** Two root tables that differ by one bit of their address. */
export interface RootPair {
  /** The bit of CR3 in which the two differ. */
  readonly bit: number;
  /** What the one is called whose bit is clear, such as `the kernel`. */
  readonly clear: string;
  /** What the one is called whose bit is set. It maps no more than the other. */
  readonly set: string;
  /** By paging mode: below this address, both map the same. In other modes there is no pair. */
  readonly below: Readonly<Partial<Record<PagingMode, LensNumber>>>;
}

/** A table in linear memory, indexed by frame. */
export interface FrameNames {
  /** What it gives, such as `pseudo-physical frame`. */
  readonly name: string;
  /** Where it lies. The first whose modes fit counts. */
  readonly tables: readonly FrameTable[];
  /** Values with this bit set name no frame. */
  readonly invalidBit: number;
}

/** Where such a table lies. */
export interface FrameTable {
  /** The paging modes in which it lies there. */
  readonly modes: readonly PagingMode[];
  /** Its linear address. */
  readonly linear: LensNumber;
  /** Bytes of an entry. */
  readonly entryBytes: 4 | 8;
}
