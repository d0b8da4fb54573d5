/** Findings in words. */

import { accessName } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import type { EntryKind } from '../arch/paging-modes.ts';
import { pagingMode } from '../arch/registers.ts';
import type { WalkContext } from '../walk/context.ts';
import { decodeEntry } from '../walk/decode.ts';
import type { WalkReport } from '../walk/report.ts';
import type { GuardStep, GuardWrite } from './finding.ts';

/** `step 7, munmap: ` */
export function headText({ step, who }: GuardStep): string {
  return `step ${step}${who === '' ? '' : `, ${who}`}: `;
}

/** A write to an entry: which, and from what to what. */
export function writeText(write: GuardWrite, kind: EntryKind | undefined, context: WalkContext): string {
  const { address, before, after } = write;
  const name = kind === undefined ? 'entry' : kind;
  return `${headText(write)}the ${name} at ${formatAddress(address)} was changed from ${entryText(before, kind, context)} to ${entryText(after, kind, context)}`;
}

function entryText(entry: number | bigint, kind: EntryKind | undefined, context: WalkContext): string {
  const value = `0x${entry.toString(16)}`;
  if (kind === undefined || pagingMode(context) === 'off') return value;
  const { flags } = decodeEntry(context, kind, entry);
  return `${value} (${flags.join(' ') || 'not present'})`;
}

/** What the tables say of an access, in a phrase. */
export function tablesText(report: WalkReport): string {
  if (report.ok) return `it goes to ${formatAddress(report.physical)}`;
  return `it is a page fault (${report.fault.reason.replaceAll('-', ' ')})`;
}

/** Where an access went, in a phrase. */
export function wentText(physical: number): string {
  return physical < 0 ? 'faulted' : `went to ${formatAddress(physical)}`;
}

/** An access in words. */
export function accessText(report: Pick<WalkReport, 'linear' | 'access'>): string {
  return `${accessName(report.access)} at ${formatAddress(report.linear)}`;
}

/** What should have been done after an entry of a page was changed. */
export function invalidationsOf(
  linear: number | bigint,
  global: boolean,
  { invlpg, pge }: Pick<CpuFeatures, 'invlpg' | 'pge'>,
): string[] {
  const page = typeof linear === 'bigint' ? linear & ~0xfffn : linear - (linear % 4096);
  const ways: string[] = [];
  if (invlpg) ways.push(`INVLPG ${formatAddress(page)}`);
  if (!global) ways.push('a load of CR3');
  else if (pge) ways.push('a change of CR4.PGE (a load of CR3 keeps what is global)');
  return ways;
}
