/** Steps of a walk and things that were done, as sentences, for those who read and those who listen. */

import { ACCESS_USER_BIT, formatAddress, type PagingMode } from '../arch/index.ts';
import type { Rights, WalkReport, WalkStep } from '../mmu/index.ts';
import type { UpdateAnswer } from '../xen/index.ts';
import type { Outcome } from './session.ts';
import { TEXT } from './words/index.ts';
import type { Update } from './xen-below.ts';

/** Index of the last thing a walk shows: 0 is CR3, then each entry, then the result. */
export function lastStepOf(report: WalkReport): number {
  return report.steps.length + 1;
}

/** An entry by table and index, as manuals write it: `PDE[768]`. */
export function entryName({ kind, index }: WalkStep): string {
  return `${kind}[${index}]`;
}

export function rightsWords({ writable, user, executable }: Rights): string {
  const words = TEXT.say.right;
  return [
    words.writable[writable ? 1 : 0],
    words.user[user ? 1 : 0],
    ...(executable ? [] : [words.executable[0]]),
  ].join(', ');
}

/** A paging mode by its name. */
export function modeName(mode: PagingMode): string {
  return mode === 'off' ? TEXT.machine.noPaging : TEXT.machine.formats[mode];
}

/** What is to be said about one step. */
export function stepSentence(report: WalkReport, step: number): string {
  if (report.mode === 'off') return TEXT.work.off;
  if (step === 0) return TEXT.say.cr3(formatAddress(report.cr3));
  const entry = report.steps[step - 1];
  if (entry !== undefined) return entrySentence(entry);
  if (report.ok) return TEXT.say.ok(formatAddress(report.physical));
  const { vector, code } = report.fault;
  return TEXT.say.fault(faultName(vector), faultWhy(report), vector === 14 ? codeText(code) : '');
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
  const last = steps.at(-1);
  const blame = (step: WalkStep | undefined, bit: number): Blame | undefined =>
    step === undefined ? undefined : { step, bit };
  switch (report.fault.reason) {
    case 'not-present':
      return blame(last, 0);
    case 'write-to-read-only-page':
      return blame(
        steps.find((step) => !step.rights.writable),
        1,
      );
    case 'user-access-to-supervisor-page':
      return blame(
        steps.find((step) => !step.rights.user),
        2,
      );
    case 'supervisor-fetch-from-user-page':
    case 'supervisor-access-to-user-page':
      return blame(last, 2);
    case 'fetch-from-no-execute-page':
      return blame(
        steps.find((step) => !step.rights.executable),
        63,
      );
    case 'protection-key':
      return blame(last, 59);
    case 'reserved-bit':
      return blame(last, last?.reservedBits[0] ?? 0);
    default:
      return undefined;
  }
}

/** Why a walk faults, in one plain sentence that names the entry to blame. */
export function faultWhy(report: WalkReport): string {
  if (report.ok) return '';
  const { reason } = report.fault;
  const step = blameOf(report)?.step;
  const byUser = reason === 'write-to-read-only-page' && (report.access & ACCESS_USER_BIT) !== 0;
  const sentence = TEXT.fault.why[byUser ? `${reason}-user` : reason];
  return sentence?.(step === undefined ? '' : entryName(step)) ?? reason;
}

/** An error code as the bits that it is. */
export function codeText(code: number): string {
  return `0b${code.toString(2).padStart(3, '0')}`;
}

/** Xen's answer to a list of so many updates, in one sentence. */
export function answerSentence(count: number, answer: UpdateAnswer): string {
  const words = TEXT.xen;
  const { refusal, applied } = answer;
  if (refusal === undefined) return words.granted(count);
  const refused = words.refused(resultText(answer), words.because(refusal));
  return count === 1 ? refused : `${refused} ${words.before(applied, count)}`;
}

/** Why Xen refused a list of so many updates, and what of it is done; empty where it did not. */
export function refusalSentence(count: number, { refusal, applied }: UpdateAnswer): string {
  if (refusal === undefined) return '';
  const words = TEXT.xen;
  const because = words.because(refusal);
  const sentence = `${because.charAt(0).toUpperCase()}${because.slice(1)}.`;
  return count === 1 ? sentence : `${sentence} ${words.before(applied, count)}`;
}

/** What Xen's numbers are called. */
const NUMBERS: Readonly<Record<number, string>> = { [-22]: 'EINVAL', [-14]: 'EFAULT' };

/** The number that Xen returned: `0`, or `−22 (EINVAL)`. */
export function resultText({ result }: UpdateAnswer): string {
  return result === 0 ? '0' : `−${-result} (${NUMBERS[result]})`;
}

/** An update as it is asked for. */
export function updateText([pointer, value]: Update): string {
  return `${formatAddress(pointer)} ← ${formatAddress(value)}`;
}

/** What an action led to, in one sentence that says who did it. */
export function outcomeSentence({
  action,
  who,
  physical,
  value,
  hit,
  fault,
  dropped,
  sweep,
  answer,
}: Outcome): string {
  const { done } = TEXT.say;
  switch (action.kind) {
    case 'access': {
      const kind = action.access & 3;
      const at = formatAddress(action.linear);
      if (fault !== undefined) {
        const code = fault.vector === 14 ? codeText(fault.code) : '';
        return done.fault(who, kind, at, faultName(fault.vector), code);
      }
      const word = value === undefined ? undefined : formatAddress(value);
      return done.access(who, kind, at, formatAddress(physical ?? 0), word, hit);
    }
    case 'sweep':
    case 'copy': {
      const at = formatAddress(action.kind === 'sweep' ? action.linear : action.to);
      if (fault !== undefined) return done.fault(who, 1, at, faultName(fault.vector), codeText(fault.code));
      if (action.kind === 'copy') return done.copy(formatAddress(action.from), at);
      return done.sweep(who, action.pages, at, sweep?.hits ?? 0, sweep?.walks ?? 0);
    }
    case 'word':
      return done.word(formatAddress(action.physical), formatAddress(action.value));
    case 'byte':
      return done.word(formatAddress(action.physical), formatAddress(action.value, 2));
    case 'register':
      return done.register(who, action.name.toUpperCase(), formatAddress(action.value), dropped);
    case 'invlpg':
      return done.invlpg(who, formatAddress(action.linear), dropped);
    case 'ask':
      return answerSentence(action.updates.length, answer!);
    case 'built':
      return done.built(action.requests);
    case 'cpu':
      return done.cpu(action.cpu);
  }
}

/** The same as a short line. */
export function outcomeLine({ action, physical, value, hit, fault, sweep, answer }: Outcome): string {
  const words = TEXT.history;
  switch (action.kind) {
    case 'sweep':
      return words.sweep(action.pages, formatAddress(action.linear), sweep?.hits ?? 0);
    case 'copy':
      return words.copy(formatAddress(action.from), formatAddress(action.to));
    case 'access': {
      const what = `${words.kinds[action.access & 3]} ${formatAddress(action.linear)}`;
      if (fault !== undefined) return `${what} ✗ ${words.fault(codeText(fault.code))}`;
      const arrow = value === undefined ? '' : action.value === undefined ? ' = ' : ' ← ';
      const moved = value === undefined ? '' : `${arrow}${formatAddress(value)}`;
      return `${what} → ${formatAddress(physical ?? 0)}${moved}${hit ? ` (${words.hit})` : ''}`;
    }
    case 'word':
      return words.memory(formatAddress(action.physical), formatAddress(action.value));
    case 'byte':
      return words.memory(formatAddress(action.physical), formatAddress(action.value, 2));
    case 'register':
      return `${action.name.toUpperCase()} ← ${formatAddress(action.value)}`;
    case 'invlpg':
      return words.invlpg(formatAddress(action.linear));
    case 'ask':
      return `${words.asks(action.updates.length, updateText(action.updates[0]!))} → ${resultText(answer!)}`;
    case 'built':
      return words.built(action.requests);
    case 'cpu':
      return words.cpu(action.cpu);
  }
}
