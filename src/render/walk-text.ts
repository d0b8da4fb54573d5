/** A walk report as text: the address cut into its fields, each step with its bits, the result or the fault. */

import { accessName } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import type {
  FaultReason,
  PagingMode,
  Rights,
  WalkFault,
  WalkReport,
  WalkStep,
  WalkSuccess,
} from '../mmu/index.ts';
import { PLAIN, type Style } from './style.ts';
import { alignColumns } from './table.ts';
import { formatBytes } from './units.ts';
import { ERROR_BITS, FAULT_NAMES, fieldLabel, fieldsOf, setNames } from './walk-fields.ts';

/**
 * The whole report, lines joined by newlines.
 * @param width - Columns there are for the address and its fields.
 * @param name - What the address is called.
 */
export function walkText(
  report: WalkReport,
  style: Style = PLAIN,
  width: number = Number.POSITIVE_INFINITY,
  name?: string,
): string {
  const { linear, access, mode, steps } = report;
  const lines = [
    `${style.title(`${accessName(access)} at ${formatAddress(linear)}${name === undefined ? '' : ` (${name})`}`)}${style.dim(`   ${modeText(mode)}, CR3 ${formatAddress(report.cr3)}`)}`,
    ...(report.pointer === undefined
      ? []
      : [style.dim(`LAM makes this address of the pointer ${formatAddress(report.pointer)}`)]),
    '',
    ...fieldLines(report, style, width),
    '',
  ];
  if (steps.length > 0) lines.push(...stepLines(steps, style), '');
  lines.push(...(report.ok ? resultLines(report, style) : faultLines(report.fault, style)));
  return lines.join('\n');
}

/** Rights in four letters' width: `RW U X`, `RO S NX`. U and S as the manual has them: who may use the page. */
export function rightsText({ writable, user, executable }: Rights): string {
  return `${writable ? 'RW' : 'RO'} ${user ? 'U' : 'S'} ${executable ? 'X' : 'NX'}`;
}

/** Why a translation fails, as a sentence. */
export const REASONS: Readonly<Record<FaultReason, string>> = {
  'not-present': 'an entry on the way is not present',
  'reserved-bit': 'an entry on the way has a reserved bit set',
  'user-access-to-supervisor-page': 'the page belongs to the supervisor, and ring 3 asked',
  'write-to-read-only-page': 'the page is read-only, and CR0.WP holds the supervisor to that too',
  'fetch-from-no-execute-page': 'the page holds no code: NX is set',
  'supervisor-fetch-from-user-page': 'SMEP: the supervisor may not run code of a user page',
  'supervisor-access-to-user-page': 'SMAP: the supervisor may not touch a user page while EFLAGS.AC is clear',
  'not-a-shadow-stack': 'the page is no shadow stack: R/W clear and D set in its entry, R/W set in all above',
  'shadow-stack-of-the-user': 'the shadow stack is a user one, and rings 0 to 2 have their own',
  'protection-key': "the page's protection key forbids it",
  'not-canonical': 'the address is not canonical: its upper bits are not all equal',
  'segment-limit': 'the offset lies outside the segment; paging is not asked at all',
  'segment-type': 'the type of the segment forbids this access; paging is not asked at all',
};

/** The paging mode in words. */
export function modeText(mode: PagingMode): string {
  return mode === 'off' ? 'paging off' : `${mode} paging`;
}

/**
 * The address in binary, with a bracket under each field. A large page's offset swallows the fields below it. Fields that
 * find no room go on below.
 */
function fieldLines(report: WalkReport, style: Style, width: number): string[] {
  const groups: { numbers: string[]; bits: string[]; names: string[]; width: number }[] = [];
  for (const field of fieldsOf(report)) {
    const text = field.value.toString(2).padStart(field.bits, '0');
    const label = fieldLabel(field);
    const cell = Math.max(text.length, label.length, 5);
    let group = groups.at(-1);
    if (group === undefined || group.width + cell > width) {
      group = { numbers: [], bits: [], names: [], width: 2 };
      groups.push(group);
    }
    group.width += cell + 3;
    group.numbers.push(`${field.low + field.bits - 1}`.padEnd(cell - `${field.low}`.length) + field.low);
    group.bits.push(text.padEnd(cell));
    group.names.push(label.padEnd(cell));
  }
  return groups.flatMap(({ numbers, bits, names }, i) => [
    ...(i > 0 ? [''] : []),
    style.dim(`  ${numbers.join('   ')}`),
    style.strong(`  ${bits.join(' | ')}`),
    `  ${names.join('   ').trimEnd()}`,
  ]);
}

function stepLines(steps: readonly WalkStep[], style: Style): string[] {
  const header = ['entry', 'at', 'value', 'bits', 'leads to', 'rights'];
  const rows = steps.map((step) => [
    `${step.kind}[${step.index}]`,
    step.source === 'register' ? 'register' : formatAddress(step.entryAddress),
    formatAddress(step.entry, step.entryBytes * 2),
    step.flags.join(' ') || '-',
    leadsToText(step),
    step.leadsTo === 'not-present' ? '-' : rightsText(step.rights),
  ]);
  const lines = alignColumns([header, ...rows], (cell, row, column) => {
    if (row === 0) return style.dim(cell);
    if (column === 4) {
      const step = steps[row - 1]!;
      return step.target === undefined || step.reservedBits.length > 0 ? style.bad(cell) : style.strong(cell);
    }
    return cell;
  });
  return lines.map((line) => `  ${line}`);
}

function leadsToText(step: WalkStep): string {
  const note = step.source === 'open-bus' ? ' (no RAM there)' : '';
  switch (step.leadsTo) {
    case 'not-present':
      return `nothing${note}`;
    case 'reserved-bit':
      return `reserved bit ${step.reservedBits.join(', ')}${note}`;
    default:
      return `${step.leadsTo} ${formatAddress(step.target ?? 0)}${note}`;
  }
}

function resultLines(report: WalkSuccess, style: Style): string[] {
  const facts = [`${formatBytes(report.pageSize)} page`, rightsText(report.rights), report.memoryType];
  if (report.global) facts.push('global');
  if (report.protectionKey !== undefined) facts.push(`protection key ${report.protectionKey}`);
  const lines = [
    `  ${style.good('✓')} physical ${style.strong(formatAddress(report.physical))}${style.dim(`   ${facts.join(' · ')}`)}`,
  ];
  for (const { entryAddress, bits } of report.sets) {
    const names = setNames(bits).join(' and ');
    lines.push(style.dim(`    the CPU sets ${names} in the entry at ${formatAddress(entryAddress)}`));
  }
  return lines;
}

function faultLines(fault: WalkFault, style: Style): string[] {
  const name = FAULT_NAMES[fault.vector] ?? `vector ${fault.vector}`;
  const lines = [`  ${style.bad('✗')} ${style.strong(`${name}: ${REASONS[fault.reason]}`)}`];
  if (fault.vector !== 14)
    return [...lines, style.dim(`    error code 0; CR2 keeps ${formatAddress(fault.cr2)}`)];
  const rows = ERROR_BITS.flatMap(([bit, set, clear], i) => {
    const value = (fault.code >>> i) & 1;
    const meaning = value === 1 ? set : clear;
    return meaning === '' ? [] : [[bit, String(value), meaning]];
  });
  lines.push(`    error code ${fault.code} = 0b${fault.code.toString(2).padStart(3, '0')}`);
  lines.push(...alignColumns(rows).map((line) => `      ${style.dim(line)}`));
  lines.push(`    CR2 ${formatAddress(fault.cr2)}`);
  return lines;
}
