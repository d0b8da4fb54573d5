/** A finding in words: with the walk that shows it, and what would mend it. */

import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { inEnglish, type Said, said } from '../said/said.ts';
import type { WalkContext } from '../walk/context.ts';
import { explainWalk } from '../walk/explain.ts';
import { addressOf } from '../walk/page-runs.ts';
import type { FaultReason, WalkReport } from '../walk/report.ts';
import type { Finding, PageFinding, Wanted } from './finding.ts';
import { mendOf } from './mend.ts';
import { pageText } from './pages.ts';
import { accessPhrase } from './title.ts';
import type { Counterexample } from './verification.ts';

/** The words of a finding, which can be said in another language. */
export interface FindingWords {
  readonly expected: Said;
  readonly found: Said;
  readonly text: Said;
  readonly mend: Said | undefined;
}

/**
 * Puts a finding into words.
 * @param promise - What the claim promises there; without it, words of what is wanted.
 */
export function counterexampleOf(finding: Finding, context: WalkContext, promise?: string): Counterexample {
  return inPlainWords(findingOf(finding, context, promise));
}

/** A finding as everybody gets it: its words as texts. */
export function inPlainWords({ words, walk, ...where }: FindingInWords): Counterexample {
  const { expected, found, text, mend } = words;
  return {
    ...where,
    expected: inEnglish(expected),
    found: inEnglish(found),
    text: inEnglish(text),
    ...(walk !== undefined && { walk }),
    ...(mend !== undefined && { mend: inEnglish(mend) }),
  };
}

/** The place of a finding, the access that shows it with its walk, and its words. */
export type FindingInWords = Pick<Counterexample, 'linear' | 'access' | 'walk'> & {
  readonly words: FindingWords;
};

/** Puts a finding into words that can be said in another language; for the rest see {@link counterexampleOf}. */
export function findingOf(finding: Finding, context: WalkContext, promise?: string): FindingInWords {
  if ('subject' in finding) {
    const { subject, page, expected, found, mend } = finding;
    const place = page === undefined ? '' : said` at ${pageText(page)}`;
    const text = said`${subject}${place}: expected ${expected}, found ${found}`;
    const words = { expected, found, text, mend };
    return page === undefined ? { words } : { linear: addressOf(page), words };
  }
  const { access } = finding;
  const linear = addressOf(finding.page);
  const walk = explainWalk(context, linear, access);
  const expected = promise === undefined ? promiseOf(finding) : said`${promise}`;
  const found = foundOf(walk, finding.wanted);
  const where = said`${accessPhrase(access)} at ${pageText(finding.page)}`;
  const text = said`${where}: expected ${expected}, found ${found}`;
  const mend = mendOf(walk, finding.wanted, context);
  return { linear, access, walk, words: { expected, found, text, mend } };
}

function promiseOf({ wanted, what }: PageFinding): Said {
  const about = what === undefined ? '' : said` (${what})`;
  switch (wanted.kind) {
    case 'leads to':
      return said`frame ${hex(wanted.physical / PAGE_SIZE)}${about}`;
    case 'granted':
      return said`that it succeeds${about}`;
    case 'denied':
      return said`a page fault${about}`;
    case 'not mapped':
      return said`a page fault (${what ?? said`nothing is mapped here`})`;
    case 'global':
      return said`${wanted.value ? said`a global page` : said`a page that is not global`}${about}`;
    case 'page size':
      return said`a page of ${formatAddress(wanted.bytes, 1)} bytes${about}`;
    case 'cache type':
      return said`memory type ${wanted.type}${about}`;
    case 'protection key':
      return said`protection key ${wanted.key}${about}`;
  }
}

function foundOf(walk: WalkReport, { kind }: Wanted): Said {
  if (!walk.ok) {
    return said`a page fault (${reasonPhrase(walk.fault.reason)}, error code ${walk.fault.code})`;
  }
  switch (kind) {
    case 'global':
      return walk.global ? said`a global page` : said`one that is not`;
    case 'page size':
      return said`one of ${formatAddress(walk.pageSize, 1)} bytes`;
    case 'cache type':
      return said`${walk.memoryType}`;
    case 'protection key':
      return walk.protectionKey === undefined
        ? said`that keys do not count`
        : said`key ${walk.protectionKey}`;
    default:
      return said`frame ${hex(walk.physical / PAGE_SIZE)}`;
  }
}

/** Why a walk faults. */
function reasonPhrase(reason: FaultReason): Said {
  return { template: reason.replaceAll('-', ' '), values: [] };
}

/** A number as `0x2c00`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
