import { PAGE_SIZE } from '../../arch/address.ts';
import { type ClaimRule, hex, refutedByValue } from '../evidence.ts';
import type { Geometry } from '../geometry.ts';

// The low two bits of an update's pointer, and the command of an extended one (facts §5).
const PAGE_TABLE_UPDATE = 0;
const MACHINE_TO_PHYSICAL_UPDATE = 2;
const EXTENDED_COMMAND = 3;
const PIN_L2_TABLE = 1;

// The entries that the list installs (facts §3).
const TABLE_ENTRY = 0x67;
const WRITABLE_PAGE = 0x23;
const READ_ONLY_PAGE = 0x21;

/** The list is judged against the facts, not against memory: what the tables say is for the other claims. */
export const updateList: ClaimRule = {
  name: 'update-list',
  title: 'The update list pins the directory, then installs every entry and the page number of every frame.',
  refute: ({ geometry, subject }) => {
    const { updates } = subject;
    let at = 0;
    for (const [pointer, value] of expectedUpdates(geometry)) {
      if (updates[at] !== pointer || updates[at + 1] !== value) {
        const found = at < updates.length ? pair(updates[at]!, updates[at + 1] ?? 0) : 'the end of the list';
        return refutedByValue(`update ${at / 2}`, pair(pointer, value), found);
      }
      at += 2;
    }
    if (at === updates.length) return undefined;
    return refutedByValue('update list', `${at / 2} updates`, `${updates.length / 2}`);
  },
};

function* expectedUpdates(geometry: Geometry): Generator<readonly [pointer: number, value: number]> {
  const { frames, firstPage, firstSlot, firstTable, tableFrames } = geometry;
  const directory = geometry.directoryFrame * PAGE_SIZE;
  yield [directory + EXTENDED_COMMAND, PIN_L2_TABLE];
  for (const [p, frame] of frames.entries()) {
    const slot = (firstPage + p) >>> 10;
    const index = (firstPage + p) & 1023;
    const table = tableFrames[slot - firstSlot]! * PAGE_SIZE;
    if (p === 0 || index === 0) yield [directory + slot * 4 + PAGE_TABLE_UPDATE, table + TABLE_ENTRY];
    const flags = p < firstTable ? WRITABLE_PAGE : READ_ONLY_PAGE;
    yield [table + index * 4 + PAGE_TABLE_UPDATE, frame * PAGE_SIZE + flags];
    yield [frame * PAGE_SIZE + MACHINE_TO_PHYSICAL_UPDATE, p];
  }
}

function pair(pointer: number, value: number): string {
  return `(${hex(pointer)}, ${hex(value)})`;
}
