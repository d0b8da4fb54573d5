/** What a lens says, as text and JSON. */

import { formatAddress } from '../arch/address.ts';
import type { AbsentReason, AbsentRun, LensView } from '../inspect/index.ts';
import type { WalkReport } from '../mmu/index.ts';
import { hex, type Json } from './json.ts';
import { PLAIN, type Style } from './style.ts';
import { alignColumns } from './table.ts';
import { formatBytes } from './units.ts';

/** Lines that a person is shown, unless all are asked for. */
const SHOWN = 100;

/** What is not mapped though something stands in its entry, as a table; an empty text where there is nothing. */
export function absentText(
  runs: Iterable<AbsentRun>,
  style: Style = PLAIN,
  options: { readonly all?: boolean | undefined } = {},
): string {
  const rows: string[][] = [];
  let count = 0;
  let entries = 0;
  for (const run of runs) {
    entries += run.entries;
    if (++count > SHOWN && !options.all) continue;
    rows.push([
      `${formatAddress(run.start)}-${formatAddress(run.end)}`,
      formatBytes(Number(BigInt(run.end) - BigInt(run.start))),
      `${run.entries.toLocaleString('en')} ${run.kind}${run.entries === 1 ? '' : 's'}`,
      `${run.reason}${run.first.length === 0 ? '' : `; ${fieldsText(run.first)}${run.entries > 1 ? ' …' : ''}`}`,
      run.name ?? '',
    ]);
  }
  if (count === 0) return '';
  const header = ['not present', 'size', 'entries', 'why', 'what'];
  const table = alignColumns([header, ...rows], (cell, row, column) => {
    if (row === 0) return style.dim(cell);
    return column === 4 ? style.region(rows[row - 1]![4]!, cell) : cell;
  });
  if (count > rows.length) table.push(style.dim(`… and ${count - rows.length} more lines (--all)`));
  table.push(style.dim(`${entries.toLocaleString('en')} entries that are not present and not zero`));
  return table.join('\n');
}

/** A run of entries that are not present, under the schema name `x86-paging/absent-run/1`. */
export function absentRunJson({ start, end, kind, entries, reason, first, name }: AbsentRun): Json {
  return {
    schema: 'x86-paging/absent-run/1',
    start: hex(start),
    end: hex(end),
    kind,
    entries,
    reason,
    first: fieldsJson(first),
    name: name ?? null,
  };
}

/** What a lens adds to a walk, lines joined by newlines. */
export function walkLensText(report: WalkReport, view: LensView, style: Style = PLAIN): string {
  const { region, absent, frame } = seen(report, view);
  const lines = [`${view.lens.title}: ${region ?? 'no region that is known'}`];
  if (absent !== undefined) {
    lines.push(`${absent.reason}${absent.fields.length === 0 ? '' : `; ${fieldsText(absent.fields)}`}`);
  }
  if (frame !== undefined) lines.push(`${frame.name} ${formatAddress(frame.number)}`);
  return lines.map((line, i) => (i === 0 ? `  ${style.strong(line)}` : `    ${line}`)).join('\n');
}

/** The same as JSON, for the field `lens` of a walk. */
export function walkLensJson(report: WalkReport, view: LensView): Json {
  const { region, absent, frame } = seen(report, view);
  return {
    name: view.lens.name,
    region: region ?? null,
    absent: absent === undefined ? null : { reason: absent.reason, fields: fieldsJson(absent.fields) },
    frame: frame === undefined ? null : { name: frame.name, number: hex(frame.number) },
  };
}

function seen(
  report: WalkReport,
  view: LensView,
): {
  region: string | undefined;
  absent: AbsentReason | undefined;
  frame: ReturnType<LensView['frameAt']>;
} {
  const last = report.steps.at(-1);
  return {
    region: view.regionAt(report.linear),
    absent: last?.leadsTo === 'not-present' ? view.reasonOf(last.kind, last.entry) : undefined,
    frame: report.ok ? view.frameAt(report.physical) : undefined,
  };
}

function fieldsText(fields: AbsentReason['fields']): string {
  return fields.map(({ name, value }) => `${name} ${formatAddress(value)}`).join(', ');
}

function fieldsJson(fields: AbsentReason['fields']): Json {
  return Object.fromEntries(fields.map(({ name, value }) => [name, hex(value)]));
}
