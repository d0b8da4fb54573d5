import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARK_SHIFTS } from '../../src/builder/mark-module.ts';
import {
  FRAMES_AT_ONCE,
  jsTableKernel,
  SCRATCH_BITS,
  SCRATCH_FRAMES,
  SCRATCH_LIST,
  SCRATCH_TABLE_FRAMES,
  type TableKernel,
  tableKernel,
  wasmTableKernel,
} from '../../src/builder/table-kernel.ts';
import { writePageTables, writeUpdates } from '../../src/builder/table-writer.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';

/** Node has WebAssembly with vectors; a test without it would compare JavaScript with itself. */
function wasm(): TableKernel {
  const kernel = wasmTableKernel();
  if (kernel === undefined) throw new Error('this host has no WebAssembly with vectors');
  return kernel;
}

const fast = wasm();
const plain = jsTableKernel();

/** Somewhere in the tables, some frames, flags. */
const RANGE = fc.record({
  start: fc.nat(FRAMES_AT_ONCE),
  flags: fc.nat(0xfff),
  frames: fc.uint32Array({ maxLength: 200, max: 0xf_ffff }),
});

describe('the table kernel', () => {
  it('makes the same entries and updates in WebAssembly and in JavaScript, and touches no others', () => {
    fc.assert(
      fc.property(RANGE, fc.boolean(), fc.nat(0xffff), ({ start, flags, frames }, listed, page) => {
        const count = Math.min(frames.length, FRAMES_AT_ONCE - start);
        const at = start * 4;
        const pointer = 0xfff_f000 * 16 + at;
        const list = SCRATCH_LIST + 8;
        for (const kernel of [fast, plain]) {
          kernel.words.fill(7, 0, FRAMES_AT_ONCE + 1);
          kernel.words.fill(7, SCRATCH_LIST >>> 2, (SCRATCH_LIST >>> 2) + 900);
          kernel.words.set(frames.subarray(0, count), start);
          if (listed) kernel.records(at, at, list, at + 4 * count, pointer, page, flags);
          else kernel.entries(at, at, at + 4 * count, flags);
        }
        const entries = Array.from(frames.subarray(0, count), (frame) => frame * 4096 + flags);
        const wanted = Array.from({ length: FRAMES_AT_ONCE + 1 }, () => 7);
        wanted.splice(start, count, ...entries);
        const updates = entries.flatMap((entry, i) => [
          ...[(pointer + 4 * i) % 2 ** 32, entry],
          ...[frames[i]! * 4096 + 2, page + i],
        ]);
        const wantedList = Array.from({ length: 900 }, () => 7);
        if (listed) wantedList.splice(2, updates.length, ...updates);
        for (const { words } of [fast, plain]) {
          expect([...words.subarray(0, FRAMES_AT_ONCE + 1)]).toEqual(wanted);
          expect([...words.subarray(SCRATCH_LIST >>> 2, (SCRATCH_LIST >>> 2) + 900)]).toEqual(wantedList);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('makes whole tables and their updates in one call as entry by entry', () => {
    const [words, updates] = [3 * 1024, 3 * (2 + 4 * 1024)];
    // Anywhere else; where the frames are is tested by whole builds.
    const place = SCRATCH_LIST + 2 ** 20;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.nat(0xf_ffff), fc.nat(0xfff), (count, seed, flags) => {
        const frames = Uint32Array.from({ length: words }, (_, i) => (i * 7919 + seed) % 0x10_0000);
        const tableFrames = frames.subarray(0, 3).map((frame) => frame ^ 0xf_f000);
        const [slot, page] = [0x1234_5000 + 4 * (seed % 1020), seed % 0x8000];
        const made = [fast, plain].map((kernel) => {
          kernel.words.set(frames, SCRATCH_FRAMES >>> 2);
          kernel.words.set(tableFrames, SCRATCH_TABLE_FRAMES >>> 2);
          kernel.words.fill(7, place >>> 2, (place >>> 2) + words);
          kernel.words.fill(7, SCRATCH_LIST >>> 2, (SCRATCH_LIST >>> 2) + updates);
          kernel.listedTables(
            ...[SCRATCH_FRAMES, SCRATCH_FRAMES + count * 4096, place, SCRATCH_TABLE_FRAMES],
            ...([SCRATCH_LIST, slot, page, flags] as const),
          );
          const at = (start: number, length: number): Uint32Array =>
            kernel.words.slice(start >>> 2, (start >>> 2) + length);
          return { tables: at(place, words), list: at(SCRATCH_LIST, updates) };
        });
        const tables = frames.map((frame, i) => (i < count * 1024 ? (frame << 12) | flags : 7));
        const list = [...tableFrames.subarray(0, count)].flatMap((tableFrame, table) => [
          ...[slot + 4 * table, tableFrame * 4096 + 0x67],
          ...[...frames.subarray(table * 1024, (table + 1) * 1024)].flatMap((frame, i) => [
            ...[tableFrame * 4096 + 4 * i, frame * 4096 + flags, frame * 4096 + 2],
            page + table * 1024 + i,
          ]),
        ]);
        const wanted = new Uint32Array(updates).fill(7);
        wanted.set(list);
        for (const one of made) {
          expect(Buffer.compare(Buffer.from(one.tables.buffer), Buffer.from(tables.buffer))).toBe(0);
          expect(Buffer.compare(Buffer.from(one.list.buffer), Buffer.from(wanted.buffer))).toBe(0);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('marks frames below a limit, one bit each, and counts and clears the bits', () => {
    // The edges of every map, and frames whose bits share a word.
    const edges = MARK_SHIFTS.flatMap((shift) => [2 ** shift, 8 * 2 ** shift]);
    const near = edges.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((frame) => frame <= 0x10_0000);
    const frame = fc.oneof(
      fc.nat(40),
      fc.constantFrom(...near.filter((one) => one < 0x10_0000)),
      fc.nat(0xf_ffff),
    );
    const limit = fc.oneof(fc.constant(0x10_0000), fc.constantFrom(...near), fc.nat(0x10_0000));
    let refused = 0;
    fc.assert(
      fc.property(fc.array(fc.array(frame, { maxLength: 9 }), { maxLength: 4 }), limit, (lists, most) => {
        for (const kernel of [fast, plain]) {
          const good = lists.filter((list) => {
            kernel.words.set([...list, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], SCRATCH_FRAMES >>> 2);
            const end = SCRATCH_FRAMES + 4 * list.length;
            const isGood = kernel.mark(SCRATCH_FRAMES, end, most) === 1;
            expect(isGood).toBe(list.every((one) => one < most));
            return isGood;
          });
          refused += lists.length - good.length;
          const shift = MARK_SHIFTS.find((one) => most <= 8 * 2 ** one)!;
          const bitsEnd = SCRATCH_BITS + 2 ** shift;
          expect(kernel.count(SCRATCH_BITS, bitsEnd)).toBe(new Set(good.flat()).size);
          expect(kernel.count(SCRATCH_BITS, SCRATCH_BITS + 2 ** 17)).toBe(0);
        }
      }),
      // No frame at all is above no limit: found by seed -356820743.
      { numRuns: 150, examples: [[[[]], 0]] },
    );
    expect(refused).toBeGreaterThan(20);
    for (const { words, mark } of [fast, plain]) {
      words[SCRATCH_FRAMES >>> 2] = 0xffff_ffff;
      expect(mark(SCRATCH_FRAMES, SCRATCH_FRAMES + 4, 0x10_0000)).toBe(0);
    }
  });

  it('does without WebAssembly where the host forbids it, as a page may', () => {
    const { WebAssembly } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      expect(wasmTableKernel()).toBeUndefined();
      const Module = (): never => {
        throw new WebAssembly.CompileError('forbidden by Content-Security-Policy');
      };
      Reflect.set(globalThis, 'WebAssembly', { Module });
      expect(wasmTableKernel()).toBeUndefined();
    } finally {
      Reflect.set(globalThis, 'WebAssembly', WebAssembly);
    }
    expect(tableKernel().kind).toBe('wasm');
  });
});

describe('writePageTables', () => {
  it('writes the same tables with either kernel, from any load address', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 9000 }), fc.nat(1023), fc.nat(0xffff), (pages, entry, seed) => {
        const loadAddress = 0xc000_0000 + entry * 4096;
        const tables = Math.ceil((entry + pages) / 1024);
        const frames = Uint32Array.from({ length: pages }, (_, page) => (page * 7919 + seed) % 9973);
        const plan = {
          frames,
          loadAddress,
          tableFrames: Uint32Array.from({ length: tables }, (_, table) => 10_000 + table),
          directoryFrame: 9_999,
          lowestTablePage: Math.max(0, pages - 1 - tables),
        };
        const [one, other] = [new PhysicalMemory(10_100 * 4096), new PhysicalMemory(10_100 * 4096)];
        // What lay there before must not shine through.
        for (const memory of [one, other]) memory.write(9_999 * 4096, new Uint8Array(11 * 4096).fill(0xa5));
        const updates = writeUpdates(one, plan, undefined, fast);
        writePageTables(other, plan, plain);
        const bytes = one.read(9_999 * 4096, 12 * 4096);
        expect(Buffer.compare(bytes, other.read(9_999 * 4096, 12 * 4096))).toBe(0);
        expect(
          Buffer.compare(
            Buffer.from(updates.buffer),
            Buffer.from(writeUpdates(undefined, plan, undefined, plain).buffer),
          ),
        ).toBe(0);
        // Every entry that the list names, and no other, is not zero.
        let entries = 0;
        for (let i = 0; i < updates.length; i += 2) {
          if ((updates[i]! & 3) !== 0) continue;
          expect(one.readUint32(updates[i]!)).toBe(updates[i + 1]!);
          entries++;
        }
        const words = new Uint32Array(bytes.buffer, 0, (1 + tables) * 1024);
        expect(words.reduce((sum, word) => sum + (word === 0 ? 0 : 1), 0)).toBe(entries);
        for (const page of [0, plan.lowestTablePage, pages - 1]) {
          const flags = page < plan.lowestTablePage ? 0x23 : 0x21;
          const at = (10_000 + Math.floor((entry + page) / 1024)) * 4096 + ((entry + page) % 1024) * 4;
          expect(one.readUint32(at)).toBe(frames[page]! * 4096 + flags);
        }
      }),
      { numRuns: 30 },
    );
  });
});
