import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EntryKernel,
  entryKernel,
  jsEntryKernel,
  SCRATCH_ENTRIES,
  wasmEntryKernel,
} from '../../src/builder/entry-kernel.ts';
import { writePageTables } from '../../src/builder/table-writer.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';

/** Node has WebAssembly with vectors; a test without it would compare JavaScript with itself. */
function wasm(): EntryKernel {
  const kernel = wasmEntryKernel();
  if (kernel === undefined) throw new Error('this host has no WebAssembly with vectors');
  return kernel;
}

describe('the entry kernel', () => {
  it('makes the same entries in WebAssembly and in JavaScript, and touches no others', () => {
    fc.assert(
      fc.property(
        fc.nat(SCRATCH_ENTRIES),
        fc.nat(200),
        fc.nat(0xfff),
        fc.uint32Array({ minLength: 200, maxLength: 200, max: 0xf_ffff }),
        (start, length, flags, frames) => {
          const [fast, plain] = [wasm(), jsEntryKernel()];
          const end = Math.min(start + length, SCRATCH_ENTRIES);
          for (const { scratch } of [fast, plain]) scratch.set(frames.subarray(0, end - start), start);
          fast.makeEntries(start, end, flags);
          plain.makeEntries(start, end, flags);
          expect(fast.scratch).toEqual(plain.scratch);
          const wanted = Array.from(frames.subarray(0, end - start), (frame) => frame * 4096 + flags);
          expect([...plain.scratch.subarray(start, end)]).toEqual(wanted);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('does without WebAssembly where the host forbids it, as a page may', () => {
    const { WebAssembly } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      expect(wasmEntryKernel()).toBeUndefined();
      const Module = (): never => {
        throw new WebAssembly.CompileError('forbidden by Content-Security-Policy');
      };
      Reflect.set(globalThis, 'WebAssembly', { Module });
      expect(wasmEntryKernel()).toBeUndefined();
    } finally {
      Reflect.set(globalThis, 'WebAssembly', WebAssembly);
    }
    expect(entryKernel().kind).toBe('wasm');
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
        const [fast, plain] = [new PhysicalMemory(10_100 * 4096), new PhysicalMemory(10_100 * 4096)];
        // What lay there before must not shine through.
        for (const memory of [fast, plain]) memory.write(9_999 * 4096, new Uint8Array(11 * 4096).fill(0xa5));
        writePageTables(fast, plan, wasm());
        writePageTables(plain, plan, jsEntryKernel());
        const bytes = fast.read(9_999 * 4096, 12 * 4096);
        expect(Buffer.compare(bytes, plain.read(9_999 * 4096, 12 * 4096))).toBe(0);
        for (const page of [0, plan.lowestTablePage, pages - 1]) {
          const flags = page < plan.lowestTablePage ? 0x23 : 0x21;
          const at = (10_000 + Math.floor((entry + page) / 1024)) * 4096 + ((entry + page) % 1024) * 4;
          expect(fast.readUint32(at)).toBe(frames[page]! * 4096 + flags);
        }
      }),
      { numRuns: 60 },
    );
  });
});
