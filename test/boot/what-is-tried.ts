/** What the guest tries, by kinds. */

import {
  DATA_PAGE,
  DIRECT_MAP,
  DIRECTORY,
  FIRST_TABLE,
  LOAD_ADDRESS,
  SECOND_TABLE,
  USER_PAGE,
  XEN_TEXT,
} from './machine.ts';
import type { Probe } from './probes.ts';

const M2P = 0xfc00_0000;
const M2P_WRITABLE = DIRECT_MAP + 0x100_0000;
const FRAME_TABLE = DIRECT_MAP + 0x140_0000;
const IDLE_DIRECTORY = DIRECT_MAP + 0x10_1000;
const LINEAR_TABLE = 0xff00_0000;
const MAP_CACHE = 0xff80_0000;
/** No table leads here. */
const NOWHERE = 0xb000_0000;

const probe = (how: Probe['how'], linear: number, value?: number): Probe =>
  value === undefined ? { how, linear } : { how, linear, value };
/** Where Xen's linear page table shows the entry of a page. */
const entryOf = (linear: number): number => LINEAR_TABLE + 4 * (linear >>> 12);
const wordsOf = (page: number): Probe[] =>
  Array.from({ length: 1024 }, (_, i) => probe('ring1 read', page + 4 * i));

/** @param frames - The domain's machine frames. */
export function probesOf(frames: Uint32Array): Probe[] {
  const own = frames[700]!;
  return [
    // A kernel in its own memory, and where nothing is.
    probe('ring1 write', DATA_PAGE, 0x1234_5678),
    probe('ring1 read', DATA_PAGE),
    probe('ring1 fetch', USER_PAGE),
    probe('ring1 read', NOWHERE),
    probe('ring1 write', NOWHERE),
    probe('ring1 fetch', NOWHERE),
    // Its page tables: to be read only.
    probe('ring1 read', DIRECTORY + 4 * 768),
    probe('ring1 write', DIRECTORY + 4 * 768),
    probe('ring1 write', FIRST_TABLE),
    // The machine-to-physical table: to be read only, too, up to the segment's last word.
    probe('ring1 read', M2P + 4 * own),
    probe('ring1 write', M2P + 4 * own),
    probe('ring1 read', DIRECT_MAP - 4),
    // Xen, beyond the segments: without their limit all of it is open.
    probe('ring1 write', DIRECT_MAP),
    probe('ring1 read', IDLE_DIRECTORY + 4 * 1008),
    probe('ring1 write', FRAME_TABLE + 24 * own + 20, 0xffff_ffff),
    probe('ring1 fetch', XEN_TEXT),
    probe('ring1 read', entryOf(SECOND_TABLE)),
    // A program in ring 3.
    probe('ring3 read', USER_PAGE),
    probe('ring3 write', USER_PAGE + 0x800, 0x8765_4321),
    probe('ring3 fetch', USER_PAGE),
    probe('ring3 read', LOAD_ADDRESS),
    probe('ring3 write', DATA_PAGE),
    probe('ring3 fetch', LOAD_ADDRESS),
    probe('ring3 read', NOWHERE),
    probe('ring3 write', NOWHERE),
    probe('ring3 read', M2P + 4 * own),
    probe('ring3 read', DIRECT_MAP),
    probe('ring3 fetch', XEN_TEXT),
    // What paging alone lets a kernel in ring 1 do, through a segment of 4 GiB: read Xen's tables, forge the frame
    // table and the machine-to-physical table, make its own page table writable, and write it.
    probe('flat read', IDLE_DIRECTORY + 4 * 1013),
    probe('flat read', FRAME_TABLE + 24 * own + 12),
    probe('flat write', FRAME_TABLE + 24 * own + 12, 0x1000_0009),
    probe('flat read', FRAME_TABLE + 24 * own + 12),
    probe('flat write', M2P + 4 * own, 1),
    probe('flat write', M2P_WRITABLE + 4 * own, 0x0bad),
    probe('ring1 read', M2P + 4 * own),
    probe('flat read', MAP_CACHE),
    probe('flat read', entryOf(SECOND_TABLE)),
    probe('flat write', entryOf(SECOND_TABLE), frames[(SECOND_TABLE - LOAD_ADDRESS) / 4096]! * 4096 + 0x23),
    probe('ring1 write', SECOND_TABLE + 4 * 1000, 0x5000_0000),
    // The tables as they are now, accessed and dirty bits included.
    ...wordsOf(DIRECTORY),
    ...wordsOf(FIRST_TABLE),
    ...wordsOf(SECOND_TABLE),
  ];
}
