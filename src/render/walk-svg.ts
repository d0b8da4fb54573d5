/**
 * A walk as SVG, in the manner of the manuals: the address's bits on top, from each field a wire to the entry it
 * selects, from each entry a wire to the table or page it points to; below, what each entry says and what it leaves
 * of the rights; at the bottom the result, or the fault with its error code bit by bit.
 */

import { accessName } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { tableNameOf } from '../arch/paging-modes.ts';
import type { WalkReport, WalkStep } from '../mmu/index.ts';
import { element, type Markup } from './svg-element.ts';
import { type SvgOptions, svgDocument } from './svg-style.ts';
import { formatBytes } from './units.ts';
import { type Field, fieldLabel, fieldsOf } from './walk-fields.ts';
import { outcomePanel } from './walk-svg-outcome.ts';
import { modeText, REASONS, rightsText } from './walk-text.ts';

const MARGIN = 28;
const CR3_WIDTH = 116;
const BOX_WIDTH = 178;
const GAP = 72;
const BOX_HEIGHT = 196;
const BAND_HEIGHT = 26;
const STRIP_TOP = 84;
const CELL_HEIGHT = 28;
const LANE_TOP = STRIP_TOP + CELL_HEIGHT + 34;
const LANE_PITCH = 9;
const DETAILS_HEIGHT = 118;

/** A box of the drawing with the place of the entry or byte in it. */
interface Column {
  readonly x: number;
  readonly band: number;
}

/**
 * The drawing as a complete SVG file, for every paging mode. Each field of the address is a `g` with `data-field`,
 * each entry one with `data-step` (its number in `report.steps`).
 */
export function walkSvg(report: WalkReport, options: SvgOptions = {}): string {
  const fields = fieldsOf(report);
  const { steps } = report;
  const page = pageOf(report);
  const xs = [...steps.keys(), ...(page === undefined ? [] : [steps.length])].map(
    (i) => MARGIN + CR3_WIDTH + GAP + i * (BOX_WIDTH + GAP),
  );
  const width = Math.max(880, (xs.at(-1) ?? 0) + BOX_WIDTH + MARGIN);
  const top = LANE_TOP + fields.length * LANE_PITCH + 52;
  const bottom = top + BOX_HEIGHT;
  const columns = xs.map((x, i): Column => {
    const share = i < steps.length ? steps[i]!.index / countOf(steps[i]!) : page!.offset / page!.size;
    // The lowest entries stay clear of the wire that arrives at the table's base.
    return { x, band: Math.min(bottom - 30, Math.max(top + 16, bottom - share * BOX_HEIGHT)) };
  });
  const strip = bitStrip(report, fields, width);
  const panelTop = steps.length > 0 ? bottom + DETAILS_HEIGHT + 24 : LANE_TOP;
  const panel = outcomePanel(report, { x: MARGIN, y: panelTop, width: width - 2 * MARGIN });

  const title = `${accessName(report.access)} at ${formatAddress(report.linear)}`;
  const body = [
    element('text', { x: MARGIN, y: 34, class: 'x86p-heading' }, title),
    element(
      'text',
      { x: MARGIN, y: 54, class: 'x86p-dim' },
      `${modeText(report.mode)}, CR3 ${formatAddress(report.cr3)}`,
    ),
    ...strip.cells,
  ];
  if (steps.length > 0) {
    body.push(
      ...pointers(report, columns, bottom),
      ...fieldWires(strip.centres, columns),
      cr3Box(report, bottom),
    );
    body.push(...steps.map((step, i) => tableColumn(step, i, columns[i]!, top)));
    if (page !== undefined) body.push(pageColumn(report, page, columns.at(-1)!, top));
  }
  return svgDocument(
    options,
    { width, height: panelTop + panel.height + MARGIN },
    { title, description: describe(report) },
    [],
    [...body, panel.markup],
  );
}

function pageOf({ steps, linear }: WalkReport): { base: number; size: number; offset: number } | undefined {
  const last = steps.at(-1);
  if (last?.leadsTo !== 'page' || last.target === undefined) return undefined;
  const size = last.bytes;
  return { base: last.target, size, offset: Number(BigInt(linear) % BigInt(size)) };
}

/** Entries in the table of a step. */
function countOf({ indexBits }: WalkStep): number {
  return 2 ** indexBits;
}

function bitStrip(
  { linear }: WalkReport,
  fields: readonly Field[],
  width: number,
): { cells: Markup[]; centres: number[] } {
  const total = fields.reduce((sum, { bits }) => sum + bits, 0);
  const space = 10;
  const cell = Math.min(22, (width - 2 * MARGIN - space * fields.length) / total);
  let x = MARGIN;
  const centres: number[] = [];
  const cells = fields.map((field) => {
    const { name, bits, low, value } = field;
    const left = x;
    x += bits * cell + space;
    const middle = left + (bits * cell) / 2;
    centres.push(middle);
    const digits = value.toString(2).padStart(bits, '0');
    const number = (at: number, anchor: string, bit: number): Markup =>
      element(
        'text',
        { x: at, y: STRIP_TOP - 6, class: 'x86p-small x86p-dim', 'text-anchor': anchor },
        String(bit),
      );
    return element(
      'g',
      { 'data-field': name },
      element(
        'title',
        {},
        `bits ${low + bits - 1} to ${low} of ${formatAddress(linear)}: ${fieldLabel(field)}`,
      ),
      element('rect', {
        x: left,
        y: STRIP_TOP,
        width: bits * cell,
        height: CELL_HEIGHT,
        rx: 4,
        class: 'x86p-entry',
      }),
      element('path', {
        d: [...digits.slice(1)]
          .map((_, i) => `M${(left + (i + 1) * cell).toFixed(2)} ${STRIP_TOP}v5`)
          .join(''),
        class: 'x86p-tick',
      }),
      ...[...digits].map((digit, i) =>
        element(
          'text',
          {
            x: left + (i + 0.5) * cell,
            y: STRIP_TOP + 19,
            class: 'x86p-mono x86p-strong',
            'text-anchor': 'middle',
          },
          digit,
        ),
      ),
      number(left + 2, 'start', low + bits - 1),
      number(left + bits * cell - 2, 'end', low),
      element(
        'text',
        { x: middle, y: STRIP_TOP + CELL_HEIGHT + 18, class: 'x86p-strong', 'text-anchor': 'middle' },
        fieldLabel(field),
      ),
    );
  });
  return { cells, centres };
}

/** From each field to what it selects. Later fields run on higher lanes, so that no two wires cross. */
function fieldWires(centres: readonly number[], columns: readonly Column[]): Markup[] {
  return columns.flatMap(({ x, band }, i) => {
    const lane = LANE_TOP + (centres.length - 1 - i) * LANE_PITCH;
    const start = STRIP_TOP + CELL_HEIGHT + 24;
    return [
      element('path', {
        d: `M${centres[i]!.toFixed(2)} ${start}V${lane}H${x - 18}V${band.toFixed(2)}H${x - 4}`,
        class: 'x86p-wire',
      }),
      tip(x, band, 'x86p-tip'),
    ];
  });
}

/** From CR3 and from each entry to the base of what it points to. */
function pointers({ steps }: WalkReport, columns: readonly Column[], bottom: number): Markup[] {
  const base = bottom - 8;
  return columns.flatMap(({ x }, i) => {
    const from = i === 0 ? undefined : columns[i - 1];
    const start =
      from === undefined
        ? `M${MARGIN + CR3_WIDTH} ${base}`
        : `M${from.x + BOX_WIDTH} ${from.band.toFixed(2)}H${x - 44}V${base}`;
    // A register's entry is no part of memory that CR3 points to, yet the reader's way is the same.
    const dashed = steps[i]?.source === 'register' ? ' x86p-open' : '';
    return [
      element('path', { d: `${start}H${x - 4}`, class: `x86p-wire-dim${dashed}` }),
      tip(x, base, 'x86p-tip-dim'),
    ];
  });
}

function tip(x: number, y: number, kind: string): Markup {
  return element('path', {
    d: `M${x - 8} ${(y - 4.5).toFixed(2)}L${x} ${y.toFixed(2)}L${x - 8} ${(y + 4.5).toFixed(2)}Z`,
    class: kind,
  });
}

function cr3Box({ cr3 }: WalkReport, bottom: number): Markup {
  return element(
    'g',
    {},
    element('rect', { x: MARGIN, y: bottom - 44, width: CR3_WIDTH, height: 44, rx: 4, class: 'x86p-chip' }),
    element('text', { x: MARGIN + 12, y: bottom - 26, class: 'x86p-strong' }, 'CR3'),
    element('text', { x: MARGIN + 12, y: bottom - 10, class: 'x86p-mono' }, formatAddress(cr3)),
  );
}

function tableColumn(step: WalkStep, i: number, { x, band }: Column, top: number): Markup {
  const bottom = top + BOX_HEIGHT;
  const broken = step.leadsTo === 'not-present' || step.leadsTo === 'reserved-bit';
  const name = step.source === 'register' ? 'PDPTE registers' : tableNameOf(step.kind);
  const where =
    step.source === 'register' ? 'loaded from memory with CR3' : `at ${formatAddress(step.tableAddress)}`;
  return element(
    'g',
    { 'data-step': i },
    element('title', {}, `${step.kind}[${step.index}] is ${entryText(step)}: ${leadsTo(step)}`),
    ...frame(x, top, name, where, [String(countOf(step) - 1), '0'], band),
    ...bandOf(x, band, entryText(step), broken),
    ...details(step, x, bottom),
  );
}

function pageColumn(
  report: WalkReport,
  { base, size, offset }: { base: number; size: number; offset: number },
  { x, band }: Column,
  top: number,
): Markup {
  const refused = !report.ok;
  const word = refused ? '✗ refused' : formatAddress(report.physical);
  return element(
    'g',
    { 'data-page': base },
    element('title', {}, `${formatBytes(size)} page at ${formatAddress(base)}, byte ${offset}`),
    ...frame(x, top, `page of ${formatBytes(size)}`, `at ${formatAddress(base)}`, ['', ''], band),
    ...bandOf(x, band, word, refused),
    element(
      'text',
      { x, y: top + BOX_HEIGHT + 22, class: 'x86p-strong' },
      refused ? 'not reached' : 'physical address',
    ),
    element(
      'text',
      { x, y: top + BOX_HEIGHT + 40, class: 'x86p-mono x86p-dim' },
      `${formatAddress(base)} + 0x${offset.toString(16)}`,
    ),
  );
}

function frame(
  x: number,
  top: number,
  name: string,
  where: string,
  ends: readonly [string, string],
  band: number,
): Markup[] {
  const bottom = top + BOX_HEIGHT;
  const end = (text: string, y: number): Markup[] =>
    text === '' || Math.abs(band - y) < 24
      ? []
      : [
          element(
            'text',
            { x: x + BOX_WIDTH - 6, y: y + 4, class: 'x86p-small x86p-dim', 'text-anchor': 'end' },
            text,
          ),
        ];
  return [
    element('text', { x, y: top - 22, class: 'x86p-strong x86p-halo' }, name),
    element('text', { x, y: top - 6, class: 'x86p-mono x86p-dim x86p-halo' }, where),
    element('rect', { x, y: top, width: BOX_WIDTH, height: BOX_HEIGHT, class: 'x86p-chip' }),
    ...end(ends[0], top + 11),
    ...end(ends[1], bottom - 11),
  ];
}

function bandOf(x: number, band: number, text: string, bad: boolean): Markup[] {
  return [
    element('rect', {
      x,
      y: band - BAND_HEIGHT / 2,
      width: BOX_WIDTH,
      height: BAND_HEIGHT,
      class: bad ? 'x86p-entry-bad' : 'x86p-entry',
    }),
    element(
      'text',
      { x: x + BOX_WIDTH / 2, y: band + 4.5, class: 'x86p-mono x86p-strong', 'text-anchor': 'middle' },
      text,
    ),
  ];
}

/** Below a table: which entry, its bits, and what it leaves of the rights. */
function details(step: WalkStep, x: number, bottom: number): Markup[] {
  const line = (y: number, kind: string, text: string): Markup =>
    element('text', { x, y: bottom + y, class: kind }, text);
  const first = (['P', 'RW', 'US'] as const).map((name) => ({ name, set: step.flags.includes(name) }));
  const rest = step.flags
    .filter((name) => !['P', 'RW', 'US'].includes(name))
    .map((name) => ({ name, set: true }));
  const broken = step.leadsTo === 'not-present' || step.leadsTo === 'reserved-bit';
  return [
    line(22, 'x86p-strong', `${step.kind}[${step.index}]`),
    line(
      40,
      'x86p-mono x86p-dim',
      step.source === 'register' ? 'in the CPU' : `at ${formatAddress(step.entryAddress)}`,
    ),
    ...chips(first, x, bottom + 50),
    ...chips(rest, x, bottom + 76),
    line(
      116,
      broken ? 'x86p-strong x86p-bad' : 'x86p-strong',
      broken ? `✗ ${leadsTo(step)}` : `rights so far: ${rightsText(step.rights)}`,
    ),
  ];
}

/** Bits with their value, so that a clear one is seen too. */
function chips(bits: readonly { name: string; set: boolean }[], left: number, y: number): Markup[] {
  let x = left;
  return bits.map(({ name, set }) => {
    const width = name.length * 8 + 24;
    const at = x;
    x += width + 5;
    return element(
      'g',
      {},
      element('rect', {
        x: at,
        y,
        width,
        height: 21,
        rx: 4,
        class: set ? 'x86p-chip-set' : 'x86p-chip x86p-open',
      }),
      element(
        'text',
        {
          x: at + width / 2,
          y: y + 15,
          class: `x86p-mono${set ? ' x86p-strong' : ' x86p-dim'}`,
          'text-anchor': 'middle',
        },
        `${name} ${set ? 1 : 0}`,
      ),
    );
  });
}

function entryText(step: WalkStep): string {
  return formatAddress(step.entry, step.entryBytes * 2);
}

function leadsTo(step: WalkStep): string {
  if (step.leadsTo === 'not-present') return 'not present';
  if (step.leadsTo === 'reserved-bit') return `reserved bit ${step.reservedBits.join(', ')} is set`;
  return `leads to the ${step.leadsTo} at ${formatAddress(step.target ?? 0)}`;
}

function describe(report: WalkReport): string {
  const steps = report.steps.map(
    (step) => `${step.kind}[${step.index}] is ${entryText(step)}, ${leadsTo(step)}.`,
  );
  const end = report.ok
    ? `Physical address ${formatAddress(report.physical)}.`
    : `It faults: ${REASONS[report.fault.reason]}. Error code ${report.fault.code}.`;
  return [...fieldsOf(report).map((field) => `${fieldLabel(field)}.`), ...steps, end].join(' ');
}
