import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  jsTableKernel,
  SCRATCH_ENTRIES,
  SCRATCH_LIST,
  SCRATCH_USED,
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
  start: fc.nat(SCRATCH_ENTRIES),
  flags: fc.nat(0xfff),
  frames: fc.uint32Array({ maxLength: 200, max: 0xf_ffff }),
});

describe('the table kernel', () => {
  it('makes the same entries and updates in WebAssembly and in JavaScript, and touches no others', () => {
    fc.assert(
      fc.property(RANGE, fc.boolean(), fc.nat(0xffff), ({ start, flags, frames }, listed, page) => {
        const count = Math.min(frames.length, SCRATCH_ENTRIES - start);
        const at = start * 4;
        const pointer = 0xfff_f000 * 16 + at;
        const list = SCRATCH_LIST + 8;
        for (const kernel of [fast, plain]) {
          kernel.words.fill(7, 0, SCRATCH_ENTRIES + 1);
          kernel.words.fill(7, SCRATCH_LIST >>> 2, (SCRATCH_LIST >>> 2) + 900);
          kernel.words.set(frames.subarray(0, count), start);
          if (listed) kernel.records(at, at, list, at + 4 * count, pointer, page, flags);
          else kernel.entries(at, at, at + 4 * count, flags);
        }
        const entries = Array.from(frames.subarray(0, count), (frame) => frame * 4096 + flags);
        const wanted = Array.from({ length: SCRATCH_ENTRIES + 1 }, () => 7);
        wanted.splice(start, count, ...entries);
        const updates = entries.flatMap((entry, i) => [
          ...[(pointer + 4 * i) % 2 ** 32, entry],
          ...[frames[i]! * 4096 + 2, page + i],
        ]);
        const wantedList = Array.from({ length: 900 }, () => 7);
        if (listed) wantedList.splice(2, updates.length, ...updates);
        for (const { words } of [fast, plain]) {
          expect([...words.subarray(0, SCRATCH_ENTRIES + 1)]).toEqual(wanted);
          expect([...words.subarray(SCRATCH_LIST >>> 2, (SCRATCH_LIST >>> 2) + 900)]).toEqual(wantedList);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('finds the first frame that is beyond the limit or used already', () => {
    fc.assert(
      fc.property(fc.uint32Array({ minLength: 1, maxLength: 60, max: 90 }), fc.nat(90), (frames, limit) => {
        const first = frames.findIndex((frame, i) => frame >= limit || frames.indexOf(frame) < i);
        const end = 4 * frames.length;
        for (const kernel of [fast, plain]) {
          kernel.bytes.fill(0, SCRATCH_USED, SCRATCH_USED + 100);
          kernel.words.set(frames);
          expect(kernel.take(0, end, SCRATCH_USED, limit)).toBe(first < 0 ? end : 4 * first);
        }
      }),
    );
    for (const kernel of [fast, plain]) {
      kernel.words[0] = 0xffff_ffff;
      expect(kernel.take(0, 4, SCRATCH_USED, 100)).toBe(0);
      expect(kernel.take(0, 0, SCRATCH_USED, 100)).toBe(0);
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
        const updates = writeUpdates(one, plan, fast);
        writePageTables(other, plan, plain);
        const bytes = one.read(9_999 * 4096, 12 * 4096);
        expect(Buffer.compare(bytes, other.read(9_999 * 4096, 12 * 4096))).toBe(0);
        expect(
          Buffer.compare(
            Buffer.from(updates.buffer),
            Buffer.from(writeUpdates(undefined, plan, plain).buffer),
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
