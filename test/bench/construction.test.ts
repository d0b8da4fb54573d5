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

  it('says after each round how many are done', () => {
    const told: string[] = [];
    benchConstruction(FORWARD, { ...quick, onRound: (done, rounds) => told.push(`${done} of ${rounds}`) });
    expect(told).toEqual(['1 of 3', '2 of 3', '3 of 3']);
  });

  it('refuses a strategy that changes its plan, and checks by the plan as it was', () => {
    const sorts = (from: number) => {
      let builds = 0;
      return {
        name: 'sorts',
        build(memory: PhysicalMemory, plan: TablePlan) {
          if (++builds >= from) plan.frames.sort();
          FORWARD.build(memory, plan);
        },
      };
    };
    const refused = "build of 'sorts' changes 'frames' of its plan";
    expect(() => benchConstruction(sorts(1), quick)).toThrow(refused);
    expect(() => benchConstruction(sorts(2), quick)).toThrow(refused);
    expect(() =>
      benchConstruction(
        { name: 'whole', build: (_, plan) => Object.assign(plan, { loadAddress: 0 }) },
        quick,
      ),
    ).toThrow("changes 'loadAddress'");
  });

  it('times nothing that is wrong', () => {
    const mine = { name: 'mine', build: () => {} };
    expect(() => benchConstruction(mine, quick)).toThrow(
      "the tables of 'mine' are wrong: 0xc0000000 is not mapped",
    );
  });

  it('finds out a strategy that does nothing after its first build', () => {
    let built = false;
    const lazy = {
      name: 'lazy',
      build(memory: PhysicalMemory, plan: TablePlan) {
        if (!built) FORWARD.build(memory, plan);
        built = true;
      },
    };
    expect(() => benchConstruction(lazy, quick)).toThrow(
      /^the tables of 'lazy' are right at first, and wrong after it was timed: 0x/,
    );
  });

  it('finds out a strategy that mends only what it wrote last time', () => {
    let known: PhysicalMemory | undefined;
    const incremental = {
      name: 'incremental',
      build(memory: PhysicalMemory, plan: TablePlan) {
        if (known !== memory) FORWARD.build(memory, plan);
        else memory.writeUint32(plan.directoryFrame * 4096, 0);
        known = memory;
      },
    };
    expect(() => benchConstruction(incremental, quick)).toThrow('wrong after it was timed');
  });

  it.each([
    ['writes to a page of the domain', ({ frames }: TablePlan) => frames[5]! * 4096 + 8, 1],
    ['clears a byte of a page', ({ frames }: TablePlan) => frames[7]! * 4096 + 4095, 0],
    ['writes outside the domain', () => 4096, 1],
  ] as const)('reports a strategy that %s', (what, where, value) => {
    const careless = {
      name: 'careless',
      build(memory: PhysicalMemory, plan: TablePlan) {
        FORWARD.build(memory, plan);
        memory.writeUint8(where(plan), value);
      },
    };
    const whose = what.includes('outside') ? 'outside the domain' : 'page [57] of the domain';
    expect(() => benchConstruction(careless, { ...quick, order: 'ascending' })).toThrow(
      new RegExp(`^the tables of 'careless' are wrong: frame \\d+ is overwritten, which is ${whose}`),
    );
  });

  it('counts the pages overwritten, also in a domain of which only some are marked', () => {
    const careless = {
      name: 'careless',
      build(memory: PhysicalMemory, plan: TablePlan) {
        FORWARD.build(memory, plan);
        for (const frame of plan.frames.subarray(100, 200)) memory.writeUint32(frame * 4096, 1);
      },
    };
    expect(() => benchConstruction(careless, { ...quick, mebibytes: 100, rounds: 1 })).toThrow(
      'of the domain and no page table, and 99 more',
    );
  });

  it('calls build as a method', () => {
    class Mine {
      readonly name = 'mine';
      readonly #how = FORWARD;
      build(memory: PhysicalMemory, plan: TablePlan): void {
        this.#how.build(memory, plan);
      }
    }
    expect(benchConstruction(new Mine(), quick).name).toBe('mine');
  });

  it('refuses a builder that returns a promise, at whichever call it does', async () => {
    let calls = 0;
    const sometimes = {
      name: 'sometimes',
      build: (memory: PhysicalMemory, plan: TablePlan) => {
        FORWARD.build(memory, plan);
        return (++calls > 3 ? Promise.reject(new Error('later')) : undefined) as undefined;
      },
    };
    const always = {
      name: 'always',
      async build(memory: PhysicalMemory, plan: TablePlan) {
        FORWARD.build(memory, plan);
      },
    };
    for (const strategy of [sometimes, always]) {
      expect(() => benchConstruction(strategy, quick)).toThrow(
        `build of '${strategy.name}' returned a promise`,
      );
    }
    await Promise.resolve();
  });

  it('refuses options that measure nothing', () => {
    for (const rounds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => benchConstruction(FORWARD, { ...quick, rounds })).toThrow(
        `rounds ${rounds} is not a whole number from 1 up`,
      );
    for (const milliseconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => benchConstruction(FORWARD, { ...quick, milliseconds })).toThrow(
        `milliseconds ${milliseconds} is not a number above 0`,
      );
    expect(() => benchConstruction(FORWARD, { ...quick, now: () => Number.NaN })).toThrow("the clock 'now'");
    let time = 9;
    expect(() => benchConstruction(FORWARD, { ...quick, now: () => time-- })).toThrow("the clock 'now'");
    expect(() => benchConstruction({ name: 'none' } as never)).toThrow("'none' has no method build");
  });

  it('refuses a size that does not fit below Xen', () => {
    expect(() => benchConstruction(FORWARD, { mebibytes: 961 })).toThrow(
      'mebibytes 961 is not a whole number from 1 to 960',
    );
  });
});
