/** The bottom of a drawn walk: where the byte is, or the fault with its error code bit by bit. */

import { formatAddress } from '../arch/address.ts';
import type { WalkFault, WalkReport, WalkSuccess } from '../mmu/index.ts';
import { element, type Markup } from './svg-element.ts';
import { formatBytes } from './units.ts';
import { ERROR_BITS, FAULT_NAMES, setNames } from './walk-fields.ts';
import { REASONS, rightsText } from './walk-text.ts';
import { wrap } from './wrap.ts';

/** Where the panel lies. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The panel and its height. */
export function outcomePanel(report: WalkReport, place: Place): { markup: Markup; height: number } {
  const { x, y, width } = place;
  const inner = report.ok ? success(report, place) : failure(report.fault, place);
  const kind = report.ok ? 'good' : 'bad';
  const markup = element(
    'g',
    { 'data-outcome': report.ok ? 'physical' : (FAULT_NAMES[report.fault.vector] ?? 'fault') },
    element('rect', { x, y, width, height: inner.height, rx: 6, class: `x86p-panel-${kind}` }),
    ...inner.parts,
  );
  return { markup, height: inner.height };
}

function line(x: number, y: number, kind: string, text: string): Markup {
  return element('text', { x, y, class: kind }, text);
}

function success(report: WalkSuccess, { x, y }: Place): { parts: Markup[]; height: number } {
  const facts = [`${formatBytes(report.pageSize)} page`, rightsText(report.rights), report.memoryType];
  if (report.global) facts.push('global');
  if (report.protectionKey !== undefined) facts.push(`protection key ${report.protectionKey}`);
  const sets = report.sets.map(({ entryAddress, bits }) => {
    const names = setNames(bits).join(' and ');
    return `the CPU sets ${names} in the entry at ${formatAddress(entryAddress)}`;
  });
  const lines = [facts.join(' · '), ...sets];
  return {
    parts: [
      line(x + 16, y + 28, 'x86p-heading x86p-good', `✓ physical ${formatAddress(report.physical)}`),
      ...lines.map((text, i) => line(x + 16, y + 50 + i * 18, i === 0 ? '' : 'x86p-dim', text)),
    ],
    height: 44 + lines.length * 18,
  };
}

const CELL_HEIGHT = 68;
const CELL_GAP = 8;

function failure(fault: WalkFault, { x, y, width }: Place): { parts: Markup[]; height: number } {
  const head = line(
    x + 16,
    y + 28,
    'x86p-heading x86p-bad',
    `✗ ${FAULT_NAMES[fault.vector] ?? `vector ${fault.vector}`}: ${REASONS[fault.reason]}`,
  );
  if (fault.vector !== 14) {
    const note = `error code 0; CR2 keeps ${formatAddress(fault.cr2)}`;
    return { parts: [head, line(x + 16, y + 50, 'x86p-dim', note)], height: 66 };
  }
  // The highest bit on the left, as numbers are written. The sixth bit came with protection keys.
  const count = fault.code > 0x1f ? 6 : 5;
  const cell = (width - 32 - CELL_GAP * (count - 1)) / count;
  const cells = Array.from({ length: count }, (_, place) => {
    const bit = count - 1 - place;
    const set = ((fault.code >>> bit) & 1) === 1;
    const [name, whenSet, whenClear] = ERROR_BITS[bit]!;
    const left = x + 16 + place * (cell + CELL_GAP);
    const meaning = wrap(set ? whenSet : whenClear || 'no', Math.floor(cell / 6.6));
    return element(
      'g',
      { 'data-error-bit': bit },
      element('rect', {
        x: left,
        y: y + 66,
        width: cell,
        height: CELL_HEIGHT,
        rx: 4,
        class: set ? 'x86p-chip' : 'x86p-chip x86p-open',
      }),
      line(left + 10, y + 86, set ? 'x86p-strong' : 'x86p-dim', `${name} = ${set ? 1 : 0}`),
      element(
        'text',
        { x: left + cell - 10, y: y + 86, class: 'x86p-small x86p-dim', 'text-anchor': 'end' },
        `bit ${bit}`,
      ),
      ...meaning.map((text, i) => line(left + 10, y + 106 + i * 15, 'x86p-small x86p-dim', text)),
    );
  });
  return {
    parts: [
      head,
      line(
        x + 16,
        y + 52,
        '',
        `error code ${fault.code} = 0b${fault.code.toString(2).padStart(count, '0')}   ·   CR2 ${formatAddress(fault.cr2)}`,
      ),
      ...cells,
    ],
    height: 66 + CELL_HEIGHT + 16,
  };
}
