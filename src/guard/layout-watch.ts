/** The claims of a layout on one address space, judged again after every change of an entry: only what it can change. */

import { PTE_A, PTE_D, PTE_P } from '../arch/entry.ts';
import { pagingMode } from '../arch/registers.ts';
import { subjectOf } from '../claims/check-layout.ts';
import type { LayoutClaim } from '../claims/claim.ts';
import type { Finding } from '../claims/finding.ts';
import { judge, type Subject } from '../claims/judge.ts';
import { MappedSpace } from '../claims/mapped-space.ts';
import { pagesOf } from '../claims/pages.ts';
import { tableFramesOf } from '../claims/table-frames.ts';
import { maps } from '../claims/vocabulary.ts';
import { said } from '../said/said.ts';
import type { WalkContext } from '../walk/context.ts';
import { addressOf } from '../walk/page-runs.ts';
import { type PageRange, TablePlaces } from './table-places.ts';

/** An entry of a page table that somebody has written. */
export interface EntryChange {
  /** Its physical address. */
  readonly address: number;
  /** What it held, low and high half. */
  readonly before: readonly [low: number, high: number];
  /** What it holds now. */
  readonly after: readonly [low: number, high: number];
}

/** Bits without meaning for where a walk goes: A, D, and 9–11, which are left to software. */
const MEANINGLESS = PTE_A | PTE_D | 0xe00;
/** A piece of an address space that a write concerns may be this many runs; tables that map one another have more. */
const MAX_RUNS = 2 ** 24;

/** Whether an entry means something else now. */
export function meansOther({ before, after }: EntryChange): boolean {
  if (((before[0] | after[0]) & PTE_P) === 0) return false;
  return ((before[0] ^ after[0]) & ~MEANINGLESS) !== 0 || before[1] !== after[1];
}

export class LayoutWatch {
  /** By claim: why it does not hold; undefined: it does. */
  findings: readonly (Finding | undefined)[];
  /** Where the tables stand now. */
  places: TablePlaces;
  readonly #claims: readonly LayoutClaim[];
  #tables: readonly number[];
  #tableSet: ReadonlySet<number>;

  constructor(context: WalkContext, claims: readonly LayoutClaim[]) {
    this.#claims = claims;
    this.places = new TablePlaces(context);
    const subject = subjectOf(context, MAX_RUNS);
    this.#tables = subject.tables;
    this.#tableSet = new Set(subject.tables);
    this.findings = claims.map((claim) => judge(claim, subject));
  }

  /** Whether a frame is one whose entries this address space is made of. */
  concerns(frame: number): boolean {
    return this.places.isCut || this.#tableSet.has(frame);
  }

  /** Judges again after entries have changed. @returns Whether anything was to be judged. */
  changed(context: WalkContext, changes: readonly EntryChange[]): boolean {
    const known = changes.filter((change) => meansOther(change));
    const before = known.flatMap(({ address }) => this.places.pagesOf(address));
    const isCut = this.places.isCut;
    const moved = known.some(
      ({ address, before: [was], after: [is] }) =>
        this.places.leadsToTable(address, was) || this.places.leadsToTable(address, is),
    );
    if (before.length === 0 && !isCut) return false;
    let tablesMoved = false;
    if (moved || isCut) {
      this.places = new TablePlaces(context);
      const tables = tableFramesOf(context);
      tablesMoved = tables.length !== this.#tables.length || tables.some((t, i) => t !== this.#tables[i]);
      this.#tables = tables;
      this.#tableSet = new Set(tables);
    }
    const whole = new Whole(context);
    if (isCut || this.places.isCut) {
      this.findings = this.#claims.map((claim) => judge(claim, whole.subject));
      return true;
    }
    const after = known.flatMap(({ address }) => this.places.pagesOf(address));
    const ranges = joined([...before, ...after]);
    const subject = { space: new MappedSpace(context, MAX_RUNS, ranges), tables: this.#tables };
    this.findings = this.#claims.map((claim, i) => {
      if (!isLocal(claim, tablesMoved)) return judge(claim, whole.subject);
      return this.#judgeIn(ranges, claim, subject, this.findings[i], whole);
    });
    return true;
  }

  /** Judges a claim about each page by itself, where only pages of some ranges may have changed. */
  #judgeIn(
    ranges: readonly PageRange[],
    claim: LayoutClaim,
    subject: Subject,
    known: Finding | undefined,
    whole: Whole,
  ): Finding | undefined {
    if (known === undefined) return judgeWithin(claim, subject, ranges);
    // The lowest page that broke it may be mended; then the next could be anywhere above.
    if ('subject' in known || claim.kind === 'allOf') return judge(claim, whole.subject);
    if (ranges.some(({ first, end }) => known.page >= first && known.page < end)) {
      return judge(claim, whole.subject);
    }
    const found = judgeWithin(claim, subject, ranges);
    return found !== undefined && !('subject' in found) && found.page < known.page ? found : known;
  }
}

/** All of the address space, read only if somebody asks. */
class Whole {
  readonly #context: WalkContext;
  #subject: Subject | undefined;

  constructor(context: WalkContext) {
    this.#context = context;
  }

  get subject(): Subject {
    this.#subject ??= subjectOf(this.#context, MAX_RUNS);
    return this.#subject;
  }
}

/** Whether a claim holds where it holds of every page by itself, so that a page that has not changed says nothing new. */
function isLocal(claim: LayoutClaim, tablesMoved: boolean): boolean {
  switch (claim.kind) {
    case 'maps':
    case 'unmapped':
    case 'only':
    case 'closedTo':
    case 'grants':
    case 'denies':
    case 'executableOnly':
    case 'wxExclusive':
    case 'global':
    case 'pageSize':
    case 'cacheType':
    case 'protectionKey':
      return true;
    case 'readOnly':
    case 'hidden':
      return claim.frames !== 'tables' || !tablesMoved;
    case 'noWritableAlias':
      // To be a table is one use, so that any page is a second; of other frames the uses must be counted.
      return claim.frames === 'tables' && !tablesMoved;
    case 'atMost':
      return !tablesMoved;
    case 'allOf':
      return claim.claims.every((part) => isLocal(part, tablesMoved));
    default:
      return false;
  }
}

/** Judges a local claim of the pages in some ranges. */
function judgeWithin(
  claim: LayoutClaim,
  subject: Subject,
  ranges: readonly PageRange[],
): Finding | undefined {
  const { mode } = subject.space;
  switch (claim.kind) {
    case 'maps': {
      const { first, end } = pagesOf(claim.range, mode);
      for (const part of within(ranges, first, end)) {
        const { to } = claim;
        const target =
          typeof to === 'number'
            ? to + (part.first - first) * 4096
            : Array.prototype.slice.call(to, part.first - first, part.end - first);
        const range = [addressOf(part.first), addressOf(part.end)] as const;
        const found = judge({ ...claim, ...maps(range, target, claim.rights) }, subject);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    case 'grants': {
      const { first, end } = pagesOf(claim.range, mode);
      for (const part of within(ranges, first, end)) {
        const found = judge({ ...claim, range: [addressOf(part.first), addressOf(part.end)] }, subject);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    case 'noWritableAlias':
      return judgeTablesAlias(claim, subject);
    case 'atMost':
      return undefined;
    case 'allOf':
      for (const part of claim.claims) {
        const inherited =
          claim.what === undefined || part.what !== undefined ? part : { ...part, what: claim.what };
        const found = judgeWithin(inherited, subject, ranges);
        if (found !== undefined) return found;
      }
      return undefined;
    default:
      return judge(claim, subject);
  }
}

/** Any page that leads to a table is a second use of its frame: the same as read-only, but for its words. */
function judgeTablesAlias(
  claim: LayoutClaim & { readonly kind: 'noWritableAlias' },
  subject: Subject,
): Finding | undefined {
  const found = judge({ ...claim, kind: 'readOnly' }, subject);
  if (found === undefined || 'subject' in found) return found;
  return { ...found, what: claim.what ?? said`a page table` };
}

function within(ranges: readonly PageRange[], first: number, end: number): PageRange[] {
  return ranges
    .map((range) => ({ first: Math.max(range.first, first), end: Math.min(range.end, end) }))
    .filter((range) => range.first < range.end);
}

/** Ranges in ascending order, those that touch joined. */
function joined(ranges: readonly PageRange[]): PageRange[] {
  const result: { first: number; end: number }[] = [];
  for (const { first, end } of [...ranges].sort((a, b) => a.first - b.first)) {
    const last = result.at(-1);
    if (last !== undefined && first <= last.end) last.end = Math.max(last.end, end);
    else result.push({ first, end });
  }
  return result;
}

/** Whether registers give entries another meaning, or paging is off: then everything is to be judged anew. */
export function addressSpaceKey({
  cr0,
  cr3,
  cr4,
  efer,
  pdptes,
  alignmentCheck,
  pkru,
  pkrs,
}: WalkContext): string {
  const mode = pagingMode({ cr0, cr4, efer });
  return [mode, cr0, cr3, cr4, efer, mode === 'PAE' ? pdptes.join() : '', alignmentCheck, pkru, pkrs].join(
    '|',
  );
}
