/** Writes the results file, the charts, and the figures' part of docs/performance.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aimedAt, aimsTable } from './aims.ts';
import { growthChart, ramGrowthChart, ratioChart } from './charts.ts';
import type { MachineInfo } from './machine.ts';
import type { Figure, Spread } from './measure.ts';
import type { PeerName } from './work.ts';

const RESULTS = 'bench/results/latest.json';
const PAGE = 'docs/performance.md';

/** What a report is made from, as its file has it. */
interface Results {
  readonly machine: MachineInfo;
  readonly figures: readonly Figure[];
}

/** @returns The files that were written, relative to the project. */
export function writeReport(project: string, machine: MachineInfo, figures: readonly Figure[]): string[] {
  write(project, RESULTS, `${JSON.stringify({ machine, figures }, null, 1)}\n`);
  return [RESULTS, ...renderReport(project)];
}

/** Writes all that follows from the results file, and measures nothing. @returns As {@link writeReport}. */
export function renderReport(project: string): string[] {
  const { machine, figures } = JSON.parse(readFileSync(join(project, RESULTS), 'utf8')) as Results;
  const charts = {
    'docs/images/performance-ratios.svg': ratioChart(aimedAt(figures)),
    'docs/images/performance-growth.svg': growthChart(figures),
    'docs/images/performance-growth-ram.svg': ramGrowthChart(figures),
  };
  for (const [file, content] of Object.entries(charts)) write(project, file, content);
  replacePart(project, PAGE, 'bench', figuresPart(machine, figures));
  return [...Object.keys(charts), PAGE];
}

function write(project: string, file: string, content: string): void {
  mkdirSync(join(project, file, '..'), { recursive: true });
  writeFileSync(join(project, file), content);
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
  const headings = [...new Set(figures.map(({ topic }) => topic))];
  return `

## What was wanted

Measured ${date} at commit ${commit} on ${processor} (${processors} processors, ${platform}), Node ${node} with V8 ${v8};
C by ${compiler}, \`-O3 -march=native\`; v86 ${v86}. Ratios are medians of our time divided by the peer's in the
same round: below 1 we are ahead. Where several works have one aim, the one that is furthest from it counts.

${aimsTable(figures).join('\n')}

![Our time divided by C's](images/performance-ratios.svg)

## Figures

Medians, with the quartiles of ratios in brackets.

${headings
  .map((heading) =>
    topicTable(
      heading,
      figures.filter(({ topic }) => topic === heading),
    ),
  )
  .join('\n')}
![How time grows with the size of the domain](images/performance-growth.svg)

![How time grows with the size of RAM](images/performance-growth-ram.svg)

`;
}

const PEERS: readonly (readonly [name: Exclude<PeerName, 'ours'>, heading: string])[] = [
  ['C', 'to C'],
  ['naive', 'to the naive JavaScript'],
  ['v86', 'to v86'],
  ['alone', 'to itself, alone'],
  ['unchecked', 'to the unchecked'],
];

/** With a column for every peer that does any of the work, and what was wanted of the ratio to C. */
function topicTable(heading: string, figures: readonly Figure[]): string {
  const all: readonly Column[] = [
    { heading: 'work', cell: ({ title }) => title },
    { heading: 'ours', cell: ({ time, unit }) => `${number(time.ours?.median)} ns a ${unit}` },
    ...PEERS.flatMap(([name, heading]): Column[] => [
      { heading, cell: ({ ratio }) => spread(ratio[name]) },
      ...(name === 'C' ? [WANTED] : []),
    ]),
  ];
  const columns = all.filter(({ cell }) => figures.some((figure) => cell(figure) !== ''));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `### ${heading}

${row(columns.map((column) => column.heading))}
|---|${'--:|'.repeat(columns.length - 1)}
${figures.map((figure) => row(columns.map(({ cell }) => cell(figure)))).join('\n')}
`;
}

interface Column {
  readonly heading: string;
  readonly cell: (figure: Figure) => string;
}

const WANTED: Column = {
  heading: 'at most',
  cell: ({ target }) => (target === undefined ? '' : String(target)),
};

function spread(value: Spread | undefined): string {
  if (value === undefined) return '';
  return `${number(value.median)} [${number(value.low)}–${number(value.high)}]`;
}

function number(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
