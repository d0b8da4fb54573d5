/** Raw dumps: the file is physical memory from address 0 on, holes and all. */

import { FOUR_GIB, formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { grouped, said } from '../said/said.ts';
import { cutShort, readExactly } from './byte-source.ts';
import { DumpError } from './dump-error.ts';
import type { FrameStore } from './frame-store.ts';
import { segmentStore } from './segment-store.ts';

/**
 * Where the interrupt controllers of every PC lie: no RAM is ever seen there. In a file where addresses are offsets
 * these bytes are all alike; in one where RAM was written without its holes they are RAM.
 */
const NEVER_RAM: readonly (readonly [start: number, end: number])[] = [
  [0xfec0_0000, 0xfec0_1000],
  [0xfee0_0000, 0xfee0_1000],
];

/**
 * Opens a raw dump.
 *
 * @param insisted - The caller said that it is one, so it is taken as it is.
 * @throws DumpError `unknown-format` for a file that may be something else: not whole pages, or longer than 4 GiB
 * with RAM where no PC has any, which means that its holes were left out and offsets are no addresses.
 */
export function openRaw(source: ByteSource, partial: boolean, insisted: boolean): FrameStore {
  const pages = Math.floor(source.size / PAGE_SIZE);
  if (pages === 0) throw cutShort(said`its first page`, PAGE_SIZE, source.size);
  if (source.size % PAGE_SIZE !== 0 && !partial) {
    if (insisted) throw cutShort(said`its last page`, (pages + 1) * PAGE_SIZE, source.size);
    throw new DumpError(
      'unknown-format',
      said`this is no saved image and no known dump, and its ${grouped(source.size)} bytes are no whole pages of raw memory; if it is raw and cut short, say so (--format raw --partial)`,
    );
  }
  if (!insisted) checkPadded(source);
  return segmentStore(source, [{ start: 0, end: pages * PAGE_SIZE, offset: 0 }], partial);
}

function checkPadded(source: ByteSource): void {
  // Shorter than that, it cannot hold RAM from beyond the hole below 4 GiB.
  if (source.size <= FOUR_GIB) return;
  for (const [start, end] of NEVER_RAM) {
    const bytes = readExactly(source, start, end - start, said`raw memory`);
    const first = bytes[0]!;
    if (bytes.every((byte) => byte === first) && (first === 0 || first === 0xff)) continue;
    throw new DumpError(
      'unknown-format',
      said`this may be raw memory without its holes: where no PC has RAM, at ${formatAddress(start)}, the file has some, so that offsets in it may be no addresses. If they are, say so (--format raw); better is a dump that tells where its RAM lies, such as an ELF core or LiME`,
    );
  }
}
