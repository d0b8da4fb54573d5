import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGING_MODES } from '../../src/arch/index.ts';
import { PhysicalMemory, type Ram } from '../../src/memory/index.ts';
import { MapError, Mapper, type TableMode } from '../../src/tables/index.ts';
import { contents } from './model.ts';

const FRAMES = 24;
const MODES: readonly TableMode[] = ['32-bit', 'PAE', '4-level', '5-level'];
/** Not present, and yet something: what a kernel writes of a page that it has swapped out. */
const SWAPPED = 0x1234_5670;

interface Case {
  readonly mode: TableMode;
  readonly frees: boolean;
  /** First page number. */
  readonly first: number;
  readonly pages: number;
  readonly physical: number;
  /** Pages behind the range whose entries are not present, but not zero. */
  readonly swapped: readonly number[];
  /** Pages of the range that are changed afterwards, the first of those that are unmapped then. */
  readonly part: readonly [first: number, pages: number];
}

const GIB_4 = 2 ** 32;

/** Ranges over up to three tables; where entries have 64 bits, often on both sides of 4 GiB of physical addresses. */
const aCase: fc.Arbitrary<Case> = fc
  .record({
    mode: fc.constantFrom(...MODES),
    frees: fc.boolean(),
    first: fc.integer({ min: 1, max: 1100 }),
    pages: fc.integer({ min: 1, max: 1300 }),
    near: fc.integer({ min: 0, max: 1500 }),
    swapped: fc.uniqueArray(fc.nat(400), { maxLength: 12 }),
    part: fc.tuple(fc.nat(1299), fc.integer({ min: 1, max: 1300 })),
  })
  .map(({ near, part: [from, count], ...rest }) => {
    const { mode, pages } = rest;
    const at = from % pages;
    return {
      ...rest,
      physical: GIB_4 - (mode === '32-bit' ? Math.max(near, pages) : near) * 4096,
      part: [at, Math.min(count, pages - at)] as const,
    };
  });

/** Nothing but what a Ram must have. */
function bare(memory: PhysicalMemory): Ram {
  return {
    sizeBytes: memory.sizeBytes,
    loadWord: (physical) => memory.loadWord(physical),
    storeWord: (physical, value) => memory.storeWord(physical, value),
  };
}

/** Where the entry of a page lies; undefined while it has no table. */
function entryOf(memory: PhysicalMemory, mode: TableMode, root: number, page: number): number | undefined {
  const { levels, entryBytes } = PAGING_MODES[mode];
  let table = root;
  for (const { shift, indexBits } of levels) {
    const at = table + (Math.floor(page / 2 ** (shift - 12)) % 2 ** indexBits) * entryBytes;
    if (shift === 12) return at;
    const low = memory.loadWord(at);
    if ((low & 1) === 0) return undefined;
    table = (low & ~0xfff) >>> 0;
  }
  return undefined;
}

/** Does it all, by ranges or page by page. */
function perform(ram: (memory: PhysicalMemory) => Ram, byPages: boolean, one: Case): string {
  const { mode, frees, first, pages, physical, swapped, part } = one;
  const memory = new PhysicalMemory(FRAMES * 4096);
  // What a frame held before must not show in a table.
  memory.write(0, new Uint8Array(memory.sizeBytes).fill(0xa5));
  const free = Array.from({ length: FRAMES }, (_, i) => FRAMES - 1 - i);
  const mapper = new Mapper(ram(memory), {
    mode,
    allocateFrame: () => free.pop()!,
    ...(frees ? { freeFrame: (frame: number) => free.push(frame) } : {}),
  });
  const each = (from: number, count: number, change: (page: number, count: number) => void): void => {
    if (!byPages) change(from, count);
    else for (let page = from; page < from + count; page++) change(page, 1);
  };
  each(first, pages, (page, count) => {
    mapper.map(page * 4096, physical + (page - first) * 4096, count * 4096, { user: true, accessed: true });
  });
  for (const page of swapped) {
    const at = entryOf(memory, mode, mapper.root, first + pages + page);
    if (at !== undefined && (memory.loadWord(at) & 1) === 0) memory.storeWord(at, SWAPPED);
  }
  each(first + part[0], part[1], (page, count) => {
    mapper.protect(page * 4096, count * 4096, { writable: true, user: false, pat: true });
  });
  each(first + part[0], part[1], (page, count) => {
    mapper.protect(page * 4096, count * 4096, { executable: mode === '32-bit', available: 5 });
  });
  // Beyond what is mapped as well.
  each(first + part[0], pages - part[0] + 300, (page, count) => mapper.unmap(page * 4096, count * 4096));
  return contents(memory);
}

describe('a range of pages', () => {
  it('is its pages one by one, in RAM of any kind, to the last bit', () => {
    fc.assert(
      fc.property(aCase, (one) => {
        const wanted = perform(bare, true, one);
        expect(perform(bare, false, one) === wanted, 'a Ram with two functions').toBe(true);
        expect(perform((memory) => memory, false, one) === wanted, 'PhysicalMemory').toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each(MODES)('names the first page that is in the way, and writes nothing before it: %s', (mode) => {
    for (const ram of [bare, (memory: PhysicalMemory): Ram => memory]) {
      const memory = new PhysicalMemory(FRAMES * 4096);
      let next = 0;
      const mapper = new Mapper(ram(memory), { mode, allocateFrame: () => next++ });
      mapper.map(700 * 4096, 0, 4096);
      const before = contents(memory);
      const refusal = (change: () => void): string => {
        try {
          change();
        } catch (error) {
          if (error instanceof MapError)
            return `${error.code} ${/0x[0-9a-f]+/.exec(error.message.replaceAll('_', ''))?.[0]}`;
        }
        return 'none';
      };
      const address = (page: number): string =>
        `0x${(page * 4096).toString(16).padStart(mode === '32-bit' || mode === 'PAE' ? 8 : 16, '0')}`;
      expect(refusal(() => mapper.map(600 * 4096, 0, 200 * 4096))).toBe(`already-mapped ${address(700)}`);
      expect(refusal(() => mapper.protect(700 * 4096, 20 * 4096, { user: true }))).toBe(
        `not-mapped ${address(701)}`,
      );
      expect(contents(memory) === before).toBe(true);
    }
  });
});
