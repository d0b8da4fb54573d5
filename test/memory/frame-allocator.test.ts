import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';

const FRAMES = 64;
const memory = new PhysicalMemory(FRAMES * 4096);

describe('FrameAllocator.allocate', () => {
  it('hands out the lowest, the highest or scattered frames', () => {
    const allocator = new FrameAllocator(memory);
    expect(Array.from(allocator.allocate(3))).toEqual([0, 1, 2]);
    expect(Array.from(allocator.allocate(3, { order: 'descending' }))).toEqual([63, 62, 61]);
    const scattered = allocator.allocate(10, { order: 'scattered', seed: 7 });
    expect(new Set(scattered).size).toBe(10);
    expect(Array.from(scattered)).not.toEqual(Array.from(scattered).sort((a, b) => a - b));
    expect(allocator.freeCount).toBe(FRAMES - 16);
  });

  it('gives the same frames for the same seed, and others for another', () => {
    const order = 'scattered';
    const frames = (seed: number): number[] =>
      Array.from(new FrameAllocator(memory).allocate(20, { order, seed }));
    expect(frames(7)).toEqual(frames(7));
    expect(frames(7)).not.toEqual(frames(8));
  });

  it('takes whole numbers of 32 bits for seeds, and nothing that would be cut to one', () => {
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN, '7']) {
      const allocator = new FrameAllocator(new PhysicalMemory(64 * 4096));
      expect(() => allocator.allocate(4, { order: 'scattered', seed: seed as number })).toThrow(
        `seed ${seed} is not a whole number from 0 to 4294967295`,
      );
      expect(allocator.freeCount).toBe(64);
    }
  });

  it('never hands out a reserved frame', () => {
    const reserved = [
      { start: 0, count: 5 },
      { start: 3, count: 10 },
    ];
    const allocator = new FrameAllocator(memory, { reserved });
    expect(allocator.freeCount).toBe(FRAMES - 13);
    expect(Math.min(...allocator.allocate(FRAMES - 13, { order: 'scattered' }))).toBe(13);
  });

  it('refuses more than is free, and is then unchanged', () => {
    const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 60 }] });
    expect(() => allocator.allocate(5)).toThrow('out of memory: 5 frames asked for, 4 of 64 are free');
    expect(() => allocator.allocate(-1)).toThrow('frame count -1 is not a whole number');
    expect(Array.from(allocator.allocate(4))).toEqual([60, 61, 62, 63]);
  });

  it('refuses reserved ranges outside memory', () => {
    expect(() => new FrameAllocator(memory, { reserved: [{ start: 60, count: 5 }] })).toThrow(
      "reserved range of 5 frames from frame 60 does not lie in memory's 64 frames",
    );
  });
});

describe('FrameAllocator.free', () => {
  it('refuses what is not allocated, all of it or nothing', () => {
    const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 1 }] });
    const frames = allocator.allocate(4);
    expect(() => allocator.free([...frames, 0])).toThrow('cannot free frame 0: it is reserved');
    expect(() => allocator.free([...frames, 64])).toThrow('cannot free frame 64: memory has frames 0 to 63');
    expect(() => allocator.free([...frames, 9])).toThrow('double free of frame 9');
    expect(() => allocator.free([1, 1])).toThrow('double free of frame 1');
    expect(allocator.freeCount).toBe(FRAMES - 5);
    allocator.free(frames);
    expect(allocator.freeCount).toBe(FRAMES - 1);
    expect(() => allocator.free(frames)).toThrow('double free of frame 1');
  });
});

describe('a history of allocations', () => {
  it('never gives a frame twice, and gets back to where it was', () => {
    const step = fc.record({
      count: fc.integer({ min: 0, max: 20 }),
      order: fc.constantFrom('ascending' as const, 'descending' as const, 'scattered' as const),
      seed: fc.nat(),
      free: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const allocator = new FrameAllocator(memory);
        const held: Uint32Array[] = [];
        for (const { count, free, ...options } of steps) {
          if (free && held.length > 0) allocator.free(held.pop()!);
          else if (count <= allocator.freeCount) held.push(allocator.allocate(count, options));
          const all = held.flatMap((frames) => [...frames]);
          expect(new Set(all).size).toBe(all.length);
          expect(allocator.freeCount).toBe(FRAMES - all.length);
          for (const frame of all) expect(allocator.isFree(frame)).toBe(false);
        }
      }),
    );
  });
});
