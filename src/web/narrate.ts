/** Steps of a walk as sentences, for those who read and those who listen. */

import { formatAddress } from '../arch/index.ts';
import type { Rights, WalkReport, WalkStep } from '../index.ts';
import { TEXT } from './text.en.ts';

/** Index of the last thing a walk shows: 0 is CR3, then each entry, then the result. */
export function lastStepOf(report: WalkReport): number {
  return report.steps.length + 1;
}

/** An entry by table and index, as manuals write it: `PDE[768]`. */
export function entryName({ kind, index }: WalkStep): string {
  return `${kind}[${index}]`;
}

export function rightsWords({ writable, user, executable }: Rights): string {
  const words = TEXT.walk.right;
  return [
    words.writable[writable ? 1 : 0],
    words.user[user ? 1 : 0],
    ...(executable ? [] : [words.executable[0]]),
  ].join(', ');
}

/** What is to be said about one step. */
export function stepSentence(report: WalkReport, step: number): string {
  if (report.mode === 'off') return TEXT.walk.off;
  if (step === 0) return TEXT.say.cr3(formatAddress(report.cr3));
  const entry = report.steps[step - 1];
  if (entry !== undefined) return entrySentence(entry);
  if (report.ok) return TEXT.say.ok(formatAddress(report.physical));
  return TEXT.say.fault(faultName(report.fault.vector), faultWhy(report), binary(report.fault.code));
}

function entrySentence(step: WalkStep): string {
  const { say } = TEXT;
  const parts = [
    say.entry(
      entryName(step),
      step.index,
      formatAddress(step.entryAddress),
      formatAddress(step.entry, step.entryBytes * 2),
    ),
  ];
  if (step.leadsTo === 'not-present') return [...parts, say.absent].join(' ');
  if (step.leadsTo === 'reserved-bit') return [...parts, say.reserved].join(' ');
  const target = formatAddress(step.target ?? 0);
  parts.push(step.leadsTo === 'table' ? say.table(target) : say.page(target));
  parts.push(say.rights(rightsWords(step.rights)));
  return parts.join(' ');
}

/** Name of an exception. */
export function faultName(vector: number): string {
  return TEXT.fault.names[vector] ?? `vector ${vector}`;
}

/** The bit that makes a walk fault: the step that holds it, and its number. */
export interface Blame {
  readonly step: WalkStep;
  readonly bit: number;
}

/** Which bit of which entry is to blame for a fault; undefined where no entry is. */
export function blameOf(report: WalkReport): Blame | undefined {
  if (report.ok) return undefined;
  const { steps } = report;
  const first = (bit: number, matches: (step: WalkStep) => boolean): Blame | undefined => {
    const step = steps.find(matches);
    return step === undefined ? undefined : { step, bit };
  };
  switch (report.fault.reason) {
    case 'not-present':
      return first(0, (step) => step.leadsTo === 'not-present');
    case 'write-to-read-only-page':
      return first(1, (step) => !step.rights.writable);
    case 'user-access-to-supervisor-page':
      return first(2, (step) => !step.rights.user);
    case 'fetch-from-no-execute-page':
      return first(63, (step) => !step.rights.executable);
    case 'reserved-bit': {
      const step = steps.find((one) => one.leadsTo === 'reserved-bit');
      return step === undefined ? undefined : { step, bit: step.reservedBits[0] ?? 0 };
    }
    default:
      return undefined;
  }
}

/** Why a walk faults, in one plain sentence that names the entry to blame. */
export function faultWhy(report: WalkReport): string {
  if (report.ok) return '';
  const { reason } = report.fault;
  const step = blameOf(report)?.step;
  const byUser = reason === 'write-to-read-only-page' && (report.access & 4) !== 0;
  return (
    TEXT.fault.why[byUser ? `${reason}-user` : reason]?.(step === undefined ? '' : entryName(step)) ?? reason
  );
}

/** An error code as the bits that it is. */
export function binary(code: number): string {
  return `0b${code.toString(2).padStart(3, '0')}`;
}
