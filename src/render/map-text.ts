import { formatAddress } from '../arch/address.ts';
import { type MapRun, MapSum, type MapSummary } from '../inspect/index.ts';
import { hex, type Json } from './json.ts';
import { PLAIN, type Style } from './style.ts';
import { alignColumns } from './table.ts';
import { formatBytes } from './units.ts';
import { rightsText } from './walk-text.ts';

/** Lines that a person is shown, unless all are asked for. */
const SHOWN = 400;

/** What {@link mapText} may be told. */
export interface MapTextOptions {
  /** Every line, however many; default: the first few hundred, and how many there are. */
  readonly all?: boolean | undefined;
  /** What the tables themselves take. */
  readonly tables?: TablesMemory | undefined;
}

/** How many tables there are, and their bytes. */
export interface TablesMemory {
  /** How many tables there are. */
  readonly tables: number;
  /** Bytes of RAM in them. */
  readonly bytes: number;
}

/**
 * A map as a table, one line a run; runs at equal distances that are all the same frame are one line. It ends with a
 * sum of the pages, see {@link mapSummaryText}.
 */
export function mapText(runs: Iterable<MapRun>, style: Style = PLAIN, options: MapTextOptions = {}): string {
  const sum = new MapSum();
  const lines: Folded[] = [];
  let count = 0;
  for (const run of runs) {
    sum.add(run);
    const last = lines.at(-1);
    if (count > 0 && last !== undefined && folds(last, run)) {
      last.end = run.end;
      last.repeats++;
      continue;
    }
    count++;
    if (options.all || count <= SHOWN) lines.push({ run, end: run.end, repeats: 1, distance: undefined });
    else if (count === SHOWN + 1) lines.push({ run, end: run.end, repeats: 1, distance: undefined });
    else lines[lines.length - 1] = { run, end: run.end, repeats: 1, distance: undefined };
  }
  const shown = options.all ? lines : lines.slice(0, SHOWN);
  const rows = shown.map(({ run, end, repeats }) => [
    `${formatAddress(run.start)}-${formatAddress(end)}`,
    formatBytes(run.bytes * repeats),
    formatBytes(run.pageSize),
    rightsText(run.rights),
    run.global ? 'G' : '-',
    `${formatAddress(run.physical)}${layoutText(run, repeats)}`,
    usedText(run),
    run.memoryType + (!run.protectionKey ? '' : ` key ${run.protectionKey}`),
    run.name ?? '',
  ]);
  const header = ['linear', 'size', 'pages', 'rights', 'G', 'physical', 'used', 'type', 'what'];
  const table = alignColumns([header, ...rows], (cell, row, column) => {
    if (row === 0) return style.dim(cell);
    return column === 8 ? style.region(shown[row - 1]?.run.name ?? '', cell) : cell;
  });
  if (count > shown.length) table.push(style.dim(`… and ${count - shown.length} more lines (--all)`));
  table.push(style.dim(mapSummaryText(sum.summary, options.tables)));
  return table.join('\n');
}

/** The sum of a map: pages by size and rights, what the tables take, and all of it. */
export function mapSummaryText(summary: MapSummary, tables?: TablesMemory): string {
  const { pages, bytes, bySize, byRights, writableExecutable } = summary;
  const count = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'page' : 'pages'}`;
  const lines: string[] = [];
  if (bySize.length > 0) {
    const sizes = bySize.map(({ pageSize, ...each }) => `${count(each.pages)} of ${formatBytes(pageSize)}`);
    const rights = byRights.map((each) => `${rightsText(each.rights)} ${formatBytes(each.bytes)}`);
    lines.push(sizes.join(', '), rights.join(', '));
  }
  if (tables !== undefined && tables.tables > 0)
    lines.push(
      `${tables.tables.toLocaleString('en')} ${tables.tables === 1 ? 'table' : 'tables'}, ${formatBytes(tables.bytes)}`,
    );
  const code =
    writableExecutable.pages === 0
      ? ''
      : `; ${writableExecutable.pages.toLocaleString('en')} of them writable and executable`;
  return [...lines, `${count(pages)}, ${formatBytes(bytes)}${code}`].join('\n');
}

/** The sum of a map, under the schema name `x86-paging/map-summary/1`. */
export function mapSummaryJson(summary: MapSummary, cr3: number | bigint, tables: TablesMemory): Json {
  return {
    schema: 'x86-paging/map-summary/1',
    cr3: hex(cr3),
    pages: summary.pages,
    bytes: summary.bytes,
    bySize: summary.bySize.map(({ pageSize, pages, bytes }) => ({ pageSize, pages, bytes })),
    byRights: summary.byRights.map(({ rights, pages, bytes }) => ({ rights: { ...rights }, pages, bytes })),
    writableExecutable: { ...summary.writableExecutable },
    tables: { count: tables.tables, bytes: tables.bytes },
  };
}

/** A line that may stand for several runs. */
interface Folded {
  readonly run: MapRun;
  end: number | bigint;
  repeats: number;
  /** From the start of one run to that of the next. */
  distance: bigint | undefined;
}

/** Whether a run is one more alias of the same frame, at the same distance as those before. */
function folds(last: Folded, run: MapRun): boolean {
  const { run: first } = last;
  if (first.pages !== 1 || run.pages !== 1 || first.physical !== run.physical || !isAlike(first, run))
    return false;
  const distance = (BigInt(run.start) - BigInt(first.start)) / BigInt(last.repeats);
  last.distance ??= distance;
  return BigInt(run.start) === BigInt(first.start) + last.distance * BigInt(last.repeats);
}

function isAlike(a: MapRun, b: MapRun): boolean {
  return (
    a.pageSize === b.pageSize &&
    a.rights.writable === b.rights.writable &&
    a.rights.user === b.rights.user &&
    a.rights.executable === b.rights.executable &&
    a.global === b.global &&
    a.memoryType === b.memoryType &&
    a.protectionKey === b.protectionKey &&
    a.name === b.name
  );
}

function layoutText(run: MapRun, repeats: number): string {
  if (repeats > 1) return ` ← ${repeats.toLocaleString('en')} pages, one frame`;
  if (run.pages > 1 && run.oneFrame) return ` ← ${run.pages.toLocaleString('en')} pages, one frame`;
  return run.contiguous ? '' : ' …scattered';
}

/** Of how many pages A and D are set: `A` of all, `a` of some. */
function usedText({ pages, accessed, dirty }: MapRun): string {
  const letter = (count: number, name: string): string =>
    count === pages ? name : count === 0 ? '-' : name.toLowerCase();
  return letter(accessed, 'A') + letter(dirty, 'D');
}
