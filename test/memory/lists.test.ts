import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListClass, type MemoryList, PhysicalMemory } from '../../src/memory/index.ts';
import { overlap } from '../../src/memory/overlap.ts';

const KINDS = [Int32Array, Uint32Array, Float64Array, BigInt64Array, BigUint64Array] as const;
const inside = (): PhysicalMemory => new PhysicalMemory(2 ** 16, { backing: 'wasm' });
/** Whether a list lies in the memory of a RAM. */
const isIn = (memory: PhysicalMemory, list: MemoryList): boolean => list.buffer === memory.frame(0).buffer;

/** Bytes at the start of a list that are written and looked at. */
const LOOKED_AT = 10_000;

const step = fc.oneof(
  fc.record({
    what: fc.constant('allocate' as const),
    kind: fc.constantFrom(...KINDS),
    // Some fill a gap that others left to the last byte, some are larger than all there is.
    length: fc.oneof(
      fc.constantFrom(0, 1, 511, 512, 513, 1024, 1025),
      fc.nat(2000),
      fc.constantFrom(2 ** 18, 2 ** 21, 2 ** 22),
    ),
  }),
  fc.record({ what: fc.constant('free' as const), which: fc.nat() }),
);

describe('PhysicalMemory.allocateList', () => {
  it('gives zeros that share no byte with RAM or another list, wherever lists were given back before', () => {
    let [own, reused] = [0, 0];
    const memory = inside();
    memory.write(0, new Uint8Array(2 ** 16).fill(0xa5));
    const starts = new Set<number>();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const lists: MemoryList[] = [];
        for (const each of steps) {
          if (each.what === 'free') {
            const [list] = lists.length === 0 ? [] : lists.splice(each.which % lists.length, 1);
            if (list !== undefined) memory.freeList(list);
            continue;
          }
          const list = memory.allocateList(each.kind as ListClass<MemoryList>, each.length);
          expect([list.constructor, list.length]).toEqual([each.kind, each.length]);
          const bytes = new Uint8Array(list.buffer, list.byteOffset, list.byteLength);
          expect(bytes.subarray(0, LOOKED_AT).every((byte) => byte === 0) && (bytes.at(-1) ?? 0) === 0).toBe(
            true,
          );
          expect(lists.some((other) => overlap(other, list))).toBe(false);
          bytes.fill(0x5a, 0, LOOKED_AT);
          bytes.fill(0x5a, -1);
          if (isIn(memory, list)) {
            own++;
            expect(list.byteOffset).toBeGreaterThan(2 ** 16);
            if (starts.has(list.byteOffset)) reused++;
            starts.add(list.byteOffset);
          }
          lists.push(list);
        }
        for (const list of lists) memory.freeList(list);
      }),
      { numRuns: 40 },
    );
    expect(Math.min(own, reused)).toBeGreaterThan(20);
    expect(memory.read(0, 2 ** 16).every((byte) => byte === 0xa5)).toBe(true);
    // All gaps have become one again.
    const room = memory.frame(0).buffer.byteLength - Math.min(...starts);
    expect(isIn(memory, memory.allocateList(Uint32Array, room / 4))).toBe(true);
  });

  it('gives an ordinary array where RAM is plain, or what is left is too little', () => {
    const plain = new PhysicalMemory(4096, { backing: 'plain' }).allocateList(Float64Array, 100);
    expect([plain.byteOffset, plain.buffer.byteLength]).toEqual([0, 800]);
    const memory = inside();
    const large = memory.allocateList(BigUint64Array, 2 ** 23 + 1);
    expect([isIn(memory, large), large.length]).toEqual([false, 2 ** 23 + 1]);
    memory.freeList(large);
    expect(isIn(memory, memory.allocateList(Uint32Array, 5))).toBe(true);
  });

  it('refuses what is no list, and to take back what is not lent', () => {
    const memory = inside();
    const make = (kind: unknown, length: unknown) => () =>
      memory.allocateList(kind as typeof Uint32Array, length as number);
    expect(make(Uint8Array, 5)).toThrow('Uint8Array is no class of lists: give Uint32Array');
    expect(make(undefined, 5)).toThrow('undefined is no class of lists');
    for (const length of [-1, 1.5, Number.NaN, '7', 2n])
      expect(make(Uint32Array, length)).toThrow(`list length ${String(length)} is not a whole number`);
    expect(make(Uint32Array, 2 ** 52)).toThrow(RangeError);
    const list = memory.allocateList(Uint32Array, 2000);
    for (const part of [list.subarray(1), list.subarray(0, 1999), list.subarray(1024)])
      expect(() => memory.freeList(part)).toThrow('elements is not lent: give it back whole');
    memory.freeList(list);
    expect(() => memory.freeList(list)).toThrow('the list of 2000 elements is not lent');
    memory.freeList(inside().allocateList(Uint32Array, 5));
  });
});
