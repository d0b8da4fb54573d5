/** Everything about a domain that follows from its inputs, worked out before a byte of memory is written. */

import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { BuildError } from './build-error.ts';
import { encodeCommandLine } from './command-line.ts';
import type { BuildOptions, PlacedXen } from './domain.ts';
import { isElf } from './elf.ts';
import { checkFrames } from './frame-check.ts';
import { gunzipIfNeeded } from './gunzip.ts';
import { parseKernel } from './kernel-image.ts';
import type { LoadedKernel } from './loaded-kernel.ts';
import { type Places, placeDownwards, placeUpwards } from './places.ts';
import { type LayoutProfile, PROFILES } from './profile.ts';

/** What is built, and where everything goes. */
export interface DomainPlan {
  readonly profile: LayoutProfile;
  readonly kernel: LoadedKernel;
  readonly initrd: Uint8Array | undefined;
  readonly commandLine: Uint8Array;
  readonly pageCount: number;
  readonly kernelPages: number;
  readonly initrdPages: number;
  readonly places: Places;
  readonly xen: PlacedXen;
}

/** A kernel file may hold more than what is loaded, such as symbols; this much is inflated in any case. */
const LEAST_FILE_LIMIT = 0x400_0000;

const XEN_PAGES = (0x1_0000_0000 - XEN_VIRTUAL_START) / PAGE_SIZE;

/** Frames of Xen's heap for the tables in slots 1021 to 1023. Below 44 MiB, where no domain has its frames. */
const DEFAULT_XEN_TABLES = [0x150, 0x151, 0x152] as const;

/** @throws BuildError if no domain can be made of the inputs. The checks come in the order of docs/xen-1.2.md §2. */
export function planDomain(memory: PhysicalMemory, options: BuildOptions): DomainPlan {
  const profile = PROFILES[options.profile];
  const pageCount = options.frames.length;
  const bytes = pageCount * PAGE_SIZE;

  const kernelFile = gunzipIfNeeded(options.kernel, 'kernel', Math.max(bytes, LEAST_FILE_LIMIT));
  // Of a XenoGues image every byte is loaded, so the check of its size below will do.
  const isInflatedInPart = kernelFile.tooLong && kernelFile.bytes !== options.kernel;
  if (isInflatedInPart && isElf(kernelFile.bytes)) {
    throw new BuildError(
      'kernel-too-big',
      `the kernel file unpacks to more than ${kernelFile.bytes.length} bytes; the domain has ${bytes}. Strip its symbols, or give it unpacked`,
    );
  }
  const kernel = parseKernel(kernelFile.bytes, bytes);
  const kernelPages = Math.ceil(kernel.bytes.length / PAGE_SIZE);
  if (profile.order === 'downwards') checkHalves(kernel, kernelPages, pageCount);
  const initrd = initrdOf(options, profile, kernelPages);
  const initrdPages = Math.ceil((initrd?.length ?? 0) / PAGE_SIZE);
  const contents = { pageCount, loadAddress: kernel.loadAddress, kernelPages, initrdPages };
  const places =
    profile.order === 'downwards' ? placeDownwards(contents, profile) : placeUpwards(contents, profile);
  const xen = planXen(options);
  checkFrames(memory, options, xen);
  const { domainId = 0 } = options;
  if (!(Number.isInteger(domainId) && domainId >= 0 && domainId <= 0xffff_ffff)) {
    throw new BuildError('bad-option', `domain id ${domainId} is not a whole number from 0 to 4294967295`);
  }
  return {
    profile,
    kernel,
    initrd,
    commandLine: encodeCommandLine(options.commandLine ?? ''),
    pageCount,
    kernelPages,
    initrdPages,
    places,
    xen,
  };
}

/** What the builder of February 2004 asked of a kernel's size and place. */
function checkHalves({ loadAddress }: LoadedKernel, kernelPages: number, pageCount: number): void {
  const end = loadAddress + pageCount * PAGE_SIZE;
  if (end > XEN_VIRTUAL_START) {
    const most = Math.max(0, Math.floor((XEN_VIRTUAL_START - loadAddress) / PAGE_SIZE));
    throw new BuildError(
      'reaches-xen',
      `${pageCount} pages from ${formatAddress(loadAddress)} end at ${formatAddress(end)}, beyond ${formatAddress(XEN_VIRTUAL_START)} where Xen starts; at most ${most} pages fit`,
    );
  }
  const half = Math.floor(pageCount / 2);
  if (kernelPages >= half) {
    throw new BuildError(
      'kernel-too-big',
      `the kernel takes ${kernelPages} pages; it must take fewer than half of the domain's ${pageCount} pages, ${half}`,
    );
  }
}

function initrdOf(
  { initrd, frames }: BuildOptions,
  { order }: LayoutProfile,
  kernelPages: number,
): Uint8Array | undefined {
  if (initrd === undefined) return undefined;
  if (order === 'upwards') {
    const room = (frames.length - kernelPages) * PAGE_SIZE;
    const { bytes, tooLong } = gunzipIfNeeded(initrd, 'initrd', Math.max(room, PAGE_SIZE));
    if (tooLong || bytes.length > room) {
      throw new BuildError(
        'initrd-too-big',
        `the initrd takes more than ${room} bytes, all that ${kernelPages} pages of kernel leave of the domain`,
      );
    }
    return bytes.length === 0 ? undefined : bytes;
  }
  const room = (Math.floor(frames.length / 2) - kernelPages) * PAGE_SIZE;
  const { bytes, tooLong } = gunzipIfNeeded(initrd, 'initrd', room);
  // The original wants one more page where the initrd fills its last: it reads until a page comes up short.
  if (bytes.length >= room) {
    throw new BuildError(
      'initrd-too-big',
      `the initrd takes ${tooLong ? 'more than ' : ''}${bytes.length} bytes; after ${kernelPages} pages of kernel it must take fewer than ${room}, to stay below half of the domain`,
    );
  }
  return bytes;
}

function planXen({ xen }: BuildOptions): PlacedXen {
  if (xen === undefined) return { kind: 'none' };
  if (xen.kind === 'slots') {
    const tables: readonly number[] = xen.tables ?? DEFAULT_XEN_TABLES;
    if (tables.length !== 3)
      throw new BuildError('bad-option', `xen.tables has ${tables.length} frames, not three`);
    return { kind: 'slots', tables: [tables[0]!, tables[1]!, tables[2]!] };
  }
  const pages = Math.ceil(xen.image.length / PAGE_SIZE);
  const tables = Math.ceil(pages / 1024);
  if (pages < 1 || pages > XEN_PAGES) {
    throw new BuildError(
      'bad-option',
      `the Xen image has ${xen.image.length} bytes; it may have 1 to ${XEN_PAGES * PAGE_SIZE}`,
    );
  }
  if (xen.frames.length !== pages || xen.tables.length !== tables) {
    throw new BuildError(
      'bad-option',
      `the Xen image needs ${pages} frames and ${tables} table frames; given are ${xen.frames.length} and ${xen.tables.length}`,
    );
  }
  return { kind: 'image', frames: xen.frames.slice(), tables: xen.tables.slice() };
}
