/**
 * Where everything of the drawing goes. Numbers only, so that it can be tested without a browser.
 *
 * A drawing is laid out for the room that there is, in units that are then scaled to it: on a projector everything
 * grows, beside a lesson the tables become narrower. Where the room is narrow everything stands below one another.
 */

/** A place for something. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A row of bits. */
export interface BitRow {
  /** Highest and lowest bit. */
  readonly high: number;
  readonly low: number;
  readonly x: number;
  readonly y: number;
  /** Width of a cell. */
  readonly cell: number;
  readonly height: number;
  /** A gap after every bit whose number is a multiple of four. */
  readonly nibbleGap: number;
}

/** A field of the address: its bits and its name below. */
export interface FieldLayout {
  readonly row: BitRow;
  readonly width: number;
  readonly labelY: number;
}

/** A table. */
export interface ColumnLayout {
  readonly box: Rect;
  /** The entry that is read, with room for what is written about it. */
  readonly block: Rect;
  /** Its bits, where there is room for them. */
  readonly bits: readonly BitRow[];
  /** Lines for neighbours above and below the block. */
  readonly above: number;
  readonly below: number;
}

/** A line, as the points that it passes. */
export type Wire = readonly (readonly [x: number, y: number])[];

export interface Layout {
  readonly kind: 'wide' | 'tall';
  readonly width: number;
  readonly height: number;
  readonly fields: readonly FieldLayout[];
  readonly root: Rect;
  readonly columns: readonly ColumnLayout[];
  readonly unreached: readonly Rect[];
  readonly end: Rect;
  /** Bits of the entry in focus, where the columns have no room for them. */
  readonly lens: { readonly box: Rect; readonly rows: readonly BitRow[] } | undefined;
  /** From each field to what it selects; the last one to the byte. */
  readonly fieldWires: readonly Wire[];
  /** From the root and from each entry to the table or page that it points to. */
  readonly pointerWires: readonly Wire[];
}

/** What a layout must make room for. */
export interface Shape {
  /** Fields, from the highest: highest and lowest bit. */
  readonly fields: readonly { readonly high: number; readonly low: number }[];
  /** Tables that are read. */
  readonly columns: number;
  /** Tables that are not reached. */
  readonly unreached: number;
  /** Bits of an entry: 32 or 64, fewer in the toy. */
  readonly entryBits: number;
  /** Entries of a table, if so few that all are shown. */
  readonly rows: number | undefined;
  /** The entry whose bits are shown, where only one entry's are. */
  readonly focus: number;
}

/** Height of a line of a table. */
export const ROW = 17;
/** Height of a cell of bits, with the number above and the name below. */
export const NUMBER = 11;
export const CELL = 22;
export const NAME = 12;

/** x of a bit in its row. */
export function bitX({ high, x, cell, nibbleGap }: BitRow, bit: number): number {
  const gaps = Math.floor(high / 4) - Math.floor(bit / 4);
  return x + (high - bit) * cell + gaps * nibbleGap;
}

/** Width of a row of bits. */
export function rowWidth(row: BitRow): number {
  return bitX(row, row.low) + row.cell - row.x;
}

/** The rows into which an entry's bits are cut: like the address where it is an address, then the flags. */
export function entryRows(entryBits: number): (readonly [high: number, low: number])[] {
  if (entryBits <= 12) return [[entryBits - 1, 0]];
  const rows: [number, number][] = [
    [31, 22],
    [21, 12],
    [11, 0],
  ];
  return entryBits === 32 ? rows : [[63, 52], [51, 42], [41, 32], ...rows];
}
