import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DumpError, openDump, readRegisters } from '../../src/dump/index.ts';
import { openMachine } from '../../src/machine/index.ts';
import { LOW_RAM, memoryLike, SAMPLE_CPUS } from './sample.ts';
import { avml, elfCore, flattenedFile, kdump, lime, qemuNotes, xenContext, xenCore } from './writers.ts';

/** Small, so that a change falls on a header often. */
const ram = [
  { start: 0, bytes: memoryLike(0x5000, 4) },
  { start: 0x1_0000, bytes: memoryLike(0x3000, 5) },
];
const notes = qemuNotes(SAMPLE_CPUS);
const page = { pfn: 3, bytes: memoryLike(4096, 6) };
const FILES: readonly (readonly [string, Uint8Array])[] = [
  ['an ELF core', elfCore(ram, { notes })],
  ['a 32-bit ELF core', elfCore(ram, { is64: false, notes })],
  ['a kdump', kdump(ram, { notes })],
  ['a 32-bit kdump with snappy', kdump(ram, { is64: false, codec: 'snappy' })],
  ['a flattened kdump', flattenedFile(kdump(ram, { notes }), 3000)],
  ['LiME', lime(ram)],
  ['AVML', avml(ram)],
  ['a Xen dump', xenCore([page], [xenContext(64, [1n, 0n, 0n, 0x3000n, 0x20n])], true)],
];

/** Whatever is in the file: it opens or is refused, and so is every frame; and no more is read than the file has. */
function survives(file: Uint8Array, partial: boolean): void {
  let bytesRead = 0;
  const source = {
    size: file.length,
    read: (offset: number, length: number) => {
      expect(
        Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= file.length,
      ).toBe(true);
      bytesRead += length;
      return file.subarray(offset, offset + length);
    },
  };
  documented(() => {
    const { memory } = openDump(source, { partial });
    let ranges = 0;
    for (const range of memory.ranges()) {
      if (++ranges > 100) break;
      for (const physical of [range.start, range.end - 1]) {
        documented(() => memory.loadWord(physical - (physical % 4)));
        documented(() => memory.storeWord(physical - (physical % 4), 1));
        documented(() => memory.readUint8(physical));
      }
    }
  });
  documented(() => openMachine(source, { partial }));
  expect(bytesRead).toBeLessThan(100 * file.length + 2 ** 20);
}

function documented(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DumpError || error instanceof RangeError)) throw error;
  }
}

describe.each(FILES)('%s', (_, file) => {
  it('with changed bytes opens, or is refused with a documented error', () => {
    const change = fc.record({
      at: fc.oneof(fc.nat(Math.min(file.length, 600) - 1), fc.nat(file.length - 1)),
      value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
      times: fc.constantFrom(1, 1, 2, 4, 8),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.boolean(), (changes, partial) => {
        const damaged = file.slice();
        for (const { at, value, times } of changes) damaged.fill(value, at, at + times);
        survives(damaged, partial);
      }),
      { numRuns: 150 },
    );
  });

  it('with one bit flipped anywhere in its first bytes opens, or is refused', () => {
    for (let bit = 0; bit < Math.min(600, file.length) * 8; bit += 13) {
      const damaged = file.slice();
      damaged[bit >>> 3]! ^= 1 << (bit & 7);
      survives(damaged, bit % 2 === 0);
    }
  });

  it('cut anywhere is refused, and what is left of it opens or is refused', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.boolean(), (length, partial) =>
        survives(file.slice(0, length), partial),
      ),
      { numRuns: 80 },
    );
  });
});

describe('any bytes', () => {
  it('open as raw memory, or are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => survives(bytes, true)),
      { numRuns: 200 },
    );
  });
});

describe('readRegisters', () => {
  it('reads any text, or refuses it', () => {
    const words = fc.constantFrom(
      'CR0=',
      'CR3',
      'EFER=0x',
      'CPU#',
      '{"cr0":',
      '[',
      '}',
      ' 0x',
      '-1',
      'e',
      '\n',
      '"',
      'cpus',
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.array(fc.oneof(words, fc.string({ maxLength: 5 }))).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => documented(() => readRegisters(text))),
      { numRuns: 500 },
    );
  });
});

describe('memory whose registers are wild', () => {
  it('opens, or is refused', () => {
    const file = elfCore(LOW_RAM, { notes });
    const register = fc.oneof(
      fc.nat(),
      fc.constantFrom(0, 0x8000_0001, 0x20, 0xffff_ffff, 0x1000),
      fc.double({ min: 0, max: 2 ** 60, noNaN: true }).map(Math.floor),
    );
    fc.assert(
      fc.property(
        fc.record({ cr0: register, cr3: register, cr4: register, efer: register }, { requiredKeys: [] }),
        (registers) => {
          documented(() => openMachine(file, { registers }));
        },
      ),
      { numRuns: 300 },
    );
  });
});
