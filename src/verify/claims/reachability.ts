/**
 * The claims about which page leads where. Each judges its own part of the grid of all pages and all kinds of access,
 * and together they judge all of it:
 *
 * | pages | read, fetch | write | in user mode |
 * |---|---|---|---|
 * | the guest's that are no tables | guest-frames | guest-writable | guest-closed-to-ring-3 |
 * | the guest's tables | guest-frames | tables-read-only | guest-closed-to-ring-3 |
 * | all others below Xen | nothing-else-mapped | nothing-else-mapped | guest-closed-to-ring-3 |
 * | 0xFC000000 up | xen-range | xen-range | xen-closed-to-ring-3 |
 */

import { XEN_FIRST_SLOT, XEN_VIRTUAL_START } from '../../abi/xen.ts';
import { type Access, USER_WRITE, WRITE } from '../../arch/access.ts';
import { FOUR_GIB } from '../../arch/address.ts';
import type { PlacedXen } from '../../builder/domain.ts';
import type { ClaimRange, LayoutClaim } from '../../claims/claim.ts';
import { allOf, closedTo, denies, grants, maps, noTables, unmapped } from '../../claims/vocabulary.ts';
import { type ClaimRule, type Evidence, layoutRule } from '../evidence.ts';
import { type ExpectedRun, promiseOf, rangeOf, XEN_FIRST_PAGE } from '../expected.ts';

/** Bytes that a directory entry stands for. */
const SLOT_BYTES = 0x40_0000;
const PAGE_BYTES = 4096;

/** A counterexample tells what the facts promise of its page. */
const promise = ({ expected }: Evidence, page: number, access: Access): string =>
  promiseOf(expected, page, access);

/** The pages of the guest from one page index up to another. */
function guestRange({ geometry }: Evidence, from: number, to: number): ClaimRange {
  return rangeOf({ firstPage: geometry.firstPage + from, pageCount: to - from });
}

export const guestFrames: ClaimRule = layoutRule({
  name: 'guest-frames',
  title: "From the load address up, page by page, reads and fetches reach the domain's frames in order.",
  claim: (evidence) => {
    const { frames, mappedPages } = evidence.geometry;
    return maps(guestRange(evidence, 0, mappedPages), frames.subarray(0, mappedPages), { executable: true });
  },
  promise,
});

export const guestWritable: ClaimRule = layoutRule({
  name: 'guest-writable',
  title: 'The supervisor can write to every page that is no page table.',
  claim: (evidence) => {
    const { firstTable, tablesEnd, mappedPages } = evidence.geometry;
    const ranges = [[0, firstTable] as const, [tablesEnd, mappedPages] as const].filter(
      ([from, to]) => from < to,
    );
    if (ranges.length === 0) return undefined;
    return allOf(ranges.map(([from, to]) => grants(guestRange(evidence, from, to), [WRITE])));
  },
  promise,
});

export const tablesReadOnly: ClaimRule = layoutRule({
  name: 'tables-read-only',
  title: 'Every page table and the page directory are read-only for rings 0 to 3.',
  claim: (evidence) => {
    const { firstTable, tablesEnd } = evidence.geometry;
    return denies(guestRange(evidence, firstTable, tablesEnd), [WRITE, USER_WRITE]);
  },
  promise,
});

export const stackWritable: ClaimRule = layoutRule({
  name: 'stack-writable',
  title: 'The page where the stack starts is writable for the supervisor.',
  claim: (evidence) => {
    const { stackEnd } = evidence.geometry;
    // In the smallest domains start_info may be the first page: then there is no page for a stack.
    if (stackEnd < 1) return undefined;
    return grants(guestRange(evidence, stackEnd - 1, stackEnd), [WRITE]);
  },
  promise,
});

export const guestClosed: ClaimRule = layoutRule({
  name: 'guest-closed-to-ring-3',
  title: 'Ring 3 reaches nothing below Xen.',
  claim: () => closedTo('user', [0, XEN_VIRTUAL_START]),
  promise,
});

export const nothingElse: ClaimRule = layoutRule({
  name: 'nothing-else-mapped',
  title: "Below Xen, nothing is mapped but the domain's pages, and the directory has no other table.",
  claim: (evidence) => {
    const { firstPage, mappedPages, firstSlot, tableFrames } = evidence.geometry;
    const xen = XEN_VIRTUAL_START;
    return allOf([
      ...inRange(unmapped, 0, firstPage * PAGE_BYTES),
      ...inRange(unmapped, (firstPage + mappedPages) * PAGE_BYTES, xen),
      ...inRange(noTables, 0, firstSlot * SLOT_BYTES),
      ...inRange(noTables, (firstSlot + tableFrames.length) * SLOT_BYTES, xen),
    ]);
  },
  promise,
});

export const xenRange: ClaimRule = layoutRule({
  name: 'xen-range',
  title: 'From 0xFC000000 up, pages lead where Xen was placed, with the rights that Xen gives itself.',
  claim: ({ domain, expected }) => {
    const runs = expected.runs.filter(({ firstPage }) => firstPage >= XEN_FIRST_PAGE);
    const firstEmpty = (XEN_FIRST_SLOT + xenSlotCount(domain.xen)) * SLOT_BYTES;
    return allOf([
      ...withGaps(runs, expected.unspecifiedFrom * PAGE_BYTES),
      ...inRange(noTables, firstEmpty, FOUR_GIB),
    ]);
  },
  promise,
});

export const xenClosed: ClaimRule = layoutRule({
  name: 'xen-closed-to-ring-3',
  title: 'Ring 3 reaches nothing from 0xFC000000 up.',
  claim: () => closedTo('user', [XEN_VIRTUAL_START, FOUR_GIB]),
  promise,
});

/** Runs as they should be mapped, and between them nothing. */
function withGaps(runs: readonly ExpectedRun[], end: number): LayoutClaim[] {
  const claims: LayoutClaim[] = [];
  let next = XEN_VIRTUAL_START;
  for (const run of runs) {
    const range = rangeOf(run);
    claims.push(...inRange(unmapped, next, Number(range[0])));
    const frames = Uint32Array.from({ length: run.pageCount }, (_, i) => run.frame(i));
    if (run.pageCount > 0) claims.push(maps(range, frames, { writable: run.writable, executable: true }));
    next = Number(range[1]);
  }
  return [...claims, ...inRange(unmapped, next, end)];
}

/** A claim on a range, if there is anything in it. */
function inRange(claim: (range: ClaimRange) => LayoutClaim, start: number, end: number): LayoutClaim[] {
  return start < end ? [claim([start, end])] : [];
}

/** How many directory entries from slot 1008 up the placement needs. */
function xenSlotCount(xen: PlacedXen): number {
  if (xen.kind === 'slots') return 16;
  return xen.kind === 'image' ? Math.ceil(xen.frames.length / 1024) : 0;
}
