/** The drawing where there is room beside one another: the address on top, the tables from left to right. */

import {
  type BitRow,
  bitX,
  CELL,
  type ColumnLayout,
  entryRows,
  type FieldLayout,
  type Layout,
  NAME,
  NUMBER,
  type Rect,
  ROW,
  rowWidth,
  type Shape,
  type Wire,
} from './layout.ts';

const MARGIN = 10;
const FIELD_GAP = 14;
const NIBBLE_GAP = 3;
const STRIP_Y = 16;
const STRIP_HEIGHT = 30;
const LABEL_Y = STRIP_Y + STRIP_HEIGHT + 18;
const LANE_TOP = LABEL_Y + 14;
const LANE_PITCH = 7;
/** Room for a table's title and its address. */
const TITLE = 40;
const COLUMN_GAP = 42;
const ROOT_WIDTH = 88;
const ROOT_HEIGHT = 44;
/** Room below a table for the rights. */
const RIGHTS = 26;
/** A block without bits: name, value, the three flags that matter most. */
const COMPACT_BLOCK = 62;
const LENS_TITLE = 22;
const LENS_GAP = 14;

/** The least room that a shape needs to be legible. */
export function leastRoom({ entryBits, columns, unreached, rows }: Shape): { width: number; height: number } {
  if (rows !== undefined) return { width: 760, height: 350 };
  if (entryBits === 32) return { width: 900, height: 452 };
  return { width: 700 + 80 * (columns + unreached), height: 520 };
}

/** Lays out a drawing for a room of at least {@link leastRoom}. */
export function layoutWide(shape: Shape, width: number, height: number): Layout {
  const fields = layoutFields(shape, width);
  const hasLens = shape.entryBits > 32;
  const lensHeight = hasLens ? LENS_TITLE + 2 * (NUMBER + CELL + NAME) + LENS_GAP : 0;
  const top = LANE_TOP + shape.fields.length * LANE_PITCH + TITLE;
  const bottom = height - RIGHTS - lensHeight - 4;
  const places = layoutColumns(shape, width, top, bottom, hasLens);
  const { end } = places;
  const lens = hasLens ? layoutLens(width, bottom + RIGHTS + LENS_GAP) : undefined;
  const root = { x: MARGIN, y: bottom - ROOT_HEIGHT, width: ROOT_WIDTH, height: ROOT_HEIGHT };
  const targets = [...places.columns.map(({ block }) => block), end];
  return {
    kind: 'wide',
    width,
    height,
    fields,
    root,
    ...places,
    lens,
    fieldWires: fields.slice(0, shape.columns + 1).map((field, i) => {
      const lane = LANE_TOP + (shape.fields.length - 1 - i) * LANE_PITCH;
      const target = targets[i]!;
      const x = target.x - 14;
      const centre = field.row.x + field.width / 2;
      return [
        [centre, LABEL_Y + 5],
        [centre, lane],
        [x, lane],
        [x, middle(target)],
        [target.x, middle(target)],
      ];
    }),
    pointerWires: pointers(root, places.columns, end, bottom),
  };
}

function layoutFields({ fields, rows }: Shape, width: number): FieldLayout[] {
  const nibbles = ({ high, low }: { high: number; low: number }): number =>
    Math.floor(high / 4) - Math.floor(low / 4);
  const bits = fields.reduce((sum, { high, low }) => sum + high - low + 1, 0);
  const gaps = fields.reduce((sum, field) => sum + nibbles(field), 0) * NIBBLE_GAP;
  const room = width - 2 * MARGIN - FIELD_GAP * (fields.length - 1) - gaps;
  const cell = Math.min(rows === undefined ? 31 : 44, room / bits);
  const used = bits * cell + gaps + FIELD_GAP * (fields.length - 1);
  let x = (width - used) / 2;
  return fields.map(({ high, low }) => {
    const row: BitRow = { high, low, x, y: STRIP_Y, cell, height: STRIP_HEIGHT, nibbleGap: NIBBLE_GAP };
    const fieldWidth = rowWidth(row);
    x += fieldWidth + FIELD_GAP;
    return { row, width: fieldWidth, labelY: LABEL_Y };
  });
}

interface Places {
  readonly columns: readonly ColumnLayout[];
  readonly unreached: readonly Rect[];
  readonly end: Rect;
}

function layoutColumns(shape: Shape, width: number, top: number, bottom: number, hasLens: boolean): Places {
  const tables = shape.columns + shape.unreached;
  const room = width - 2 * MARGIN - ROOT_WIDTH - COLUMN_GAP * (tables + 1);
  const endWidth = hasLens ? Math.max(216, room * 0.27) : room / (tables + 1);
  const columnWidth = (room - endWidth) / Math.max(1, tables);
  const x = (i: number): number => MARGIN + ROOT_WIDTH + COLUMN_GAP + i * (columnWidth + COLUMN_GAP);
  const box = (i: number): Rect => ({ x: x(i), y: top, width: columnWidth, height: bottom - top });
  const columns = Array.from({ length: shape.columns }, (_, i) => layoutColumn(shape, box(i), hasLens));
  return {
    columns,
    unreached: Array.from({ length: shape.unreached }, (_, i) => box(shape.columns + i)),
    end: { x: x(tables), y: top, width: endWidth, height: bottom - top },
  };
}

function layoutColumn({ entryBits }: Shape, box: Rect, hasLens: boolean): ColumnLayout {
  const blockHeight = hasLens ? COMPACT_BLOCK : inPlaceHeight(entryBits);
  const y = box.y + (box.height - blockHeight) / 2;
  const block = { x: box.x, y, width: box.width, height: blockHeight };
  const lines = Math.floor((y - box.y - 2) / ROW);
  return { box, block, bits: hasLens ? [] : inPlaceBits(block, entryBits), above: lines, below: lines };
}

/** Height of an entry that shows all of its bits. */
export function inPlaceHeight(entryBits: number): number {
  return 30 + entryRows(entryBits).length * (NUMBER + CELL + 5) + NAME;
}

/** Its rows of bits, each from the right, so that the flags stand below the lowest bits of the address. */
export function inPlaceBits(block: Rect, entryBits: number): BitRow[] {
  const rows = entryRows(entryBits);
  const inner = block.width - 18;
  const cell = Math.min(28, (inner - 3 * NIBBLE_GAP) / Math.min(12, entryBits));
  return rows.map(([high, low], i) => {
    const row = bitRow([high, low], 0, cell);
    const y = block.y + 28 + i * (NUMBER + CELL + 5) + NUMBER;
    return { ...row, x: block.x + block.width - 7 - rowWidth(row), y };
  });
}

function bitRow([high, low]: readonly [number, number], x: number, cell: number): BitRow {
  return { high, low, x, y: 0, cell, height: CELL, nibbleGap: NIBBLE_GAP };
}

function layoutLens(width: number, y: number): { box: Rect; rows: BitRow[] } {
  const pitch = NUMBER + CELL + NAME;
  const box = { x: MARGIN, y, width: width - 2 * MARGIN, height: LENS_TITLE + 2 * pitch };
  const cell = Math.min(30, (box.width - 20 - 7 * NIBBLE_GAP) / 32);
  return {
    box,
    rows: [63, 31].map((high, i) => {
      const row = bitRow([high, high - 31], 0, cell);
      return {
        ...row,
        x: box.x + (box.width - rowWidth(row)) / 2,
        y: y + LENS_TITLE + i * pitch + NUMBER - 3,
      };
    }),
  };
}

function pointers(root: Rect, columns: readonly ColumnLayout[], end: Rect, bottom: number): Wire[] {
  const base = bottom - 11;
  const boxes = [...columns.map(({ box }) => box), end];
  return boxes.map((box, i): Wire => {
    const from = columns[i - 1]?.block;
    if (from === undefined) {
      return [
        [root.x + root.width, base],
        [box.x, base],
      ];
    }
    const x = box.x - 28;
    const y = middle(from);
    return [
      [from.x + from.width, y],
      [x, y],
      [x, base],
      [box.x, base],
    ];
  });
}

/** Middle of a place, from above. */
export function middle({ y, height }: Rect): number {
  return y + height / 2;
}

/** Middle of a bit's cell. */
export function bitCentre(row: BitRow, bit: number): number {
  return bitX(row, bit) + row.cell / 2;
}
