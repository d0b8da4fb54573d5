import { describe, expect, it } from 'vitest';
import { findMistake } from '../../src/bench/check-tables.ts';
import {
  benchConstruction,
  FORWARD,
  STRATEGIES,
  type TablePlan,
  tableLayout,
} from '../../src/bench/index.ts';
import type { PhysicalMemory } from '../../src/memory/index.ts';

/** Every reading is one millisecond later: the counts matter here, not the times. */
function clock(): () => number {
  let time = 0;
  return () => time++;
}

const quick = { mebibytes: 5, rounds: 3, milliseconds: 2, now: clock() };

describe('the strategies that come with the library', () => {
  for (const order of ['ascending', 'descending', 'scattered'] as const) {
    it.each(STRATEGIES.map(({ name, build }) => ({ name, build })))(
      `$name: maps what the plan says, frames ${order}`,
      ({ build }) => {
        for (const mebibytes of [1, 9]) {
          const { memory, plan } = tableLayout({ mebibytes, order });
          // Tables need not be clean before.
          for (const frame of [...plan.tableFrames, plan.directoryFrame]) memory.frame(frame).fill(0xff);
          build(memory, plan);
          expect(findMistake(memory, plan)).toBeUndefined();
        }
      },
    );
  }

  it('use 4 MiB pages where frames lie in a row', () => {
    const { memory, plan } = tableLayout({ mebibytes: 12, order: 'ascending' });
    STRATEGIES.find(({ name }) => name.startsWith('4 MiB'))!.build(memory, plan);
    const slots = [768, 769, 770].map(
      (slot) => memory.readUint32(plan.directoryFrame * 4096 + slot * 4) & 0x80,
    );
    expect(slots).toEqual([0x80, 0x80, 0]);
  });
});

describe('findMistake', () => {
  const wrong: Readonly<Record<string, (memory: PhysicalMemory, plan: TablePlan) => void>> = {
    '0xc0001000 is not mapped; it should lead to frame': (memory, { tableFrames }) =>
      memory.writeUint32(tableFrames[0]! * 4096 + 4, 0),
    '0xc0002000 leads to frame 5, not': (memory, { tableFrames }) =>
      memory.writeUint32(tableFrames[0]! * 4096 + 8, 5 * 4096 + 0x23),
    '0xc0003000 must be writable': (memory, { tableFrames, frames }) =>
      memory.writeUint32(tableFrames[0]! * 4096 + 12, frames[3]! * 4096 + 0x21),
    '0xc0004000 is open to ring 3': (memory, { tableFrames, frames }) =>
      memory.writeUint32(tableFrames[0]! * 4096 + 16, frames[4]! * 4096 + 0x27),
    '0xc00fe000 is a page table and must be read-only': (memory, { tableFrames, frames }) =>
      memory.writeUint32(tableFrames[0]! * 4096 + 254 * 4, frames[254]! * 4096 + 0x23),
    '0xc0100000 is mapped; nothing should be': (memory, { tableFrames }) =>
      memory.writeUint32(tableFrames[0]! * 4096 + 256 * 4, 0x23),
  };
  it.each(Object.entries(wrong))('says: %s', (message, spoil) => {
    const { memory, plan } = tableLayout({ mebibytes: 1 });
    FORWARD.build(memory, plan);
    spoil(memory, plan);
    expect(findMistake(memory, plan)).toContain(message);
  });
});

describe('benchConstruction', () => {
  it('gives times and ratios of the strategy', () => {
    const { name, pages, time, ratio } = benchConstruction(FORWARD, quick);
    expect([name, pages]).toEqual([FORWARD.name, 1280]);
    expect(time.low).toBeLessThanOrEqual(time.median);
    // The clock makes every build take the same time.
    expect(ratio).toEqual({ median: 1, low: 1, high: 1 });
  });

  it('times nothing that is wrong', () => {
    const mine = { name: 'mine', build: () => {} };
    expect(() => benchConstruction(mine, quick)).toThrow(
      "the tables of 'mine' are wrong: 0xc0000000 is not mapped",
    );
  });

  it('refuses a size that does not fit below Xen', () => {
    expect(() => benchConstruction(FORWARD, { mebibytes: 961 })).toThrow(
      'mebibytes 961 is not a whole number from 1 to 960',
    );
  });
});
