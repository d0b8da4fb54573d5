/** Any map and the physical memory that it leads to, as SVG. */

import { formatAddress } from '../arch/address.ts';
import type { MapRun } from '../inspect/index.ts';
import { element, type Markup } from './svg-element.ts';
import { fillOf, patterns, type Role, type SvgOptions, svgDocument } from './svg-style.ts';
import { formatBytes, formatCount } from './units.ts';

/** A stretch of physical memory, without its end. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What is drawn. */
export interface MapDrawing {
  /** What is mapped; runs must be contiguous in physical memory, too. */
  readonly runs: Iterable<MapRun>;
  /** Where RAM is, in ascending order. */
  readonly ram: readonly Stretch[];
  /** Physical addresses of the paging structures. */
  readonly tables: readonly number[];
  /** Above the drawing. */
  readonly title: string;
}

/** Rows at most: more could not be read. */
const MAX_ROWS = 26;
/** Wedges of a row at most: its largest pieces. */
const MAX_PIECES = 4;
const ROW = 26;
const TOP = 84;
const LINEAR = { x: 190, width: 290 };
/** Characters that fit in a row. */
const MAX_LABEL = 46;
const PHYSICAL = { x: 660, width: 150 };
const WIDTH = 960;
/** A stretch of RAM, or a hole between two, is at least so high. */
const LEAST_HEIGHT = 16;

/** Pages in a row that allow the same, as far as there is room to tell them apart. */
interface Row {
  start: bigint;
  end: bigint;
  pages: number;
  bytes: number;
  role: Role;
  /** The name of the region, and rights; empty where they differ. */
  name: string;
  rights: string;
  /** Where its largest pieces lie. */
  pieces: { physical: number; bytes: number }[];
}

/**
 * Draws a map: on the left what is mapped, a row each, in the order of addresses and not to scale; on the right physical
 * memory to scale; between them where the largest pieces of each row lie. Each row is a `g` with a `title` and the
 * attributes `data-start` and `data-end`.
 */
export function mapSvg({ runs, ram, tables, title }: MapDrawing, options: SvgOptions = {}): string {
  const prefix = options.idPrefix ?? 'x86p';
  const rows = joined(rowsOf(runs));
  const height = Math.max(rows.length * ROW, 320);
  const memory = placedMemory(ram, height);
  const placed = rows.map((row, i) => ({ row, y: TOP + i * ROW }));
  const pages = rows.reduce((sum, row) => sum + row.pages, 0);
  const size = rows.reduce((sum, row) => sum + row.bytes, 0);
  const used: Role[] = [...rows.map(({ role }) => role), 'hole', 'free', 'directory'];
  const text = (x: number, y: number, kind: string, words: string): Markup =>
    element('text', { x, y, class: kind }, words);
  return svgDocument(
    options,
    { width: WIDTH, height: TOP + height + 56 },
    {
      title,
      description: `${formatCount(pages, 'page')}, ${formatBytes(size)}, in ${formatCount(rows.length, 'row')}`,
    },
    patterns(used, prefix),
    [
      text(24, 30, 'x86p-heading', title),
      text(
        LINEAR.x,
        64,
        'x86p-small x86p-dim',
        `linear: ${formatCount(pages, 'page')}, ${formatBytes(size)}`,
      ),
      text(PHYSICAL.x, 64, 'x86p-small x86p-dim', 'physical, to scale'),
      ...placed.flatMap(({ row, y }) => wedges(row, y, memory)),
      ...memory.map((part) => memoryBox(part, prefix)),
      ...marks(tables, memory),
      ...placed.map(({ row, y }, i) => rowBox(row, y, rows[i - 1], prefix)),
      text(24, TOP + height + 36, 'x86p-small x86p-dim', LEGEND),
    ],
  );
}

const LEGEND =
  'Rows are not to scale; a dashed line above a row: nothing is mapped there. Ticks on the right: page tables.';

function* rowsOf(runs: Iterable<MapRun>): Generator<Row> {
  for (const run of runs) {
    const { writable, user, executable } = run.rights;
    const role: Role =
      writable && executable ? 'xen' : user ? 'initrd' : executable ? 'table' : writable ? 'kernel' : 'info';
    const rights = `${writable ? 'RW' : 'RO'} ${user ? 'U' : 'S'} ${executable ? 'X' : 'NX'}`;
    yield {
      start: BigInt(run.start),
      end: BigInt(run.end),
      pages: run.pages,
      bytes: run.bytes,
      role,
      name: run.name ?? '',
      rights,
      pieces: [{ physical: run.physical, bytes: run.oneFrame ? run.pageSize : run.bytes }],
    };
  }
}

/** Joins neighbours until there is room: first those that say the same, then those near one another. */
function joined(all: Iterable<Row>): Row[] {
  let rows: Row[] = [];
  for (const row of all) push(rows, row, 0n, true);
  for (let gap = 1n << 13n; rows.length > MAX_ROWS; gap <<= 1n) {
    // Once no gap is too wide, what they say does not matter either.
    const alike = gap < 1n << 40n;
    const fewer: Row[] = [];
    for (const row of rows) push(fewer, row, alike ? gap : gap >> 24n, alike);
    rows = fewer;
  }
  return rows;
}

/** Adds a row to the last if the gap between them is no wider. @param alike - Only if both say the same. */
function push(rows: Row[], row: Row, gap: bigint, alike: boolean): void {
  const last = rows.at(-1);
  const same = last?.name === row.name && last.rights === row.rights;
  if (last === undefined || row.start - last.end > gap || (alike && !same)) {
    rows.push({ ...row, pieces: [...row.pieces] });
    return;
  }
  last.end = row.end;
  last.pages += row.pages;
  last.bytes += row.bytes;
  if (last.name !== row.name) last.name = '';
  if (last.rights !== row.rights) [last.rights, last.role] = ['', 'free'];
  last.pieces.push(...row.pieces);
  if (last.pieces.length > 4 * MAX_PIECES) last.pieces = largest(last.pieces);
}

function largest(pieces: Row['pieces']): Row['pieces'] {
  return [...pieces].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_PIECES);
}

/** A stretch of physical memory with its place. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly isRam: boolean;
  readonly y: number;
  readonly height: number;
}

/** RAM to scale, holes between as low as can be seen. */
function placedMemory(ram: readonly Stretch[], height: number): Part[] {
  const parts: { start: number; end: number; isRam: boolean }[] = [];
  let at = 0;
  for (const { start, end } of ram) {
    if (start > at) parts.push({ start: at, end: start, isRam: false });
    parts.push({ start, end, isRam: true });
    at = end;
  }
  const total = ram.reduce((sum, { start, end }) => sum + end - start, 0);
  const room = Math.max(0, height - parts.length * LEAST_HEIGHT);
  let y = TOP;
  return parts.map((part) => {
    const own = LEAST_HEIGHT + (part.isRam ? (room * (part.end - part.start)) / total : 0);
    const placed = { ...part, y, height: own };
    y += own;
    return placed;
  });
}

function placeOf(physical: number, memory: readonly Part[]): number | undefined {
  const part = memory.find(({ start, end }) => physical >= start && physical <= end);
  return part && part.y + (part.height * (physical - part.start)) / (part.end - part.start);
}

function wedges({ pieces }: Row, y: number, memory: readonly Part[]): Markup[] {
  const left = LINEAR.x + LINEAR.width;
  return largest(pieces).flatMap(({ physical, bytes }) => {
    const top = placeOf(physical, memory);
    if (top === undefined) return [];
    const bottom = Math.max(placeOf(physical + bytes, memory) ?? top, top + 1);
    const points = [
      [left, y + 3],
      [PHYSICAL.x, top],
      [PHYSICAL.x, bottom],
      [left, y + ROW - 3],
    ];
    return element('polygon', {
      points: points.map(([px, py]) => `${px},${Math.round(py! * 100) / 100}`).join(' '),
      class: 'x86p-wedge',
    });
  });
}

function rowBox(row: Row, y: number, above: Row | undefined, prefix: string): Markup {
  const x = LINEAR.x;
  const size = formatBytes(row.bytes);
  const words = [row.name, row.rights].filter((word) => word !== '').join(', ') || 'several';
  const label = `${words} · ${size}`;
  const hole = above !== undefined && above.end < row.start;
  return element(
    'g',
    { 'data-start': `0x${row.start.toString(16)}`, 'data-end': `0x${row.end.toString(16)}` },
    element(
      'title',
      {},
      `${formatAddress(row.start)}-${formatAddress(row.end)}: ${words}, ${formatCount(row.pages, 'page')}, ${size}`,
    ),
    ...box(x, y + 2, LINEAR.width, ROW - 4, row.role, prefix),
    ...(hole
      ? [element('line', { x1: 24, y1: y, x2: x + LINEAR.width, y2: y, class: 'x86p-tick x86p-open' })]
      : []),
    element(
      'text',
      { x: x - 8, y: y + 17, class: 'x86p-mono x86p-small', 'text-anchor': 'end' },
      formatAddress(row.start),
    ),
    element(
      'text',
      { x: x + 8, y: y + 17, class: 'x86p-small x86p-halo' },
      label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL - 1)}…` : label,
    ),
  );
}

function memoryBox({ start, end, isRam, y, height }: Part, prefix: string): Markup {
  const { x, width } = PHYSICAL;
  const words = `${isRam ? 'RAM' : 'no RAM'}, ${formatBytes(end - start)}`;
  return element(
    'g',
    { 'data-physical': `0x${start.toString(16)}` },
    element('title', {}, `${formatAddress(start)}-${formatAddress(end)}: ${words}`),
    ...box(x, y, width, height, isRam ? 'free' : 'hole', prefix),
    element('text', { x: x + width + 8, y: y + 11, class: 'x86p-mono x86p-small' }, formatAddress(start)),
    element('text', { x: x + 8, y: y + Math.min(height / 2 + 4, 20), class: 'x86p-small x86p-halo' }, words),
  );
}

/** A tick for each place of tables; what falls on the same half pixel is one. */
function marks(tables: readonly number[], memory: readonly Part[]): Markup[] {
  const places = new Set(
    tables.flatMap((address) => {
      const y = placeOf(address, memory);
      return y === undefined ? [] : Math.round(y * 2) / 2;
    }),
  );
  const right = PHYSICAL.x + PHYSICAL.width;
  return [...places].map((y) =>
    element('line', { x1: right - 14, y1: y, x2: right, y2: y, class: 'x86p-wire-dim', 'data-table': '' }),
  );
}

/** A filled box; of a hole, a dashed one. */
function box(x: number, y: number, width: number, height: number, role: Role, prefix: string): Markup[] {
  return [
    element('rect', { x, y, width, height, fill: fillOf(role, prefix) }),
    element('rect', { x, y, width, height, class: role === 'hole' ? 'x86p-box x86p-open' : 'x86p-box' }),
  ];
}
