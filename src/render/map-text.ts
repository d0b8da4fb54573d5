import { formatAddress } from '../arch/address.ts';
import type { MapRun } from '../inspect/index.ts';
import { PLAIN, type Style } from './style.ts';
import { alignColumns } from './table.ts';
import { formatBytes } from './units.ts';
import { rightsText } from './walk-text.ts';

/** A map as a table, one line a run. */
export function mapText(runs: Iterable<MapRun>, style: Style = PLAIN): string {
  const all = [...runs];
  const rows = all.map((run) => [
    `${formatAddress(run.start)}-${formatAddress(run.end)}`,
    formatBytes(run.bytes),
    formatBytes(run.pageSize),
    rightsText(run.rights),
    run.global ? 'G' : '-',
    `${formatAddress(run.physical)}${run.contiguous ? '' : ' …scattered'}`,
    run.name ?? '',
  ]);
  const header = ['linear', 'size', 'pages', 'rights', 'G', 'physical', 'what'];
  return alignColumns([header, ...rows], (cell, row, column) => {
    if (row === 0) return style.dim(cell);
    return column === 6 ? style.region(all[row - 1]?.name ?? '', cell) : cell;
  }).join('\n');
}
