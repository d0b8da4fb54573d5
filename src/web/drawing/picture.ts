/**
 * What the drawing shows, as plain data: an address cut into fields, a table for each of them, and the place or the
 * fault where the walk ends. It knows neither the MMU nor the screen, so that the toy is drawn by the same hand.
 */

/** Colours follow the levels, counted from the page up: a page table has the same in every mode. */
export type Level = 'pml5' | 'pml4' | 'pdpt' | 'directory' | 'table' | 'offset';

/** A stretch of the address's bits. */
export interface FieldPicture {
  readonly level: Level;
  readonly high: number;
  readonly low: number;
  readonly value: number;
  /** Such as `directory`, `table` or `offset`. */
  readonly name: string;
  /** Its value as it is written. */
  readonly text: string;
}

/** One bit that can be seen, and mostly flipped. */
export interface BitPicture {
  /** Its number, from 0 at the right. */
  readonly bit: number;
  readonly value: 0 | 1;
  /** `RW`, `P`, …; empty for a bit of an address. */
  readonly label: string;
  /** What it says now. */
  readonly meaning: string;
  /** The fault is this bit's. */
  readonly blamed: boolean;
}

/** A right that is left, or is not. */
export interface RightPicture {
  readonly text: string;
  /** Where there is little room. */
  readonly short: string;
  readonly allowed: boolean;
}

/** The entry that the walk reads in a table. */
export interface EntryPicture {
  /** Such as `PDE[768]`. */
  readonly name: string;
  /** Where it lies, as it is computed. */
  readonly sum: string;
  /** Its value. */
  readonly text: string;
  /** From the highest to the lowest. */
  readonly bits: readonly BitPicture[];
  /** They cannot be flipped: no RAM is there. */
  readonly fixed: boolean;
  /** What it leads to, in a few words. */
  readonly leads: string;
  /** What is left of the rights, each with its mark; empty where the walk ends here. */
  readonly rights: readonly RightPicture[];
  /** The walk fails at this entry, or by a bit of it. */
  readonly broken: boolean;
  /** Something that must be known about it. */
  readonly note: string | undefined;
}

/** A table. */
export interface ColumnPicture {
  readonly level: Level;
  /** What its entries are called: `PDE`, `PTE`, … */
  readonly kind: string;
  readonly title: string;
  readonly where: string;
  /** Number of entries. */
  readonly count: number;
  /** The entry that is read. */
  readonly index: number;
  readonly entry: EntryPicture;
  /** Whether an entry leads anywhere. */
  present(index: number): boolean;
  /** Any entry, as short as there is room for. */
  row(index: number): string;
}

/** A line of an error code. */
export interface CodeBitPicture {
  readonly name: string;
  readonly value: 0 | 1;
  readonly meaning: string;
}

/** Where the walk ends. */
export type EndPicture =
  | {
      readonly kind: 'page';
      readonly title: string;
      readonly where: string;
      /** The page's start and the offset, as they are added. */
      readonly sum: string;
      readonly physical: string;
      /** What lies there: the byte itself, and whose frame it is. */
      readonly content: string;
      readonly role: string;
      /** The 4 bytes so many words above or below, such as `0x037d_3ac0  0000_0000`; none outside the page. */
      word(distance: number): { readonly address: string; readonly value: string } | undefined;
      /** What the access will do, what the TLB knows, whose frame it is. */
      readonly notes: readonly string[];
      /** Share of the page at which the byte lies, 0 to 1. */
      readonly at: number;
    }
  | {
      readonly kind: 'fault';
      readonly title: string;
      readonly why: string;
      /** Bit by bit, the highest first; empty where the exception has none. */
      readonly code: readonly CodeBitPicture[];
      readonly codeText: string;
      readonly cr2: string;
    }
  /** Not to be seen yet. */
  | { readonly kind: 'veiled'; readonly title: string; readonly why: string };

/** The whole drawing. */
export interface Picture {
  readonly fields: readonly FieldPicture[];
  /** The address's bits, from the highest. */
  readonly bits: readonly BitPicture[];
  /** The register where the walk begins. */
  readonly root: { readonly name: string; readonly text: string } | undefined;
  /** Tables that the walk reads. */
  readonly columns: readonly ColumnPicture[];
  /** Titles of the tables that it would read, had it not ended before. */
  readonly unreached: readonly { readonly level: Level; readonly title: string }[];
  readonly end: EndPicture;
  /** A sentence that says it all. */
  readonly description: string;
}

/** Steps of a picture: the register, each table, the end. */
export function lastStep({ columns }: Picture): number {
  return columns.length + 1;
}
