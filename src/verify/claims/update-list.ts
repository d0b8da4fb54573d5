import { PAGE_SIZE } from '../../arch/address.ts';
import { type ClaimRule, hex, refutedByValue } from '../evidence.ts';
import type { Geometry } from '../geometry.ts';

// The low two bits of an update's pointer, and the command of an extended one (docs/xen-1.2.md §5).
const PAGE_TABLE_UPDATE = 0;
const MACHINE_TO_PHYSICAL_UPDATE = 2;
const EXTENDED_COMMAND = 3;
const PIN_L2_TABLE = 1;

// The entries that the list installs (docs/xen-1.2.md §3).
const TABLE_ENTRY = 0x67;
const WRITABLE_PAGE = 0x23;
const READ_ONLY_PAGE = 0x21;

/** The list is judged against the facts, not against memory: what the tables say is for the other claims. */
export const updateList: ClaimRule = {
  name: 'update-list',
  title:
    "The update list is what the profile's builder sends: the pin, entries, the page number of every frame.",
  refute: ({ geometry, domain }) => {
    const { updates } = domain;
    const expected = expectedUpdates(geometry);
    for (let at = 0; at < expected.length; at += 2) {
      if (updates[at] === expected[at] && updates[at + 1] === expected[at + 1]) continue;
      const found = at < updates.length ? pair(updates, at) : 'the end of the list';
      return refutedByValue(`update ${at / 2}`, pair(expected, at), found);
    }
    if (expected.length === updates.length) return undefined;
    return refutedByValue('update list', `${expected.length / 2} updates`, `${updates.length / 2}`);
  },
};

function expectedUpdates(geometry: Geometry): Uint32Array {
  if (geometry.frameList !== undefined) return laterUpdates(geometry);
  const { frames, pageCount, firstPage, firstSlot, firstTable, tableFrames } = geometry;
  const directory = geometry.directoryFrame * PAGE_SIZE;
  const list = new Uint32Array(2 * (1 + tableFrames.length + 2 * pageCount));
  let length = 0;
  const add = (pointer: number, value: number): void => {
    list[length++] = pointer;
    list[length++] = value;
  };
  add(directory + EXTENDED_COMMAND, PIN_L2_TABLE);
  for (let p = 0; p < pageCount; p++) {
    const frame = frames[p]! * PAGE_SIZE;
    const slot = (firstPage + p) >>> 10;
    const index = (firstPage + p) & 1023;
    const table = tableFrames[slot - firstSlot]! * PAGE_SIZE;
    if (p === 0 || index === 0) add(directory + slot * 4 + PAGE_TABLE_UPDATE, table + TABLE_ENTRY);
    add(table + index * 4 + PAGE_TABLE_UPDATE, frame + (p < firstTable ? WRITABLE_PAGE : READ_ONLY_PAGE));
    add(frame + MACHINE_TO_PHYSICAL_UPDATE, p);
  }
  return list;
}

/** The tools of Xen 2.0 and 3.0 wrote the tables themselves, and pinned them last (docs/xen-layouts.md). */
function laterUpdates({ frames, directoryFrame }: Geometry): Uint32Array {
  const numbers = Array.from(frames, (frame, page) => [frame * PAGE_SIZE + MACHINE_TO_PHYSICAL_UPDATE, page]);
  return Uint32Array.from([...numbers.flat(), directoryFrame * PAGE_SIZE + EXTENDED_COMMAND, PIN_L2_TABLE]);
}

function pair(list: Uint32Array, at: number): string {
  return `(${hex(list[at]!)}, ${hex(list[at + 1] ?? 0)})`;
}
