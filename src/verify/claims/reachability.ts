/**
 * The claims about which page leads where. Each judges its own part of the grid of all pages and all kinds of access,
 * and together they judge all of it:
 *
 * | pages | read, fetch | write | in user mode |
 * |---|---|---|---|
 * | the guest's, below its tables | guest-frames | guest-writable | guest-closed-to-ring-3 |
 * | the guest's tables | guest-frames | tables-read-only | guest-closed-to-ring-3 |
 * | all others below Xen | nothing-else-mapped | nothing-else-mapped | guest-closed-to-ring-3 |
 * | 0xFC000000 up | xen-range | xen-range | xen-closed-to-ring-3 |
 */

import { XEN_FIRST_SLOT } from '../../abi/xen.ts';
import { FETCH, READ, USER_FETCH, USER_READ, USER_WRITE, WRITE } from '../../arch/access.ts';
import { PAGE_SIZE } from '../../arch/address.ts';
import { PTE_P } from '../../arch/entry.ts';
import type { PlacedXen } from '../../builder/domain.ts';
import { accessesIn, accessSet, LINEAR_PAGES } from '../address-space.ts';
import { type ClaimRule, type Evidence, hex, refutedByAccess, refutedByValue } from '../evidence.ts';
import { promiseOf, XEN_FIRST_PAGE } from '../expected.ts';
import type { Counterexample } from '../verification.ts';

/** Entries of the directory. */
const SLOTS = 1024;

const READS = accessSet(READ, FETCH);
const WRITES = accessSet(WRITE);
const ALL_WRITES = accessSet(WRITE, USER_WRITE);
const SUPERVISOR = accessSet(READ, WRITE, FETCH);
const USER = accessSet(USER_READ, USER_WRITE, USER_FETCH);

export const guestFrames: ClaimRule = {
  name: 'guest-frames',
  title: "From the load address up, page by page, reads and fetches reach the domain's frames in order.",
  refute: (evidence) => {
    const { firstPage, pageCount } = evidence.geometry;
    return firstDifference(evidence, firstPage, firstPage + pageCount, READS);
  },
};

export const guestWritable: ClaimRule = {
  name: 'guest-writable',
  title: 'The supervisor can write to every page below the page tables.',
  refute: (evidence) => {
    const { firstPage, firstTable } = evidence.geometry;
    return firstDifference(evidence, firstPage, firstPage + firstTable, WRITES);
  },
};

export const tablesReadOnly: ClaimRule = {
  name: 'tables-read-only',
  title: 'Every page table and the page directory are read-only for rings 0 to 3.',
  refute: (evidence) => {
    const { firstPage, firstTable, pageCount } = evidence.geometry;
    return firstDifference(evidence, firstPage + firstTable, firstPage + pageCount, ALL_WRITES);
  },
};

export const stackWritable: ClaimRule = {
  name: 'stack-writable',
  title: 'The page below start_info, where the stack starts, is writable for the supervisor.',
  refute: (evidence) => {
    const { firstPage, startInfo } = evidence.geometry;
    // In the smallest domains start_info may be the first page: then there is no page for a stack.
    if (startInfo < 1) return undefined;
    const stack = firstPage + startInfo - 1;
    return firstDifference(evidence, stack, stack + 1, WRITES);
  },
};

export const guestClosed: ClaimRule = {
  name: 'guest-closed-to-ring-3',
  title: 'Ring 3 reaches nothing below Xen.',
  refute: (evidence) => firstDifference(evidence, 0, XEN_FIRST_PAGE, USER),
};

export const nothingElse: ClaimRule = {
  name: 'nothing-else-mapped',
  title: "Below Xen, nothing is mapped but the domain's pages, and the directory has no other table.",
  refute: (evidence) => {
    const { firstPage, pageCount, firstSlot, tableFrames } = evidence.geometry;
    return (
      firstDifference(evidence, 0, firstPage, SUPERVISOR) ??
      firstDifference(evidence, firstPage + pageCount, XEN_FIRST_PAGE, SUPERVISOR) ??
      firstEntry(evidence, 0, firstSlot) ??
      firstEntry(evidence, firstSlot + tableFrames.length, XEN_FIRST_SLOT)
    );
  },
};

export const xenRange: ClaimRule = {
  name: 'xen-range',
  title: 'From 0xFC000000 up, pages lead where Xen was placed, with the rights that Xen gives itself.',
  refute: (evidence) =>
    firstDifference(evidence, XEN_FIRST_PAGE, evidence.expected.unspecifiedFrom, SUPERVISOR) ??
    firstEntry(evidence, XEN_FIRST_SLOT + xenSlotCount(evidence.domain.xen), SLOTS),
};

export const xenClosed: ClaimRule = {
  name: 'xen-closed-to-ring-3',
  title: 'Ring 3 reaches nothing from 0xFC000000 up.',
  refute: (evidence) => firstDifference(evidence, XEN_FIRST_PAGE, LINEAR_PAGES, USER),
};

/** How many directory entries from slot 1008 up the placement needs. */
function xenSlotCount(xen: PlacedXen): number {
  if (xen.kind === 'slots') return 16;
  return xen.kind === 'image' ? Math.ceil(xen.frames.length / 1024) : 0;
}

/** The first present entry of directory slots that must be empty: it may point to a table that maps nothing yet. */
function firstEntry({ memory, domain }: Evidence, from: number, to: number): Counterexample | undefined {
  const directory = domain.pageDirectory - (domain.pageDirectory % PAGE_SIZE);
  for (let slot = from; slot < to; slot++) {
    const entry = memory.loadWord(directory + slot * 4);
    if ((entry & PTE_P) === 0) continue;
    return refutedByValue(
      `directory slot ${slot}`,
      'no entry',
      `the entry ${hex(entry >>> 0)}`,
      slot * 0x40_0000,
    );
  }
  return undefined;
}

/**
 * The first page of a range, and the first access of a set, where the MMU does something else than the facts say.
 * Where reads are judged, so is the frame that they reach; a write that is allowed reaches the same one.
 */
function firstDifference(
  evidence: Evidence,
  from: number,
  to: number,
  accesses: number,
): Counterexample | undefined {
  const { expected, observed } = evidence;
  for (let page = from; page < to; page++) {
    const wanted = expected.space.granted[page]! & accesses;
    const found = observed.granted[page]! & accesses;
    const elsewhere = (wanted & found & READS) !== 0 && observed.frames[page] !== expected.space.frames[page];
    if (wanted === found && !elsewhere) continue;
    const access = accessesIn(elsewhere ? wanted & found : wanted ^ found)[0]!;
    return refutedByAccess(evidence, page, access, promiseOf(expected, page, access));
  }
  return undefined;
}
