import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** RAM lies in arrays of this size, of which pieces of {@link BLOCK} are noted as written. */
const CHUNK = 32 * MIB;
const BLOCK = 4 * MIB;

describe('new PhysicalMemory', () => {
  it('takes multiples of 4096 from 4 KiB to 64 GiB', () => {
    for (const size of [4096, 4096 * 3, CHUNK + 4096, 4 * GIB, 64 * GIB]) {
      const memory = new PhysicalMemory(size);
      expect([memory.sizeBytes, memory.frameCount]).toEqual([size, size / 4096]);
    }
  });

  it('names the value and the limits when it refuses another size', () => {
    for (const size of [0, -4096, 64 * GIB + 4096, Number.NaN]) {
      expect(() => new PhysicalMemory(size)).toThrow(`memory size ${size} is outside 4096`);
    }
    expect(() => new PhysicalMemory(5000)).toThrow(
      'memory size 5000 is not a multiple of 4096 bytes; 8192 is the next',
    );
  });
});

describe('host memory', () => {
  it('is used only for what was written: a 4 GiB machine with a domain near the top costs megabytes', () => {
    const before = process.memoryUsage();
    const memory = new PhysicalMemory(4 * GIB);
    expect(memory.readUint32(2 * GIB)).toBe(0);
    expect(memory.allocatedBytes).toBe(0);
    for (let at = 4 * GIB - 16 * MIB; at < 4 * GIB; at += 4096) memory.writeUint32(at, at);
    expect(memory.allocatedBytes).toBe(16 * MIB);
    const after = process.memoryUsage();
    // Address space comes in arrays of 32 MiB; memory itself only where something was written.
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(100 * MIB);
    expect(after.rss - before.rss).toBeLessThan(64 * MIB);
  });

  it('is not used by reading, nor by a refused write', () => {
    const memory = new PhysicalMemory(64 * GIB);
    memory.read(63 * GIB, 100_000);
    expect(() => memory.write(64 * GIB - 1, new Uint8Array(2))).toThrow(RangeError);
    expect(memory.allocatedBytes).toBe(0);
  });
});

describe('access', () => {
  it('is little-endian', () => {
    const memory = new PhysicalMemory(4096);
    memory.writeUint32(0, 0x1234_5678);
    expect(Array.from(memory.read(0, 4))).toEqual([0x78, 0x56, 0x34, 0x12]);
    expect(memory.readUint16(1)).toBe(0x3456);
  });

  /** Two chunks and a bit, so that addresses fall on either side of a chunk's end. */
  const size = 2 * CHUNK + 8192;
  const address = fc.oneof(
    fc.nat(size - 4),
    fc.integer({ min: CHUNK - 4, max: CHUNK }),
    fc.integer({ min: BLOCK - 4, max: BLOCK }),
    fc.integer({ min: 4090, max: 4100 }),
    fc.integer({ min: size - 8, max: size - 4 }),
  );

  it('behaves as an array of bytes, at any alignment, across frames and chunks', () => {
    const write = fc.record({
      at: address,
      width: fc.constantFrom(1, 2, 4),
      value: fc.integer({ min: 0, max: 0xffff_ffff }),
    });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const memory = new PhysicalMemory(size);
        const model = new Map<number, number>();
        for (const { at, width, value } of writes) {
          if (width === 1) memory.writeUint8(at, value);
          else if (width === 2) memory.writeUint16(at, value);
          else memory.writeUint32(at, value);
          for (let i = 0; i < width; i++) model.set(at + i, (value >>> (8 * i)) & 0xff);
        }
        const byte = (at: number): number => model.get(at) ?? 0;
        for (const { at } of writes) {
          expect(memory.readUint8(at)).toBe(byte(at));
          expect(memory.readUint16(at)).toBe(byte(at) + byte(at + 1) * 2 ** 8);
          expect(memory.readUint32(at)).toBe(
            byte(at) + byte(at + 1) * 2 ** 8 + byte(at + 2) * 2 ** 16 + byte(at + 3) * 2 ** 24,
          );
          expect(Array.from(memory.read(at, 4))).toEqual([0, 1, 2, 3].map((i) => byte(at + i)));
        }
      }),
    );
  });

  it.each([
    ['frames', 4096],
    ['blocks', BLOCK],
    ['chunks', CHUNK],
  ])('puts each byte of 16 bits on its own side of a border between %s', (_, border) => {
    const memory = new PhysicalMemory(2 * CHUNK);
    memory.writeUint16(border - 1, 0xbeef);
    expect([memory.readUint8(border - 1), memory.readUint8(border)]).toEqual([0xef, 0xbe]);
    expect([memory.readUint8(0), memory.readUint8(border + 1)]).toEqual([0, 0]);
    expect(memory.readUint16(border - 1)).toBe(0xbeef);
  });

  it.each([
    ['inside a block', 0x1800, 1],
    ['across blocks, up', BLOCK - 2048, BLOCK / 4096 - 1],
    ['across chunks, down', CHUNK - 2048, CHUNK / 4096],
  ])('copies a view of its own bytes as they were before: %s', (_, to, frame) => {
    const memory = new PhysicalMemory(2 * CHUNK);
    const view = memory.frame(frame);
    for (let i = 0; i < view.length; i++) view[i] = i ^ (i >> 8);
    const before = Uint8Array.from(view);
    memory.write(to, view);
    expect(memory.read(to, 4096)).toEqual(before);
  });

  it('outside RAM names the address and the end', () => {
    const memory = new PhysicalMemory(8192);
    expect(() => memory.readUint32(8190)).toThrow(
      'physical 0x0000_1ffe + 4 bytes reaches beyond the end of memory at 0x0000_2000',
    );
    expect(() => memory.readUint8(-1)).toThrow('physical address -1 is not a whole number');
    expect(() => memory.writeUint8(1.5, 0)).toThrow('physical address 1.5 is not a whole number');
    expect(() => memory.read(0, -1)).toThrow('length -1 is not a whole number');
  });
});

describe('frame', () => {
  it('is a live view of 4096 bytes, both ways', () => {
    const memory = new PhysicalMemory(2 * CHUNK);
    const view = memory.frame(1025);
    expect(view.length).toBe(4096);
    view[3] = 0xab;
    expect(memory.readUint8(1025 * 4096 + 3)).toBe(0xab);
    memory.writeUint8(1025 * 4096 + 4095, 0xcd);
    expect(view[4095]).toBe(0xcd);
  });

  it('refuses frames that do not exist', () => {
    const memory = new PhysicalMemory(8192);
    for (const frame of [-1, 2, 0.5]) {
      expect(() => memory.frame(frame)).toThrow(
        `frame ${frame} does not exist: the memory has frames 0 to 1`,
      );
    }
  });
});

describe('writtenFrames', () => {
  it('gives the frames that are not all zero, as runs', () => {
    const memory = new PhysicalMemory(16 * MIB);
    for (const frame of [0, 1, 1023, 1024, 3000]) memory.writeUint8(frame * 4096 + 7, 1);
    memory.frame(2000);
    expect([...memory.writtenFrames()]).toEqual([
      { start: 0, count: 2 },
      { start: 1023, count: 2 },
      { start: 3000, count: 1 },
    ]);
  });
});

describe('PhysicalMemory, misused from JavaScript', () => {
  it('writes bytes and nothing that only looks like them', () => {
    const memory = new PhysicalMemory(8192);
    for (const bytes of [[300, 1], Uint16Array.of(0x1234), new ArrayBuffer(4), 'text', null, undefined, 7]) {
      expect(() => memory.write(0, bytes as never)).toThrow(TypeError);
    }
    expect(() => memory.write(0, [300] as never)).toThrow(
      'write: an Array is no Uint8Array; make one of it, such as Uint8Array.from(…)',
    );
    expect([...memory.writtenFrames()]).toEqual([]);
    memory.write(0, Buffer.from('a Buffer is one'));
    expect(memory.readUint8(0)).toBe(0x61);
  });

  it('has no size that is a text', () => {
    expect(() => new PhysicalMemory('65536' as never)).toThrow(RangeError);
    expect(() => new PhysicalMemory(Number.NaN)).toThrow('memory size NaN is outside');
  });
});
