import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { formatAddress } from '../arch/address.ts';
import type { Domain } from '../builder/domain.ts';

/**
 * Where things lie in a domain, from nothing but its frames, load address and profile by the rules of docs/xen-1.2.md §3;
 * for the layouts of docs/xen-layouts.md, also from where its frame list begins.
 */
export interface Geometry {
  /** Machine frames in pseudo-physical order. */
  readonly frames: Uint32Array;
  /** n: the domain's pages. */
  readonly pageCount: number;
  /** Linear page number of page index 0. */
  readonly firstPage: number;
  /** Directory slot of the first page table. */
  readonly firstSlot: number;
  /** The first so many pages are mapped. */
  readonly mappedPages: number;
  /** Page index of start_info. */
  readonly startInfo: number;
  /** Page index at whose address the stack starts, downwards. */
  readonly stackEnd: number;
  /** Page index of the lowest table: from here on, pages are read-only. */
  readonly firstTable: number;
  /** Page index after the highest table: from here on, they are writable again. */
  readonly tablesEnd: number;
  /** Frames of the page tables; the first serves the lowest addresses. */
  readonly tableFrames: Uint32Array;
  /** Page index of the page directory. */
  readonly directory: number;
  /** Frame of the page directory. */
  readonly directoryFrame: number;
  /** Page index of the list of frames; undefined in the layouts that have none. */
  readonly frameList: number | undefined;
  /** Page indices of what the domain shares with others: the store's page and the console's. */
  readonly sharedPages: readonly number[];
}

/** What a geometry is worked out from. */
export type Described = Pick<Domain, 'frames' | 'loadAddress' | 'profile' | 'layout'>;

/**
 * Works out a domain's geometry.
 * @throws RangeError if no domain has that load address, or that few or that many frames.
 */
export function geometryOf({ frames, loadAddress, profile, layout }: Described): Geometry {
  const pageCount = frames.length;
  if (!(loadAddress >= 0 && loadAddress % 4096 === 0)) {
    throw new RangeError(`load address ${loadAddress} is not a multiple of 4096 from 0 up`);
  }
  if (profile === 'xen-2.0' || profile === 'xen-3.0') {
    return upwards(frames, loadAddress, profile, layout.find(({ name }) => name === 'frame list')?.firstPage);
  }
  checkBelowXen(loadAddress, pageCount);
  const firstPage = loadAddress >>> 12;
  const tableCount = Math.ceil(((firstPage & 1023) + pageCount) / 1024);
  const firstTable = pageCount - 1 - tableCount;
  // Xen's own builder leaves a page free between start_info and the tables, the document does not.
  const startInfo = profile === 'document' ? firstTable - 1 : firstTable - 2;
  if (startInfo < 0) {
    throw new RangeError(
      `${pageCount} frames are too few for start_info, ${tableCount} page tables and the directory of the profile ${profile}`,
    );
  }
  return {
    frames,
    pageCount,
    firstPage,
    firstSlot: loadAddress >>> 22,
    mappedPages: pageCount,
    startInfo,
    stackEnd: startInfo,
    firstTable,
    tablesEnd: pageCount,
    // Page tables are taken from the last page backwards.
    tableFrames: Uint32Array.from({ length: tableCount }, (_, j) => frames[pageCount - 2 - j]!),
    directory: pageCount - 1,
    directoryFrame: frames[pageCount - 1]!,
    frameList: undefined,
    sharedPages: [],
  };
}

function checkBelowXen(loadAddress: number, pages: number): void {
  if (loadAddress + pages * 4096 <= XEN_VIRTUAL_START) return;
  throw new RangeError(
    `${pages} pages from ${formatAddress(loadAddress)} reach beyond ${formatAddress(XEN_VIRTUAL_START)}, where Xen begins`,
  );
}

const PAGES_OF_4_MIB = 1024;
const PAGES_OF_512_KIB = 128;

/** From the frame list on upwards, table by table until they map all of it (docs/xen-layouts.md). */
function upwards(
  frames: Uint32Array,
  loadAddress: number,
  profile: 'xen-2.0' | 'xen-3.0',
  frameList: number | undefined,
): Geometry {
  const pageCount = frames.length;
  if (frameList === undefined) {
    throw new RangeError(`domain.layout has no 'frame list', which the profile ${profile} must have`);
  }
  const firstPage = loadAddress / 4096;
  const listEnd = frameList + Math.ceil(pageCount / 1024);
  const directory = profile === 'xen-3.0' ? listEnd + 3 : listEnd;
  // Pages behind the tables: the stack, and in Xen 2.0 start_info before it.
  const behind = profile === 'xen-3.0' ? 1 : 2;
  for (let tables = 1; tables <= pageCount; tables++) {
    const used = directory + 1 + tables + behind;
    const lastPage = Math.ceil((firstPage + used + PAGES_OF_512_KIB) / PAGES_OF_4_MIB) * PAGES_OF_4_MIB;
    const mappedPages = lastPage - firstPage;
    if (mappedPages > tables * PAGES_OF_4_MIB) continue;
    checkBelowXen(loadAddress, mappedPages);
    if (mappedPages > pageCount) break;
    const tablesEnd = directory + 1 + tables;
    return {
      frames,
      pageCount,
      firstPage,
      firstSlot: loadAddress >>> 22,
      mappedPages,
      startInfo: profile === 'xen-3.0' ? listEnd : tablesEnd,
      stackEnd: used,
      firstTable: directory,
      tablesEnd,
      tableFrames: frames.slice(directory + 1, tablesEnd),
      directory,
      directoryFrame: frames[directory]!,
      frameList,
      sharedPages: profile === 'xen-3.0' ? [listEnd + 1, listEnd + 2] : [],
    };
  }
  throw new RangeError(`${pageCount} frames are too few for what the profile ${profile} maps at the start`);
}
