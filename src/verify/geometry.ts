import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { formatAddress } from '../arch/address.ts';
import type { ProfileName } from '../builder/profile.ts';

/** Where things lie in a domain, by the rules of docs/xen-1.2.md §3 and from nothing but its frames, load address and profile. */
export interface Geometry {
  /** Machine frames in pseudo-physical order. */
  readonly frames: Uint32Array;
  /** n: the domain's pages. */
  readonly pageCount: number;
  /** Linear page number of page index 0. */
  readonly firstPage: number;
  /** Directory slot of the first page table. */
  readonly firstSlot: number;
  /** Page index of start_info. */
  readonly startInfo: number;
  /** Page index of the lowest table: from here to the end, pages are read-only. */
  readonly firstTable: number;
  /** Frames of the page tables; the first serves the lowest addresses and lies highest. */
  readonly tableFrames: Uint32Array;
  /** Frame of the page directory: the domain's last. */
  readonly directoryFrame: number;
}

/**
 * Works out a domain's geometry.
 * @throws RangeError if no domain has that load address, or that few or that many frames.
 */
export function geometryOf(frames: Uint32Array, loadAddress: number, profile: ProfileName): Geometry {
  const pageCount = frames.length;
  if (!(loadAddress >= 0 && loadAddress % 4096 === 0)) {
    throw new RangeError(`load address ${loadAddress} is not a multiple of 4096 from 0 up`);
  }
  if (loadAddress + pageCount * 4096 > XEN_VIRTUAL_START) {
    throw new RangeError(
      `${pageCount} pages from ${formatAddress(loadAddress)} reach beyond ${formatAddress(XEN_VIRTUAL_START)}, where Xen begins`,
    );
  }
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
    startInfo,
    firstTable,
    // Page tables are taken from the last page backwards.
    tableFrames: Uint32Array.from({ length: tableCount }, (_, j) => frames[pageCount - 2 - j]!),
    directoryFrame: frames[pageCount - 1]!,
  };
}
