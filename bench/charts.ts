/** The charts of docs/performance.md, as SVG that follows the reader's light or dark scheme. */
import type { Figure } from './measure.ts';
import { GROWTH_MIB } from './work.ts';

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

/** A bar for each work that C does too: our time divided by C's, with the quartiles, and what was wanted. */
export function ratioChart(figures: readonly Figure[]): string {
  const rows = figures.flatMap(({ name, ratio, target }) =>
    ratio.C ? [{ name, ratio: ratio.C, target }] : [],
  );
  const left = 210;
  const width = 760;
  const most = Math.max(2, ...rows.map(({ ratio, target }) => Math.max(ratio.high, target ?? 0))) * 1.12;
  const x = (value: number): number => left + (value / most) * (width - left - 60);
  const height = 40 + rows.length * 26;
  const bars = rows.map(({ name, ratio, target }, i) => {
    const y = 34 + i * 26;
    const middle = y + 8;
    return [
      `<text x="${left - 10}" y="${y + 13}" text-anchor="end">${name}</text>`,
      `<rect class="bar" x="${left}" y="${y}" width="${round(x(ratio.median) - left)}" height="16" rx="2"/>`,
      `<path class="line" d="M${round(x(ratio.low))} ${middle}H${round(x(ratio.high))}"/>`,
      ...(target === undefined ? [] : [`<path class="mark" d="M${round(x(target))} ${y - 3}V${y + 19}"/>`]),
      `<text x="${round(Math.max(x(ratio.high), x(target ?? 0)) + 8)}" y="${y + 13}">${ratio.median.toFixed(2)} ×</text>`,
    ].join('\n');
  });
  return svg(
    width,
    height,
    "Our time divided by C's",
    `${rows.map(({ name, ratio }) => `${name} ${ratio.median.toFixed(2)}`).join(', ')}.`,
    [
      `<text class="faint" x="${left}" y="20">our time divided by C's; the thin line spans the quartiles, the upright one is the aim</text>`,
      `<path class="rule" d="M${round(x(1))} 26V${height}"/>`,
      ...bars,
    ].join('\n'),
  );
}

/** Milliseconds of building and proving a domain by its size, both scales logarithmic. */
export function growthChart(figures: readonly Figure[]): string {
  const milliseconds = (prefix: string): [number, number][] =>
    GROWTH_MIB.flatMap((mebibytes): [number, number][] => {
      const figure = figures.find(({ name }) => name === `${prefix}-${mebibytes}`);
      return figure?.time.ours ? [[mebibytes, (figure.time.ours.median * figure.operations) / 1e6]] : [];
    });
  const build = milliseconds('build-domain');
  const verify = milliseconds('verify');
  const all = [...build, ...verify].map(([, time]) => time);
  const low = Math.floor(Math.log10(Math.min(0.1, ...all)));
  const high = Math.ceil(Math.log10(Math.max(1, ...all)));
  const x = (mebibytes: number): number => 70 + (Math.log2(mebibytes / 4) / Math.log2(240)) * 520;
  const y = (time: number): number => 270 - ((Math.log10(time) - low) / (high - low)) * 230;
  const curve = (points: [number, number][], kind: string, label: string): string => {
    const [last] = points.slice(-1);
    if (last === undefined) return '';
    const path = points.map(([size, time]) => `${round(x(size))} ${round(y(time))}`).join('L');
    return [
      `<path class="${kind}" d="M${path}"/>`,
      `<text x="${round(x(last[0]) + 10)}" y="${round(y(last[1]) + 4)}">${label}</text>`,
    ].join('\n');
  };
  const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return svg(
    760,
    310,
    'Time to build and to prove a domain, by its size',
    `Building: ${build.map(([size, time]) => `${size} MiB ${time.toFixed(2)} ms`).join(', ')}. Proving: ${verify
      .map(([size, time]) => `${size} MiB ${time.toFixed(0)} ms`)
      .join(', ')}.`,
    [
      ...decades.map(
        (time) =>
          `<path class="rule" d="M70 ${round(y(time))}H600"/><text class="faint" x="62" y="${round(y(time) + 4)}" text-anchor="end">${time} ms</text>`,
      ),
      ...GROWTH_MIB.map(
        (size) => `<text class="faint" x="${round(x(size))}" y="296" text-anchor="middle">${size} MiB</text>`,
      ),
      curve(build, 'a', 'buildDomain'),
      curve(verify, 'b', 'verifyDomain'),
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
