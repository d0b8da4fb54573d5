/** A finding in words: with the walk that shows it, and what would mend it. */

import { accessName } from '../arch/access.ts';
import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { WalkContext } from '../walk/context.ts';
import { explainWalk } from '../walk/explain.ts';
import { addressOf } from '../walk/page-runs.ts';
import type { WalkReport } from '../walk/report.ts';
import type { Finding, PageFinding, Wanted } from './finding.ts';
import { mendOf } from './mend.ts';
import { pageText } from './pages.ts';
import type { Counterexample } from './verification.ts';

/**
 * Puts a finding into words.
 * @param promise - What the claim promises there; without it, words of what is wanted.
 */
export function counterexampleOf(finding: Finding, context: WalkContext, promise?: string): Counterexample {
  if ('subject' in finding) {
    const { subject, page, expected, found, mend } = finding;
    const place = page === undefined ? '' : ` at ${pageText(page)}`;
    const text = `${subject}${place}: expected ${expected}, found ${found}`;
    return {
      ...(page !== undefined && { linear: addressOf(page) }),
      expected,
      found,
      text,
      ...(mend !== undefined && { mend }),
    };
  }
  const linear = addressOf(finding.page);
  const walk = explainWalk(context, linear, finding.access);
  const expected = promise ?? promiseOf(finding);
  const found = foundOf(walk, finding.wanted);
  const text = `${accessName(finding.access)} at ${pageText(finding.page)}: expected ${expected}, found ${found}`;
  const mend = mendOf(walk, finding.wanted, context);
  return { linear, access: finding.access, expected, found, text, walk, ...(mend !== undefined && { mend }) };
}

function promiseOf({ wanted, what }: PageFinding): string {
  const about = what === undefined ? '' : ` (${what})`;
  switch (wanted.kind) {
    case 'leads to':
      return `frame ${hex(wanted.physical / PAGE_SIZE)}${about}`;
    case 'granted':
      return `that it succeeds${about}`;
    case 'denied':
      return `a page fault${about}`;
    case 'not mapped':
      return `a page fault (${what ?? 'nothing is mapped here'})`;
    case 'global':
      return `${wanted.value ? 'a global page' : 'a page that is not global'}${about}`;
    case 'page size':
      return `a page of ${formatAddress(wanted.bytes, 1)} bytes${about}`;
    case 'cache type':
      return `memory type ${wanted.type}${about}`;
    case 'protection key':
      return `protection key ${wanted.key}${about}`;
  }
}

function foundOf(walk: WalkReport, { kind }: Wanted): string {
  if (!walk.ok) {
    return `a page fault (${walk.fault.reason.replaceAll('-', ' ')}, error code ${walk.fault.code})`;
  }
  switch (kind) {
    case 'global':
      return walk.global ? 'a global page' : 'one that is not';
    case 'page size':
      return `one of ${formatAddress(walk.pageSize, 1)} bytes`;
    case 'cache type':
      return walk.memoryType;
    case 'protection key':
      return walk.protectionKey === undefined ? 'that keys do not count' : `key ${walk.protectionKey}`;
    default:
      return `frame ${hex(walk.physical / PAGE_SIZE)}`;
  }
}

/** A number as `0x2c00`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
