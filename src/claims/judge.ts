/** Whether a claim holds of an address space, and the first place where it does not. */

import { type Access, FETCH, READ, USER_FETCH, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { PTE_G } from '../arch/entry.ts';
import { type SaidValue, said } from '../said/said.ts';
import { keyOfRun, memoryTypeOfRun, pageShiftOfRun, rightsOfRun } from '../walk/run-attributes.ts';
import { accessesIn, accessSet, FETCHES, SUPERVISOR_ACCESSES, USER_ACCESSES, WRITES } from './access-set.ts';
import type { ClaimedRights, LayoutClaim, MapsClaim } from './claim.ts';
import type { Finding, PageFinding, Wanted } from './finding.ts';
import { judgeHidden, judgeNoWritableAlias, judgeReadOnly } from './judge-frames.ts';
import type { MappedSpace } from './mapped-space.ts';
import { type Pages, pageAt, pagesOf, pagesOutside } from './pages.ts';
import { firstEntryWithin } from './table-frames.ts';

/** What claims are judged by. */
export interface Subject {
  readonly space: MappedSpace;
  /** The frames that hold page tables, ascending. */
  readonly tables: readonly number[];
}

/** @returns The first place where the claim does not hold; undefined if there is none. */
export function judge(claim: LayoutClaim, subject: Subject): Finding | undefined {
  const { space, tables } = subject;
  const { mode, context } = space;
  switch (claim.kind) {
    case 'maps':
      return judgeMaps(claim, space);
    case 'unmapped':
      return firstRun(claim, space, [pagesOf(claim.range, mode)], NOTHING);
    case 'only':
      return firstRun(claim, space, pagesOutside(claim.ranges, mode), NOTHING);
    case 'noTables':
      return judgeNoTables(pagesOf(claim.range, mode), space);
    case 'readOnly':
      return judgeReadOnly(claim, subject);
    case 'noWritableAlias':
      return judgeNoWritableAlias(claim, subject);
    case 'hidden':
      return judgeHidden(claim, subject);
    case 'closedTo': {
      const closed = claim.who === 'user' ? USER_ACCESSES : SUPERVISOR_ACCESSES;
      return firstRun(claim, space, [pagesOf(claim.range, mode)], (run) => denied(space, run, closed));
    }
    case 'denies': {
      const closed = accessSet(...claim.accesses);
      return firstRun(claim, space, [pagesOf(claim.range, mode)], (run) => denied(space, run, closed));
    }
    case 'grants':
      return judgeGrants(claim, pagesOf(claim.range, mode), space, accessSet(...claim.accesses));
    case 'executableOnly':
      return firstRun(claim, space, pagesOutside(claim.ranges, mode), (run) => denied(space, run, FETCHES));
    case 'wxExclusive':
      return firstRun(
        { what: said`it can be fetched from`, ...claim },
        space,
        [pagesOf(claim.range, mode)],
        (run) => ((space.granted[run]! & FETCHES) === 0 ? undefined : denied(space, run, WRITES)),
      );
    case 'global':
      return firstRun(claim, space, [pagesOf(claim.range, mode)], (run) =>
        ((space.attributes[run]! & PTE_G) !== 0) === claim.value
          ? undefined
          : [anyAccess(space, run), { kind: 'global', value: claim.value }],
      );
    case 'pageSize':
      return firstRun(claim, space, [pagesOf(claim.range, mode)], (run) =>
        2 ** pageShiftOfRun(space.attributes[run]!) === claim.bytes
          ? undefined
          : [anyAccess(space, run), { kind: 'page size', bytes: claim.bytes }],
      );
    case 'cacheType':
      return firstRun(claim, space, [pagesOf(claim.range, mode)], (run) =>
        memoryTypeOfRun(context.cpu, space.attributes[run]!) === claim.type
          ? undefined
          : [anyAccess(space, run), { kind: 'cache type', type: claim.type }],
      );
    case 'protectionKey':
      return firstRun(claim, space, [pagesOf(claim.range, mode)], (run) =>
        keyOfRun(space.attributes[run]!) === claim.key
          ? undefined
          : [anyAccess(space, run), { kind: 'protection key', key: claim.key }],
      );
    case 'atMost':
      if (tables.length <= claim.tables) return undefined;
      return {
        subject: said`page tables`,
        expected: said`at most ${claim.tables}`,
        found: said`${tables.length}`,
        mend: said`use larger pages, or place what is mapped closer together`,
      };
    case 'allOf':
      return firstOf(claim.claims, (part) => judge(inheriting(part, claim), subject));
    case 'anyOf': {
      const findings = claim.claims.map((part) => judge(inheriting(part, claim), subject));
      return findings.includes(undefined) ? undefined : findings[0];
    }
    case 'not':
      if (judge(claim.claim, subject) !== undefined) return undefined;
      return { subject: said`the claim`, expected: said`that it does not hold`, found: said`that it holds` };
  }
}

/** What is wrong with a run: the access that shows it, and what should be. */
type Wrong = readonly [access: Access, wanted: Wanted];

const NOTHING = (run: number, space: MappedSpace): Wrong => [anyAccess(space, run), { kind: 'not mapped' }];

/** The first page of some ranges that a run maps of which something is wrong. */
function firstRun(
  claim: { readonly what?: SaidValue | undefined },
  space: MappedSpace,
  ranges: readonly Pages[],
  wrong: (run: number, space: MappedSpace) => Wrong | undefined,
): PageFinding | undefined {
  for (const { first, end } of ranges) {
    for (let run = space.runFrom(first); run < space.count && space.first[run]! < end; run++) {
      const found = wrong(run, space);
      if (found === undefined) continue;
      const [access, wanted] = found;
      return { page: Math.max(first, space.first[run]!), access, wanted, what: claim.what };
    }
  }
  return undefined;
}

/** Accesses that succeed and should not. */
function denied(space: MappedSpace, run: number, closed: number): Wrong | undefined {
  const open = space.granted[run]! & closed;
  // So it is of nearly every run: no list is made for it.
  return open === 0 ? undefined : [accessesIn(open)[0]!, { kind: 'denied' }];
}

/** An access that the run grants; a read where it grants none. */
function anyAccess(space: MappedSpace, run: number): Access {
  return accessesIn(space.granted[run]!)[0] ?? READ;
}

function judgeMaps(claim: MapsClaim, space: MappedSpace): PageFinding | undefined {
  const { to, rights, what } = claim;
  const { first, end } = pagesOf(claim.range, space.mode);
  const target = (page: number): number =>
    typeof to === 'number' ? to + (page - first) * 4096 : to[page - first]! * 4096;
  const elsewhere = (page: number, access: Access): PageFinding => ({
    page,
    access,
    wanted: { kind: 'leads to', physical: target(page) },
    what,
  });
  let page = first;
  for (let run = space.runFrom(first); page < end; run++) {
    if (run >= space.count || space.first[run]! > page) return elsewhere(page, READ);
    const last = Math.min(end, space.end[run]!);
    const wrong = wrongRights(space, run, rights);
    // Of a contiguous piece, one page tells for all; frames in a list, and pages that all lead to one, are compared.
    const eachPage = typeof to !== 'number' || space.isOneFrame(run);
    for (; page < last; page = eachPage && wrong === undefined ? page + 1 : last) {
      if (space.physicalOf(run, page) !== target(page)) return elsewhere(page, anyAccess(space, run));
      if (wrong !== undefined) return { page, access: wrong[0], wanted: wrong[1], what };
    }
  }
  return undefined;
}

/** The first right that a run does not have as claimed. */
function wrongRights(space: MappedSpace, run: number, rights: ClaimedRights): Wrong | undefined {
  const attributes = space.attributes[run]!;
  const granted = space.granted[run]!;
  const { user } = rightsOfRun(attributes);
  if (rights.user === true && (granted & (1 << USER_READ)) === 0) return [USER_READ, { kind: 'granted' }];
  if (rights.user === false) {
    const wrong = denied(space, run, USER_ACCESSES);
    if (wrong !== undefined) return wrong;
  }
  const asClaimed = (right: boolean | undefined, own: Access, all: number): Wrong | undefined => {
    if (right === true && (granted & (1 << own)) === 0) return [own, { kind: 'granted' }];
    return right === false ? denied(space, run, all) : undefined;
  };
  const wrong =
    asClaimed(rights.writable, user ? USER_WRITE : WRITE, WRITES) ??
    asClaimed(rights.executable, user ? USER_FETCH : FETCH, FETCHES);
  if (wrong !== undefined) return wrong;
  if (rights.global !== undefined && ((attributes & PTE_G) !== 0) !== rights.global) {
    return [anyAccess(space, run), { kind: 'global', value: rights.global }];
  }
  return undefined;
}

function judgeGrants(
  { what }: LayoutClaim,
  { first, end }: Pages,
  space: MappedSpace,
  accesses: number,
): PageFinding | undefined {
  const missing = (page: number, set: number): PageFinding => {
    return { page, access: accessesIn(set)[0]!, wanted: { kind: 'granted' }, what };
  };
  let page = first;
  for (let run = space.runFrom(first); page < end; run++) {
    if (run >= space.count || space.first[run]! > page) return missing(page, accesses);
    const lacking = accesses & ~space.granted[run]!;
    if (lacking !== 0) return missing(page, lacking);
    page = space.end[run]!;
  }
  return undefined;
}

function judgeNoTables(pages: Pages, { context }: MappedSpace): Finding | undefined {
  const found = firstEntryWithin(context, pages);
  if (found === undefined) return undefined;
  const { kind } = found.level;
  const { address, value, start } = found.entry;
  return {
    subject: kind,
    expected: said`no entry`,
    found: said`the entry 0x${value.toString(16)}`,
    page: pageAt(start),
    mend: said`clear P in the ${kind} at ${formatAddress(address)}`,
  };
}

function firstOf(
  claims: readonly LayoutClaim[],
  find: (claim: LayoutClaim) => Finding | undefined,
): Finding | undefined {
  for (const claim of claims) {
    const found = find(claim);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A part tells what lies there by itself, or as the whole does. */
function inheriting(part: LayoutClaim, { what }: LayoutClaim): LayoutClaim {
  return what === undefined || part.what !== undefined ? part : { ...part, what };
}
