/** The drawing where the room is narrow: each part of the address above the table that it chooses from. */

import {
  type ColumnLayout,
  type FieldLayout,
  type Layout,
  NUMBER,
  type Rect,
  ROW,
  rowWidth,
  type Shape,
  type Wire,
} from './layout.ts';
import { inPlaceBits, inPlaceHeight } from './layout-wide.ts';

/** The width in which it is laid out; the page scales it. */
export const TALL_WIDTH = 360;

const LEFT = 20;
const RIGHT = 8;
const LABEL = 22;
const CELL_HEIGHT = 30;
/** From a field to its table, from a table to what follows. */
const GAP = 16;
const TITLE = 22;
const RIGHTS = 26;
const ROOT_HEIGHT = 34;
const COMPACT_BLOCK = 44;
const END_HEIGHT = 276;

export function layoutTall(shape: Shape): Layout {
  const width = TALL_WIDTH;
  const inner = width - LEFT - RIGHT;
  const root = { x: LEFT, y: 4, width: 190, height: ROOT_HEIGHT };
  let y = root.y + ROOT_HEIGHT + GAP;
  const fields: FieldLayout[] = [];
  const columns: ColumnLayout[] = [];
  for (const [i, field] of shape.fields.entries()) {
    const laid = layoutField(field, y + LABEL, inner);
    fields.push(laid);
    y = laid.row.y + CELL_HEIGHT + GAP;
    if (i >= shape.columns) continue;
    y += TITLE;
    const column = layoutColumn(shape, i, { x: LEFT, y, width: inner });
    columns.push(column);
    y = column.box.y + column.box.height + RIGHTS + GAP;
  }
  const end = { x: LEFT, y: y + TITLE, width: inner, height: END_HEIGHT };
  return {
    kind: 'tall',
    width,
    height: end.y + END_HEIGHT + 8,
    fields,
    root,
    columns,
    unreached: [],
    end,
    lens: undefined,
    fieldWires: fields.slice(0, shape.columns + 1).map((field, i): Wire => {
      const target = columns[i]?.block ?? end;
      const x = field.row.x + field.width / 2;
      return [
        [x, field.row.y + CELL_HEIGHT + 2],
        [x, target.y],
      ];
    }),
    pointerWires: [...columns.map(({ box }) => box), end].map((box, i): Wire => {
      const from = columns[i - 1]?.block ?? root;
      const fromY = from.y + from.height / 2;
      const toY = box.y + box.height - 11;
      return [
        [from.x, fromY],
        [6, fromY],
        [6, toY],
        [box.x, toY],
      ];
    }),
  };
}

function layoutField(
  { high, low }: { readonly high: number; readonly low: number },
  y: number,
  inner: number,
): FieldLayout {
  const bits = high - low + 1;
  const nibbleGap = 3;
  const gaps = (Math.floor(high / 4) - Math.floor(low / 4)) * nibbleGap;
  const cell = Math.min(34, (inner - gaps) / bits);
  const row = { high, low, x: LEFT, y: y + NUMBER, cell, height: CELL_HEIGHT, nibbleGap };
  const width = rowWidth(row);
  return { row: { ...row, x: LEFT + (inner - width) / 2 }, width, labelY: y - 5 };
}

function layoutColumn(
  { entryBits, rows, focus }: Shape,
  index: number,
  { x, y, width }: Omit<Rect, 'height'>,
): ColumnLayout {
  const open = entryBits <= 32 || index === focus;
  // Where a table has few entries, room for all of them, whichever is read.
  const lines = rows === undefined ? 1 : rows - 1;
  const height = open ? inPlaceHeight(entryBits) : COMPACT_BLOCK;
  const block = { x, y: y + lines * ROW + 2, width, height };
  return {
    box: { x, y, width, height: height + 2 * lines * ROW + 4 },
    block,
    bits: open ? inPlaceBits(block, entryBits) : [],
    above: lines,
    below: lines,
  };
}
