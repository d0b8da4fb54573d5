/**
 * What the facts say of every linear page, worked out from the domain's frames alone: not from its tables, nor from
 * what the builder says it built.
 *
 * | pages | lead to | rights |
 * |---|---|---|
 * | from the load address, all but the tables | the domain's frames in order | supervisor, writable |
 * | the page tables and the directory | the domain's frames in order | supervisor, read-only |
 * | 0xFC000000 up: no Xen | nothing | |
 * | 0xFC000000 up: a Xen image | its frames in order | supervisor, writable |
 * | 0xFC000000 up: Xen's directory slots | see {@link slotRuns} | supervisor |
 * | all others | nothing | |
 *
 * Source: docs/xen-1.2.md §3 and §7; docs/xen-layouts.md.
 */

import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { ACCESS_USER_BIT, ACCESS_WRITE_BIT, type Access } from '../arch/access.ts';
import type { PlacedXen } from '../builder/domain.ts';
import type { ClaimRange } from '../claims/claim.ts';
import type { Geometry } from './geometry.ts';

/** First page of Xen's 64 MiB. */
export const XEN_FIRST_PAGE: number = XEN_VIRTUAL_START / 4096;
/** Pages that one directory entry covers. */
const SLOT_PAGES = 1024;

/** The read-only view of the machine-to-physical table. */
const READ_ONLY_M2P_SLOT = 1008;
/** The first of eleven 4 MiB pages that map machine memory from 0 up. */
const DIRECT_MAP_SLOT = 1009;
const DIRECT_MAP_SLOTS = 11;
/** The directory maps itself here, so that all page tables lie in one 4 MiB window. */
const LINEAR_TABLE_SLOT = 1020;
/** From here on, Xen's own page tables decide. */
const FIRST_XEN_TABLE_SLOT = 1021;
/** Machine address of the machine-to-physical table: 16 MiB. */
const M2P_FRAME = 0x1000;

/** A run of pages that lead to frames under one rule. Never accessible in user mode. */
export interface ExpectedRun {
  /** What lies there, in a few words. */
  readonly what: string;
  readonly firstPage: number;
  readonly pageCount: number;
  readonly writable: boolean;
  /** The frame of the run's page `i`, counted from 0. */
  readonly frame: (i: number) => number;
}

/** The linear space that the facts promise, and how far they do. */
export interface Expectation {
  /** What is mapped, from low to high; all other pages lead nowhere. */
  readonly runs: readonly ExpectedRun[];
  /** First page of which the facts say nothing but that user mode cannot use it: what Xen's own tables map. */
  readonly unspecifiedFrom: number;
}

/** What the facts promise of one access, in words. */
export function promiseOf({ runs }: Expectation, page: number, access: Access): string {
  const run = runs.find(({ firstPage, pageCount }) => page >= firstPage && page < firstPage + pageCount);
  if (run === undefined) return 'a page fault (nothing is mapped here)';
  const refused = (access & ACCESS_USER_BIT) !== 0 || ((access & ACCESS_WRITE_BIT) !== 0 && !run.writable);
  if (refused) return `a page fault (${run.what})`;
  return `frame 0x${run.frame(page - run.firstPage).toString(16)} (${run.what})`;
}

/** The pages of a run as a range of addresses. */
export function rangeOf({ firstPage, pageCount }: Pick<ExpectedRun, 'firstPage' | 'pageCount'>): ClaimRange {
  return [firstPage * 4096, (firstPage + pageCount) * 4096];
}

/** Lays out what the facts promise for a domain. */
export function expectedSpace(geometry: Geometry, xen: PlacedXen): Expectation {
  const unspecifiedFrom = (xen.kind === 'slots' ? FIRST_XEN_TABLE_SLOT : SLOT_PAGES) * SLOT_PAGES;
  return { runs: [...guestRuns(geometry), ...xenRuns(geometry, xen)], unspecifiedFrom };
}

function guestRuns({ frames, firstPage, firstTable, tablesEnd, mappedPages }: Geometry): ExpectedRun[] {
  const run = (what: string, from: number, to: number, writable: boolean): ExpectedRun => ({
    what,
    firstPage: firstPage + from,
    pageCount: to - from,
    writable,
    frame: (i) => frames[from + i]!,
  });
  return [
    run(
      tablesEnd === mappedPages ? 'kernel to start_info' : 'what lies before the tables',
      0,
      firstTable,
      true,
    ),
    run('page tables and directory', firstTable, tablesEnd, false),
    run('what lies behind the tables', tablesEnd, mappedPages, true),
  ];
}

function xenRuns(geometry: Geometry, xen: PlacedXen): ExpectedRun[] {
  switch (xen.kind) {
    case 'none':
      return [];
    case 'image':
      return [
        {
          what: 'Xen image',
          firstPage: XEN_FIRST_PAGE,
          pageCount: xen.frames.length,
          writable: true,
          frame: (i) => xen.frames[i]!,
        },
      ];
    case 'slots':
      return slotRuns(geometry, xen.tables);
  }
}

/** Xen's real directory slots 1008 to 1020; slots 1021 to 1023 hold tables whose contents are Xen's business. */
function slotRuns(geometry: Geometry, xenTables: readonly number[]): ExpectedRun[] {
  const directory = geometry.directoryFrame;
  const linearTable = LINEAR_TABLE_SLOT * SLOT_PAGES;
  return [
    {
      what: 'machine-to-physical table, read-only view',
      firstPage: READ_ONLY_M2P_SLOT * SLOT_PAGES,
      pageCount: SLOT_PAGES,
      writable: false,
      frame: (i) => M2P_FRAME + i,
    },
    {
      what: 'direct map of machine 0 to 44 MiB',
      firstPage: DIRECT_MAP_SLOT * SLOT_PAGES,
      pageCount: DIRECT_MAP_SLOTS * SLOT_PAGES,
      writable: true,
      frame: (i) => i,
    },
    // In the linear page table, page `s` shows what directory slot `s` points to, the directory itself included.
    {
      what: "linear page table: the domain's tables",
      firstPage: linearTable + geometry.firstSlot,
      pageCount: geometry.tableFrames.length,
      writable: true,
      frame: (i) => geometry.tableFrames[i]!,
    },
    {
      what: 'linear page table: slot 1008 read as a level-1 entry',
      firstPage: linearTable + READ_ONLY_M2P_SLOT,
      pageCount: 1,
      writable: false,
      frame: () => M2P_FRAME,
    },
    {
      what: 'linear page table: slots 1009 to 1019 read as level-1 entries',
      firstPage: linearTable + DIRECT_MAP_SLOT,
      pageCount: DIRECT_MAP_SLOTS,
      writable: true,
      frame: (i) => i * SLOT_PAGES,
    },
    {
      what: 'linear page table: the directory',
      firstPage: linearTable + LINEAR_TABLE_SLOT,
      pageCount: 1,
      writable: true,
      frame: () => directory,
    },
    {
      what: "linear page table: Xen's tables",
      firstPage: linearTable + FIRST_XEN_TABLE_SLOT,
      pageCount: xenTables.length,
      writable: true,
      frame: (i) => xenTables[i]!,
    },
  ];
}
