import fc from 'fast-check';
import { compress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { byteSource } from '../../src/bytes/byte-source.ts';
import { FrameBitmap } from '../../src/dump/bitmap.ts';
import { unflatten } from '../../src/dump/flattened.ts';
import { segmentStore } from '../../src/dump/segment-store.ts';
import { snappyDecode } from '../../src/dump/snappy.ts';
import { flattened } from './writers.ts';

describe('snappyDecode', () => {
  /** Bytes that repeat themselves at every distance, as memory does. */
  const repetitive = fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 40 })), {
      maxLength: 30,
    })
    .map((parts) =>
      Uint8Array.from(
        parts.flatMap(([piece, times]) => Array.from({ length: times }, () => [...piece]).flat()),
      ),
    );

  it("gives back what Snappy's compressor was given", () => {
    fc.assert(
      fc.property(repetitive, (bytes) => {
        const into = new Uint8Array(bytes.length);
        expect(snappyDecode(compress(bytes), into)).toBe(bytes.length);
        expect(Buffer.compare(into, bytes)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('decodes elements that this compressor never writes: a copy with four bytes of distance, long literals', () => {
    // Length 10; literal "ab"; copy of 8 bytes from 2 before, which reaches into what it writes itself.
    const block = Uint8Array.of(10, 0x04, 97, 98, (7 << 2) | 3, 2, 0, 0, 0);
    const into = new Uint8Array(10);
    expect(snappyDecode(block, into)).toBe(10);
    expect(Buffer.from(into).toString()).toBe('ababababab');
    // Length 3; a literal whose count is in a byte of its own, in two, in three, in four.
    for (const bytes of [1, 2, 3, 4]) {
      const long = Uint8Array.of(
        3,
        (59 + bytes) << 2,
        2,
        ...new Array<number>(bytes - 1).fill(0),
        120,
        121,
        122,
      );
      expect(snappyDecode(long, into)).toBe(3);
      expect(Buffer.from(into.subarray(0, 3)).toString()).toBe('xyz');
    }
  });

  it('refuses a block that is damaged, and never writes beyond the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(50), (block, room) => {
        const guarded = new Uint8Array(room + 8).fill(0xaa);
        const length = snappyDecode(block, guarded.subarray(0, room));
        expect(length).toBeLessThanOrEqual(room);
        expect([...guarded.subarray(room)]).toEqual(new Array(8).fill(0xaa));
      }),
      { numRuns: 2000 },
    );
    for (const bad of [
      [], // no length
      [0xff, 0xff, 0xff, 0xff, 0xff, 1], // longer than 32 bits
      [5, 0x0c, 1, 2], // the literal is cut off
      [4, 0x00, 1, 0x05, 2], // a copy from before the start
      [4, 0x00, 1, 0x01, 0], // a copy from distance 0
      [1, 0x04, 1, 2], // more than it said
      [9, 0x04, 1, 2], // less than it said
    ]) {
      expect([bad, snappyDecode(Uint8Array.from(bad), new Uint8Array(16))]).toEqual([bad, -1]);
    }
  });
});

describe('FrameBitmap', () => {
  it('counts, ranks and finds changes as a list of booleans does', () => {
    const runs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 20_000 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(runs, fc.nat(), (list, at) => {
        const bits = list.flatMap(([value, count]) => new Array<boolean>(count).fill(value));
        const bytes = new Uint8Array(Math.ceil(bits.length / 8) + 3).fill(0xff); // what lies behind does not count
        for (const [i, bit] of bits.entries()) if (!bit) bytes[i >>> 3]! &= ~(1 << (i & 7));
        const bitmap = new FrameBitmap(byteSource(bytes), 0, bits.length);
        const frame = at % (bits.length + 10);
        expect(bitmap.count).toBe(bits.filter(Boolean).length);
        expect(bitmap.end).toBe(bits.lastIndexOf(true) + 1);
        expect(bitmap.has(frame)).toBe(bits[frame] ?? false);
        if (frame < bits.length) expect(bitmap.rank(frame)).toBe(bits.slice(0, frame).filter(Boolean).length);
        if (frame < bitmap.end) {
          const next = bits.findIndex((bit, i) => i > frame && bit !== bits[frame]);
          expect(bitmap.nextChange(frame)).toBe(next < 0 ? bitmap.end : next);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('unflatten', () => {
  it('gives each byte the value of the last record that has it, and 0 to gaps', () => {
    const records = fc.array(
      fc.record({ offset: fc.nat(200), bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }) }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(records, fc.nat(300), fc.nat(300), (list, a, b) => {
        const end = Math.max(...list.map(({ offset, bytes }) => offset + bytes.length));
        const wanted = new Uint8Array(end);
        for (const { offset, bytes } of list) wanted.set(bytes, offset);
        const source = unflatten(byteSource(flattened(list)), false);
        expect(source.size).toBe(end);
        expect([...source.read(0, end)]).toEqual([...wanted]);
        const [from, to] = [Math.min(a, b, end), Math.min(Math.max(a, b), end)];
        expect([...source.read(from, to - from)]).toEqual([...wanted.subarray(from, to)]);
      }),
    );
  });
});

describe('segmentStore', () => {
  it('holds at each address the first segment there, and knows what the file lacks', () => {
    const segments = fc.array(
      fc.record({ start: fc.nat(40_000), length: fc.integer({ min: 1, max: 9000 }), offset: fc.nat(30_000) }),
      { minLength: 1, maxLength: 8 },
    );
    const file = Uint8Array.from({ length: 30_000 }, (_, i) => (i * 7 + (i >>> 8)) & 0xff);
    fc.assert(
      fc.property(segments, fc.nat(49_000), (list, at) => {
        const named = list.map(({ start, length, offset }) => ({ start, end: start + length, offset }));
        const store = segmentStore(byteSource(file), named, true);
        const order = [...named].sort((a, b) => a.start - b.start);
        /** What is at an address: painted in order, each where nothing is yet. */
        const paint = (physical: number): { state: string; byte: number | undefined } => {
          let covered = 0;
          for (const { start, end, offset } of order) {
            const from = Math.max(start, covered);
            covered = Math.max(covered, end);
            if (physical < from || physical >= end) continue;
            const byte = file[offset + physical - start];
            return { state: byte === undefined ? 'missing' : 'ram', byte };
          }
          return { state: 'hole', byte: undefined };
        };
        const wanted = paint(at);
        expect(store.stateAt(at)).toBe(wanted.state);
        const into = new Uint8Array(4096);
        const held = store.readFrame(at >>> 12, into);
        if (wanted.byte !== undefined) expect([held, into[at & 0xfff]]).toEqual([true, wanted.byte]);
        else if (held) expect(into[at & 0xfff]).toBe(0xff);
        const inRanges = [...store.ranges('ram')].some(({ start, end }) => at >= start && at < end);
        expect(inRanges).toBe(wanted.state === 'ram');
      }),
      { numRuns: 500 },
    );
  });
});
