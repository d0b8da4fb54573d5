/** Where the parts of a domain go; page indices count from the load address. */

import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { BuildError } from './build-error.ts';
import type { RegionName } from './domain.ts';
import type { DownwardProfile, UpwardProfile } from './profile.ts';

/** What is to be placed. */
export interface Contents {
  readonly pageCount: number;
  readonly loadAddress: number;
  readonly kernelPages: number;
  readonly initrdPages: number;
}

/** Where everything is. */
export interface Places {
  /** Pages that the tables map: the first ones. */
  readonly mappedPages: number;
  readonly startInfoPage: number;
  /** The stack starts below this page's address. */
  readonly stackEndPage: number;
  readonly directoryPage: number;
  /** Page indices of the page tables, that for the lowest addresses first. */
  readonly tablePages: Uint32Array;
  /** Where the tables begin, directory included: from here on pages are read-only … */
  readonly tablesStart: number;
  /** … up to here. */
  readonly tablesEnd: number;
  /** First page of the list of the domain's frames; undefined where the layout has none. */
  readonly frameListPage: number | undefined;
  /** Pages shared with other domains: that of the store, that of the console. */
  readonly sharedPages: readonly number[];
  /** What begins where, in ascending order; a region ends where the next begins. Empty ones are left out later. */
  readonly regions: readonly (readonly [name: RegionName, firstPage: number])[];
}

/** Bytes that one page table maps. */
const TABLE_BYTES = 0x40_0000;
/** What the later builders leave mapped behind the stack, at least. */
const LEAST_SPARE_BYTES = 0x8_0000;

/**
 * The layout of February 2004: tables and start_info at the domain's end (docs/xen-1.2.md §3).
 * @throws BuildError `too-few-pages`.
 */
export function placeDownwards(contents: Contents, { pagesAboveStartInfo }: DownwardProfile): Places {
  const { pageCount, loadAddress, kernelPages, initrdPages } = contents;
  const firstSlotEntry = (loadAddress >>> 12) & 1023;
  const tableCount = Math.ceil((firstSlotEntry + pageCount) / 1024);
  const directoryPage = pageCount - 1;
  const lowestTablePage = directoryPage - tableCount;
  const startInfoPage = lowestTablePage - 1 - pagesAboveStartInfo;
  if (startInfoPage < kernelPages + initrdPages) {
    throw new BuildError(
      'too-few-pages',
      `${pageCount} pages are too few: kernel and initrd take ${kernelPages + initrdPages}, start_info would be page ${startInfoPage}`,
    );
  }
  return {
    mappedPages: pageCount,
    startInfoPage,
    stackEndPage: startInfoPage,
    directoryPage,
    tablePages: new Uint32Array(tableCount).map((_, table) => directoryPage - 1 - table),
    tablesStart: lowestTablePage,
    tablesEnd: pageCount,
    frameListPage: undefined,
    sharedPages: [],
    regions: [
      ['kernel', 0],
      ['initrd', kernelPages],
      ['free', kernelPages + initrdPages],
      ['start_info', startInfoPage],
      ['unused', startInfoPage + 1],
      ['page tables', lowestTablePage],
      ['page directory', directoryPage],
    ],
  };
}

/**
 * The layouts of Xen 2.0 and 3.0: one part after the other, and the tables in between, as many as it takes to map all of
 * it, themselves included, up to a multiple of 4 MiB (docs/xen-layouts.md).
 *
 * @throws BuildError `too-few-pages` or `reaches-xen`.
 */
export function placeUpwards(contents: Contents, { version }: UpwardProfile): Places {
  const { pageCount, loadAddress, kernelPages, initrdPages } = contents;
  const isThree = version === '3.0';
  const frameListPage = kernelPages + initrdPages;
  const afterList = frameListPage + Math.ceil((pageCount * 4) / PAGE_SIZE);
  // Xen 3.0 puts start_info and two shared pages in front of the tables, Xen 2.0 start_info behind them.
  const directoryPage = isThree ? afterList + 3 : afterList;

  // How far the tables reach depends on how many there are, for they map themselves.
  let tableCount = 0;
  let end: number;
  do {
    tableCount++;
    const pages = directoryPage + 1 + tableCount + (isThree ? 1 : 2);
    end = spareEnd(loadAddress + pages * PAGE_SIZE);
  } while (Math.ceil((end - loadAddress) / TABLE_BYTES) > tableCount);
  const mappedPages = (end - loadAddress) / PAGE_SIZE;
  if (end > XEN_VIRTUAL_START) {
    throw new BuildError(
      'reaches-xen',
      `the domain's first ${mappedPages} pages from ${formatAddress(loadAddress)} end at ${formatAddress(end)}, beyond ${formatAddress(XEN_VIRTUAL_START)} where Xen starts`,
    );
  }
  if (mappedPages > pageCount) {
    throw new BuildError(
      'too-few-pages',
      `${pageCount} pages are too few: up to ${formatAddress(end)}, a multiple of 4 MiB with 512 KiB to spare, it takes ${mappedPages}`,
    );
  }
  const tablesEnd = directoryPage + 1 + tableCount;
  const startInfoPage = isThree ? afterList : tablesEnd;
  const stackPage = isThree ? tablesEnd : tablesEnd + 1;
  return {
    mappedPages,
    startInfoPage,
    stackEndPage: stackPage + 1,
    directoryPage,
    tablePages: new Uint32Array(tableCount).map((_, table) => directoryPage + 1 + table),
    tablesStart: directoryPage,
    tablesEnd,
    frameListPage,
    sharedPages: isThree ? [afterList + 1, afterList + 2] : [],
    regions: [
      ['kernel', 0],
      ['initrd', kernelPages],
      ['frame list', frameListPage],
      ...(isThree ? BEFORE_TABLES_3_0.map((name, i) => [name, afterList + i] as const) : []),
      ['page directory', directoryPage],
      ['page tables', directoryPage + 1],
      ...(isThree ? [] : [['start_info', startInfoPage] as const]),
      ['stack', stackPage],
      ['free', stackPage + 1],
    ],
  };
}

const BEFORE_TABLES_3_0: readonly RegionName[] = ['start_info', 'store page', 'console page'];

/** The multiple of 4 MiB at or after an address, or the next one, if less than 512 KiB would be left. */
function spareEnd(address: number): number {
  const end = Math.ceil(address / TABLE_BYTES) * TABLE_BYTES;
  return end - address < LEAST_SPARE_BYTES ? end + TABLE_BYTES : end;
}
