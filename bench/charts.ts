/** The charts of docs/performance.md, as SVG that follows the reader's light or dark scheme. */
import type { Figure } from './measure.ts';
import { GROWTH_GIB, GROWTH_MIB, GROWTH_MODES, growthName } from './work.ts';

const STYLE = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.faint { fill: #57606a } .rule { stroke: #d0d7de } .line { stroke: #24292f; stroke-width: 1.5 }
.bar { fill: #0969da } .mark { stroke: #cf222e; stroke-width: 2 }
.a { stroke: #0969da; fill: none; stroke-width: 2 } .b { stroke: #9a6700; fill: none; stroke-width: 2; stroke-dasharray: 6 4 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .faint { fill: #9198a1 } .rule { stroke: #3d444d } .line { stroke: #e6edf3 }
.bar { fill: #4493f8 } .mark { stroke: #ff7b72 } .a { stroke: #4493f8 } .b { stroke: #d29922 }
}
</style>`;

/**
 * A bar for each figure that has a ratio to C: our time divided by C's, with the quartiles, and what was wanted. Twice and half of C's
 * time are as far from it, in either direction: some single steps take hundreds of times C's.
 */
export function ratioChart(figures: readonly Figure[]): string {
  const rows = figures.flatMap(({ name, ratio, target }) =>
    ratio.C ? [{ name, ratio: ratio.C, target }] : [],
  );
  const left = 300;
  const width = 760;
  const least = Math.min(0.5, ...rows.map(({ ratio }) => ratio.low));
  const most = Math.max(2, ...rows.map(({ ratio, target }) => Math.max(ratio.high, target ?? 0)));
  const perFold = (width - left - 70) / Math.log(most / least);
  const x = (value: number): number => left + Math.log(value / least) * perFold;
  const bottom = 34 + rows.length * 26;
  const bars = rows.map(({ name, ratio, target }, i) => {
    const y = 34 + i * 26;
    const middle = y + 8;
    const [from, to] = [x(Math.min(1, ratio.median)), x(Math.max(1, ratio.median))];
    return [
      `<text x="${left - 10}" y="${y + 13}" text-anchor="end">${name}</text>`,
      `<rect class="bar" x="${round(from)}" y="${y}" width="${round(to - from)}" height="16" rx="2"/>`,
      `<path class="line" d="M${round(x(ratio.low))} ${middle}H${round(x(ratio.high))}"/>`,
      ...(target === undefined ? [] : [`<path class="mark" d="M${round(x(target))} ${y - 3}V${y + 19}"/>`]),
      `<text x="${round(Math.max(x(ratio.high), x(target ?? 1), to) + 8)}" y="${y + 13}">${ratio.median.toFixed(2)} ×</text>`,
    ].join('\n');
  });
  const ticks = [0.5, 1, 2, 5, 10, 100].filter((tick) => tick >= least && tick <= most);
  return svg(
    width,
    bottom + 24,
    "Our time divided by C's",
    `${rows.map(({ name, ratio }) => `${name} ${ratio.median.toFixed(2)}`).join(', ')}.`,
    [
      `<text class="faint" x="10" y="20">our time divided by C's: left of 1 we are ahead; the thin line spans the quartiles, the upright one is the aim</text>`,
      ...ticks.map((tick) => `<path class="rule" d="M${round(x(tick))} 28V${bottom}"/>`),
      ...bars,
      ...ticks.map(
        (tick) =>
          `<text class="faint" x="${round(x(tick))}" y="${bottom + 16}" text-anchor="middle">${tick} ×</text>`,
      ),
    ].join('\n'),
  );
}

/** Milliseconds of building and proving a domain by its size, both scales logarithmic. */
export function growthChart(figures: readonly Figure[]): string {
  const milliseconds = (prefix: string): Point[] =>
    pointsOf(figures, GROWTH_MIB, (mebibytes) => `${prefix}-${mebibytes}`).map(
      ([size, time, operations]): Point => [size, (time * operations) / 1e6],
    );
  return curves({
    title: 'Time to build and to prove a domain, by its size',
    sizes: GROWTH_MIB,
    sizeUnit: 'MiB',
    timeUnit: 'ms',
    lines: [
      { label: 'buildDomain', kind: 'a', points: milliseconds('build-domain') },
      { label: 'verifyDomain', kind: 'b', points: milliseconds('verify') },
    ],
  });
}

/** Nanoseconds of a translation, and of a page of a scan, by the size of RAM. */
export function ramGrowthChart(figures: readonly Figure[]): string {
  const lines = GROWTH_MODES.flatMap((mode, i) =>
    (['misses', 'hits', 'scan'] as const).map((what) => ({
      label: `${mode}, ${what === 'scan' ? 'scan, a page' : what}`,
      kind: i === 0 ? ('b' as const) : ('a' as const),
      points: pointsOf(figures, GROWTH_GIB, (gibibytes) => growthName(mode, gibibytes, what)).map(
        ([size, time]): Point => [size, time],
      ),
    })),
  );
  return curves({
    title: 'Time of a translation, and of a page of a scan, by the size of RAM',
    sizes: GROWTH_GIB,
    sizeUnit: 'GiB',
    timeUnit: 'ns',
    lines,
  });
}

/** A size, and the time at it. */
type Point = readonly [size: number, time: number];

/** What was measured of works that differ in size: nanoseconds of an operation, and how many there were. */
function pointsOf(
  figures: readonly Figure[],
  sizes: readonly number[],
  nameOf: (size: number) => string,
): [size: number, nanoseconds: number, operations: number][] {
  return sizes.flatMap((size): [number, number, number][] => {
    const figure = figures.find(({ name }) => name === nameOf(size));
    return figure?.time.ours ? [[size, figure.time.ours.median, figure.operations]] : [];
  });
}

interface Curves {
  readonly title: string;
  readonly sizes: readonly number[];
  readonly sizeUnit: string;
  readonly timeUnit: string;
  readonly lines: readonly { readonly label: string; readonly kind: 'a' | 'b'; readonly points: Point[] }[];
}

/** Times by size, both scales logarithmic. */
function curves({ title, sizes, sizeUnit, timeUnit, lines }: Curves): string {
  const all = lines.flatMap(({ points }) => points.map(([, time]) => time));
  const low = Math.floor(Math.log10(Math.min(timeUnit === 'ms' ? 0.1 : 1, ...all)));
  const high = Math.ceil(Math.log10(Math.max(timeUnit === 'ms' ? 1 : 10, ...all)));
  const first = sizes[0] ?? 1;
  const x = (size: number): number =>
    70 + (Math.log2(size / first) / Math.log2((sizes.at(-1) ?? 1) / first)) * 520;
  const y = (time: number): number => 270 - ((Math.log10(time) - low) / (high - low)) * 230;
  const ends = lines
    .flatMap(({ label, points }) =>
      points.slice(-1).map(([size, time]) => ({ label, x: x(size), y: y(time) })),
    )
    .sort((a, b) => a.y - b.y);
  // Labels keep apart from one another.
  for (const [i, end] of ends.entries()) end.y = Math.max(end.y, (ends[i - 1]?.y ?? 0) + 16);
  const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const told = lines.map(
    ({ label, points }) =>
      `${label}: ${points.map(([size, time]) => `${size} ${sizeUnit} ${time.toFixed(2)} ${timeUnit}`).join(', ')}.`,
  );
  return svg(
    760,
    310,
    title,
    told.join(' '),
    [
      ...decades.map(
        (time) =>
          `<path class="rule" d="M70 ${round(y(time))}H600"/><text class="faint" x="62" y="${round(y(time) + 4)}" text-anchor="end">${time} ${timeUnit}</text>`,
      ),
      ...sizes.map(
        (size) =>
          `<text class="faint" x="${round(x(size))}" y="296" text-anchor="middle">${size} ${sizeUnit}</text>`,
      ),
      ...lines.map(
        ({ kind, points }) =>
          `<path class="${kind}" d="M${points.map(([size, time]) => `${round(x(size))} ${round(y(time))}`).join('L')}"/>`,
      ),
      ...ends.map((end) => `<text x="${round(end.x + 10)}" y="${round(end.y + 4)}">${end.label}</text>`),
    ].join('\n'),
  );
}

function svg(width: number, height: number, title: string, description: string, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${title}</title>
<desc>${description}</desc>
${STYLE}
${content}
</svg>
`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
