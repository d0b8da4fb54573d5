/** A walk in German, as lines. In English the library draws it. */

import { formatAddress } from '../../arch/index.ts';
import type { WalkReport } from '../../mmu/index.ts';

const ACCESS = ['Lesen', 'Schreiben', 'Holen von Code'];
const WHY: Readonly<Record<string, string>> = {
  'not-present': 'Ein Eintrag auf dem Weg ist nicht vorhanden.',
  'user-access-to-supervisor-page': 'Die Seite gehört dem Supervisor, und Ring 3 hat gefragt.',
  'write-to-read-only-page': 'Die Seite ist nur lesbar, und CR0.WP bindet auch den Supervisor daran.',
  'write-to-read-only-page-user': 'Die Seite ist nur lesbar.',
};
/** Bits of the error code from bit 0: name, meaning of 1, meaning of 0. */
const CODE: readonly (readonly [string, string, string])[] = [
  ['P', 'alles war vorhanden: ein Recht fehlte', 'ein Eintrag war nicht vorhanden'],
  ['W/R', 'es wurde geschrieben', 'es wurde nicht geschrieben'],
  ['U/S', 'der Zugriff kam aus Ring 3', 'der Zugriff kam aus Ring 0, 1 oder 2'],
];

/** The address, an entry a line, and the end. */
export function walkLines(report: WalkReport): string[] {
  const { linear, access, steps, cr3 } = report;
  const who = (access & 4) !== 0 ? 'aus Ring 3' : 'durch den Supervisor';
  return [
    `${ACCESS[access & 3]} ${who} bei ${formatAddress(linear)}, CR3 ${formatAddress(cr3)}`,
    '',
    ...steps.map(({ kind, index, entryAddress, entry, flags, leadsTo, target }) => {
      const to =
        target === undefined
          ? ''
          : ` → ${leadsTo === 'table' ? 'Tabelle' : 'Seite'} ${formatAddress(target)}`;
      const name = `${kind}[${index}]`.padEnd(10);
      return `  ${name} bei ${formatAddress(entryAddress)}: ${formatAddress(entry, 8)}  ${flags.join(' ')}${to}`;
    }),
    '',
    ...endLines(report),
  ];
}

function endLines(report: WalkReport): string[] {
  if (report.ok) return [`  ✓ physisch ${formatAddress(report.physical)}`];
  const { reason, code, cr2 } = report.fault;
  const byUser = (report.access & 4) !== 0 && WHY[`${reason}-user`] !== undefined;
  return [
    `  ✗ #PF: ${WHY[byUser ? `${reason}-user` : reason] ?? reason}`,
    `    Fehlercode ${code} = 0b${code.toString(2)}`,
    ...CODE.map(([name, set, clear], bit) => {
      const value = (code >> bit) & 1;
      return `      ${name.padEnd(4)} ${value}  ${value === 1 ? set : clear}`;
    }),
    `    CR2 ${formatAddress(cr2 ?? 0)}`,
  ];
}
