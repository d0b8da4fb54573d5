/** Writes the results file, the charts, and the figures' part of docs/performance.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { growthChart, ramGrowthChart, ratioChart } from './charts.ts';
import type { MachineInfo } from './machine.ts';
import type { Figure, Spread } from './measure.ts';

/** @returns The files that were written, relative to the project. */
export function writeReport(project: string, machine: MachineInfo, figures: readonly Figure[]): string[] {
  const files = new Map<string, string>();
  files.set('bench/results/latest.json', `${JSON.stringify({ machine, figures }, null, 1)}\n`);
  files.set('docs/images/performance-ratios.svg', ratioChart(figures));
  files.set('docs/images/performance-growth.svg', growthChart(figures));
  files.set('docs/images/performance-growth-ram.svg', ramGrowthChart(figures));
  for (const [file, content] of files) {
    mkdirSync(join(project, file, '..'), { recursive: true });
    writeFileSync(join(project, file), content);
  }
  const page = 'docs/performance.md';
  replacePart(project, page, 'bench', figuresPart(machine, figures));
  return [...files.keys(), page];
}

/** Writes the part of a document that a script of npm makes: what stands between its two marks. */
export function replacePart(project: string, page: string, script: string, part: string): void {
  const start = `<!-- figures: written by npm run ${script} -- --report -->`;
  const end = '<!-- end of figures -->';
  const file = join(project, page);
  const text = readFileSync(file, 'utf8');
  const [before, after] = [text.indexOf(start), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${page} has no part between '${start}' and '${end}'`);
  writeFileSync(file, text.slice(0, before + start.length) + part + text.slice(after));
}

function figuresPart(machine: MachineInfo, figures: readonly Figure[]): string {
  const { processor, processors, platform, node, v8, compiler, v86, commit, date } = machine;
  const beside = figures.filter(({ ratio }) => ratio.unchecked === undefined);
  const rows = beside.map(({ title, unit, time, ratio, target }) => {
    const cells = [
      title,
      `${number(time.ours?.median)} ns a ${unit}`,
      spread(ratio.C),
      target === undefined ? '' : `≤ ${target}`,
      spread(ratio.naive),
      spread(ratio.v86),
      spread(ratio.alone),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `

Measured ${date} at commit ${commit} on ${processor} (${processors} processors, ${platform}), Node ${node} with V8 ${v8};
C by ${compiler}, \`-O3 -march=native\`; v86 ${v86}. Ratios are medians of our time divided by the peer's in the
same round, with the quartiles in brackets: below 1 we are ahead.

![Our time divided by C's](images/performance-ratios.svg)

| work | ours | to C | wanted | to the naive walker | to v86 | to itself, alone |
|---|--:|--:|--:|--:|--:|--:|
${rows.join('\n')}

![How time grows with the size of the domain](images/performance-growth.svg)

![How time grows with the size of RAM](images/performance-growth-ram.svg)

What it costs that Xen checks every update, beside the same list stored without a look:

| work | ours | to the unchecked |
|---|--:|--:|
${figures.flatMap(uncheckedRow).join('\n')}

`;
}

function uncheckedRow({ title, unit, time, ratio }: Figure): string[] {
  if (ratio.unchecked === undefined) return [];
  return [`| ${title} | ${number(time.ours?.median)} ns a ${unit} | ${spread(ratio.unchecked)} |`];
}

function spread(value: Spread | undefined): string {
  if (value === undefined) return '';
  return `${number(value.median)} [${number(value.low)}–${number(value.high)}]`;
}

function number(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
