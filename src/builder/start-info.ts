/** The page that tells a guest what it was given. */

import { COMMAND_LINE_BYTES, START_INFO } from '../abi/xen.ts';
import {
  COMMAND_LINE_BYTES_2_0,
  COMMAND_LINE_BYTES_3_0,
  START_INFO_2_0,
  START_INFO_3_0,
  START_INFO_MAGIC_3_0,
  UPCALL_MASKS_2_0,
  UPCALL_MASKS_3_0,
} from '../abi/xen-later.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import type { Domain } from './domain.ts';
import type { Places } from './places.ts';
import { PROFILES } from './profile.ts';

/** The bytes that start_info begins with; what follows in its page is left as it was. */
export function startInfoBytes(domain: Domain, places: Places): Uint8Array {
  const profile = PROFILES[domain.profile];
  if (profile.order === 'downwards') return startInfo12(domain, places);
  return profile.version === '2.0' ? startInfo20(domain, places) : startInfo30(domain, places);
}

/** docs/xen-1.2.md §4. */
function startInfo12(domain: Domain, { directoryPage }: Places): Uint8Array {
  return withCommandLine(domain, START_INFO.commandLine, COMMAND_LINE_BYTES, [
    [START_INFO.nrPages, domain.pageCount],
    [START_INFO.sharedInfo, domain.sharedInfoFrame * PAGE_SIZE],
    [START_INFO.domainId, domain.domainId],
    [START_INFO.ptBase, addressOf(domain, directoryPage)],
    [START_INFO.modStart, domain.initrd?.address ?? 0],
    [START_INFO.modLength, domain.initrd?.length ?? 0],
  ]);
}

/** docs/xen-layouts.md. The number of the control channel is what Xen's tools would say; here it is 0. */
function startInfo20(domain: Domain, places: Places): Uint8Array {
  return withCommandLine(domain, START_INFO_2_0.commandLine, COMMAND_LINE_BYTES_2_0, [
    [START_INFO_2_0.nrPages, domain.pageCount],
    [START_INFO_2_0.sharedInfo, domain.sharedInfoFrame * PAGE_SIZE],
    [START_INFO_2_0.ptBase, addressOf(domain, places.directoryPage)],
    [START_INFO_2_0.nrPtFrames, 1 + places.tablePages.length],
    [START_INFO_2_0.mfnList, addressOf(domain, places.frameListPage!)],
    [START_INFO_2_0.modStart, domain.initrd?.address ?? 0],
    [START_INFO_2_0.modLength, domain.initrd?.length ?? 0],
  ]);
}

/** docs/xen-layouts.md. The numbers of the event channels are 0 here. */
function startInfo30(domain: Domain, places: Places): Uint8Array {
  const [store, console] = places.sharedPages.map((page) => domain.frames[page]!);
  const bytes = withCommandLine(domain, START_INFO_3_0.commandLine, COMMAND_LINE_BYTES_3_0, [
    [START_INFO_3_0.nrPages, domain.pageCount],
    [START_INFO_3_0.sharedInfo, domain.sharedInfoFrame * PAGE_SIZE],
    [START_INFO_3_0.storeFrame, store!],
    [START_INFO_3_0.consoleFrame, console!],
    [START_INFO_3_0.ptBase, addressOf(domain, places.directoryPage)],
    [START_INFO_3_0.nrPtFrames, 1 + places.tablePages.length],
    [START_INFO_3_0.mfnList, addressOf(domain, places.frameListPage!)],
    [START_INFO_3_0.modStart, domain.initrd?.address ?? 0],
    [START_INFO_3_0.modLength, domain.initrd?.length ?? 0],
  ]);
  for (let i = 0; i < START_INFO_MAGIC_3_0.length; i++) bytes[i] = START_INFO_MAGIC_3_0.charCodeAt(i);
  return bytes;
}

/** The bytes of 32-bit fields, with the command line at the end, cut so that a NUL ends it. */
function withCommandLine(
  { commandLine }: Domain,
  offset: number,
  length: number,
  fields: readonly (readonly [offset: number, value: number])[],
): Uint8Array {
  const bytes = new Uint8Array(offset + length);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of fields) view.setUint32(at, value, true);
  bytes.set(commandLine.subarray(0, length - 1), offset);
  return bytes;
}

/** Linear address of a page. */
function addressOf({ loadAddress }: Domain, page: number): number {
  return loadAddress + page * PAGE_SIZE;
}

/** Clears the page that Xen and the domain share; the later builders mask the upcalls of every virtual CPU in it. */
export function fillSharedInfo(page: Uint8Array, domain: Domain): void {
  page.fill(0);
  const profile = PROFILES[domain.profile];
  if (profile.order === 'downwards') return;
  const { offset, stride, count } = profile.version === '2.0' ? UPCALL_MASKS_2_0 : UPCALL_MASKS_3_0;
  for (let cpu = 0; cpu < count; cpu++) page[offset + cpu * stride] = 1;
}
