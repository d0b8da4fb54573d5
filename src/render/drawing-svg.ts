/**
 * A domain's address space as SVG, to scale, in the manner of the document of 2004: boxes with the addresses on
 * their boundaries, high addresses on top, each column a part of the one it is joined to.
 */

import { FOUR_GIB, formatAddress } from '../arch/address.ts';
import type { Domain } from '../builder/index.ts';
import { grouped, inEnglish, type Said, said } from '../said/said.ts';
import {
  type Box,
  detailBoxes,
  detailTitle,
  domainBoxes,
  mappedBytes,
  pagesPhrase,
  wholeSpace,
  xenBoxes,
} from './drawing-parts.ts';
import { element, type Markup } from './svg-element.ts';
import { fillOf, patterns, type Role, type SvgOptions, svgDocument } from './svg-style.ts';
import { formatBytes } from './units.ts';

/** Puts a phrase into words. */
type Say = NonNullable<SvgOptions['say']>;

interface Column {
  readonly title: string;
  readonly boxes: readonly Box[];
  /** Left edge of its boxes. */
  readonly x: number;
}

/** A box with its place. */
interface Placed extends Box {
  readonly top: number;
  readonly height: number;
  /** Smaller than its scale shows. */
  readonly enlarged: boolean;
}

const BOX_WIDTH = 168;
/** From one column's boxes to the next one's: the zoom lines and the next one's addresses. */
const GAP = 116;
/** Left of the first column: its addresses. */
const MARGIN = 100;
const TOP = 84;
const COLUMN_HEIGHT = 560;
/** A label and the addresses above and below fit in this. */
const LEAST_HEIGHT = 24;

/** Names that are too long for a box. */
const SHORT_LABELS: Readonly<Record<string, string>> = {
  'machine-to-physical (read-only)': 'machine-to-physical',
  'direct map of machine memory': 'direct map of memory',
};

const ROLES: Readonly<Record<string, Role>> = {
  kernel: 'kernel',
  domain: 'domain',
  initrd: 'initrd',
  free: 'free',
  unused: 'free',
  start_info: 'info',
  'page tables': 'table',
  'page directory': 'directory',
  hole: 'hole',
};

/**
 * The drawing as a complete SVG file. Each box is a `g` with a `title` and the attributes `data-region`,
 * `data-start` and `data-end` (decimal linear addresses, the end excluded).
 */
export function drawingSvg(domain: Domain, options: SvgOptions = {}): string {
  const { idPrefix: prefix = 'x86p', say = inEnglish } = options;
  const xen = xenBoxes(domain);
  const parts = [
    ...(xen.length > 0 ? [{ title: say(said`Xen's 64 MiB`), boxes: xen }] : []),
    { title: say(said`all 4 GiB`), boxes: wholeSpace(domain) },
    { title: say(said`the domain, ${formatBytes(mappedBytes(domain))}`), boxes: domainBoxes(domain) },
    { title: say(detailTitle(domain)), boxes: detailBoxes(domain) },
  ];
  const columns = parts.map((part, i): Column => ({ ...part, x: MARGIN + i * (BOX_WIDTH + GAP) }));
  const placed = columns.map(({ boxes }) => place(boxes));
  const whole = xen.length > 0 ? 1 : 0;

  const wedges = [
    ...(whole === 1
      ? [
          wedge(
            columns[1]!.x,
            placed[1]!.find(({ name }) => name === 'Xen'),
            columns[0]!.x + BOX_WIDTH,
          ),
        ]
      : []),
    ...columns.slice(whole, -1).map(({ x }, i) =>
      wedge(
        x + BOX_WIDTH,
        placed[whole + i]!.find(({ opens }) => opens),
        columns[whole + i + 1]!.x,
      ),
    ),
  ];
  const legend = placed.flat().some(({ enlarged }) => enlarged)
    ? said`* drawn larger than its scale; every other box of a column is as high as it is large`
    : said`every box of a column is as high as it is large`;
  const height = TOP + COLUMN_HEIGHT + 52;
  const width = columns.at(-1)!.x + BOX_WIDTH + 24;
  const title = say(said`Linear address space of domain ${domain.domainId}`);
  const text = (y: number, kind: string, words: string): Markup =>
    element('text', { x: 24, y, class: kind }, words);
  return svgDocument(
    options,
    { width, height },
    { title, description: describe(domain, say) },
    patterns(
      placed.flat().map(({ name }) => roleOf(name)),
      prefix,
    ),
    [
      text(30, 'x86p-heading', title),
      ...wedges,
      ...columns.flatMap((column, i) => drawColumn(column, placed[i]!, prefix, say)),
      text(height - 16, 'x86p-small x86p-dim', say(legend)),
    ],
  );
}

function roleOf(name: string): Role {
  return ROLES[name] ?? 'xen';
}

/** Places boxes top down. One that would be too low for its label gets the least height, at the others' cost. */
function place(boxes: readonly Box[]): Placed[] {
  const small = new Set<Box>();
  for (;;) {
    const large = boxes.filter((box) => !small.has(box));
    const bytes = large.reduce((sum, { start, end }) => sum + end - start, 0);
    const scale = (COLUMN_HEIGHT - small.size * LEAST_HEIGHT) / bytes;
    const next = large.filter(({ start, end }) => (end - start) * scale < LEAST_HEIGHT);
    if (next.length > 0 && next.length < large.length) {
      for (const box of next) small.add(box);
      continue;
    }
    let top = TOP;
    return boxes.toReversed().map((box) => {
      const enlarged = small.has(box);
      const height = enlarged ? LEAST_HEIGHT : (box.end - box.start) * scale;
      top += height;
      return { ...box, top: top - height, height, enlarged };
    });
  }
}

function drawColumn({ title, x }: Column, placed: readonly Placed[], prefix: string, say: Say): Markup[] {
  return [
    element(
      'text',
      { x: x + BOX_WIDTH / 2, y: TOP - 22, class: 'x86p-strong', 'text-anchor': 'middle' },
      title,
    ),
    ...placed.map((box) => drawBox(box, x, prefix, say)),
    ...[
      ...placed.map(({ top, end }) => ({ y: top, at: end })),
      { y: TOP + COLUMN_HEIGHT, at: placed.at(-1)!.start },
    ].map(({ y, at }) => boundary(x, y, at)),
  ];
}

function drawBox(box: Placed, x: number, prefix: string, say: Say): Markup {
  const { name, label, start, end, top, height, enlarged } = box;
  const role = roleOf(name);
  const facts = say(factsOf(box));
  const named = (text: string): string => say({ template: text, values: [] });
  const middle = top + height / 2;
  const centred = { x: x + BOX_WIDTH / 2, 'text-anchor': 'middle' };
  const halo = role === 'hole' || name === 'free' ? '' : ' x86p-halo';
  const twoLines = height >= 34 && facts !== '';
  return element(
    'g',
    { 'data-region': name, 'data-start': start, 'data-end': end },
    element(
      'title',
      {},
      say(said`${named(label)}: ${formatAddress(start)} to ${addressText(end)}, ${facts}`),
    ),
    element('rect', { x, y: top, width: BOX_WIDTH, height, fill: fillOf(role, prefix) }),
    element('rect', {
      x,
      y: top,
      width: BOX_WIDTH,
      height,
      class: `x86p-box${role === 'hole' ? ' x86p-open' : ''}`,
    }),
    ...(twoLines
      ? [element('text', { ...centred, y: middle + 13, class: `x86p-small x86p-dim${halo}` }, facts)]
      : []),
    element(
      'text',
      { ...centred, y: middle + (twoLines ? -3 : 4.5), class: `x86p-strong${halo}` },
      `${named(SHORT_LABELS[label] ?? label)}${enlarged ? ' *' : ''}`,
    ),
  );
}

/** Size, and what the guest may not do where that is the point. */
function factsOf({ name, start, end, opens }: Box): Said {
  const pages = (end - start) / 4096;
  const size = pages < 1024 ? pagesPhrase(pages) : mebibytes(end - start);
  const table = ['page tables', 'page directory'].includes(name);
  return (table && !opens) || name.endsWith('(read-only)') ? said`${size}, read-only` : size;
}

/** In the unit that suits it, to a tenth; the exact addresses stand beside the box. */
function mebibytes(bytes: number): Said {
  const gib = bytes >= 2 ** 30;
  const value = bytes / (gib ? 2 ** 30 : 2 ** 20);
  const about = Number.isInteger(value) ? '' : '≈ ';
  return said`${about}${grouped(Number(value.toFixed(1)))} ${gib ? 'GiB' : 'MiB'}`;
}

/** The address of a boundary, left of it. */
function boundary(x: number, y: number, address: number): Markup {
  return element(
    'g',
    {},
    element('path', { d: `M${x - 6} ${y}H${x}`, class: 'x86p-tick' }),
    element(
      'text',
      { x: x - 10, y: y + 4, class: 'x86p-mono x86p-dim x86p-halo', 'text-anchor': 'end' },
      addressText(address),
    ),
  );
}

/** From a box to the whole column that shows it larger, on either side. */
function wedge(fromX: number, box: Placed | undefined, toX: number): Markup {
  if (box === undefined) return { markup: '' };
  const bottom = box.top + box.height;
  return element('path', {
    d: `M${fromX} ${box.top.toFixed(1)}L${toX} ${TOP}V${TOP + COLUMN_HEIGHT}L${fromX} ${bottom.toFixed(1)}Z`,
    class: 'x86p-wedge',
  });
}

function addressText(address: number): string {
  return address === FOUR_GIB ? '4 GiB' : formatAddress(address);
}

function describe(domain: Domain, say: Say): string {
  const regions = domain.layout
    .filter(({ start, end }) => end > start)
    .map(({ name, start, end }) =>
      say(said`${say({ template: name, values: [] })} from ${formatAddress(start)} to ${addressText(end)}`),
    );
  return say(said`From low addresses to high: ${regions.join('; ')}. All else is not mapped.`);
}
