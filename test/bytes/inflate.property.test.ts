import { constants, deflateRawSync, deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink, DeflateError, inflate } from '../../src/bytes/inflate.ts';
import { unzlib } from '../../src/bytes/zlib.ts';

const LIMIT = 2 ** 20;

/** Contents between noise and repetition, so that all kinds of blocks and long codes occur. */
const contents = fc
  .record({
    length: fc.oneof(fc.nat(60), fc.nat(70_000)),
    seed: fc.nat(),
    alphabet: fc.integer({ min: 1, max: 256 }),
  })
  .map(({ length, seed, alphabet }) => {
    let x = seed | 1;
    return Uint8Array.from({ length }, (_, i) => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      // Some symbols much rarer than others: codes of all lengths.
      return i % 1000 < 700 ? Math.clz32(x) % alphabet : (x >>> 24) % alphabet;
    });
  });

const options = fc.record({
  level: fc.constantFrom(0, 1, 6, 9),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
  ),
  memLevel: fc.constantFrom(1, 8),
});

interface Outcome {
  readonly bytes: Uint8Array;
  readonly end: number;
}

function ours(stream: Uint8Array): Outcome | 'refused' | 'too long' {
  const sink = new ByteSink(LIMIT);
  try {
    const end = inflate(stream, 0, sink);
    return end === undefined ? 'too long' : { bytes: sink.from(0), end };
  } catch (error) {
    if (error instanceof DeflateError) return 'refused';
    throw error;
  }
}

function zlibs(stream: Uint8Array): Outcome | 'refused' | 'too long' {
  try {
    const result: unknown = inflateRawSync(stream, { maxOutputLength: LIMIT, info: true });
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
    return { bytes: buffer, end: engine.bytesWritten };
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too long' : 'refused';
  }
}

/** Deflate's own verdict counts; where one of the two stops at its limit, the other need not. */
function expectAgreement(stream: Uint8Array): void {
  const [found, wanted] = [ours(stream), zlibs(stream)];
  if (found === 'too long' || wanted === 'too long') return;
  if (found === 'refused' || wanted === 'refused') expect(found).toBe(wanted);
  else {
    expect(found.end).toBe(wanted.end);
    expect(Buffer.compare(found.bytes, wanted.bytes)).toBe(0);
  }
}

describe('inflate', () => {
  it('gives back what zlib deflated, at every level and strategy, and where the stream ends', () => {
    fc.assert(
      fc.property(contents, options, fc.uint8Array({ maxLength: 9 }), (plain, how, tail) => {
        const stream = deflateRawSync(plain, how);
        const found = ours(Buffer.concat([stream, tail]));
        if (typeof found === 'string') throw new Error(found);
        expect(found.end).toBe(stream.length);
        expect(Buffer.compare(found.bytes, plain)).toBe(0);
      }),
    );
  });

  it('accepts a damaged stream exactly if zlib does, with the same bytes', () => {
    fc.assert(
      fc.property(
        contents,
        options,
        fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 3 }),
        (plain, how, flips) => {
          const stream = deflateRawSync(plain, how);
          // Half of them near the start, where the codes are described.
          for (const [where, bit] of flips) {
            stream[where % Math.min(stream.length, where & 1 ? 80 : stream.length)]! ^= 1 << bit;
          }
          expectAgreement(stream);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('accepts noise exactly if zlib does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(2, 3, 4, 5), (noise, start) => {
        // The first three bits choose the kind of block; the rest is noise.
        if (noise.length > 0) noise[0] = (noise[0]! & ~7) | start;
        expectAgreement(noise);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses a stream cut anywhere', () => {
    const stream = deflateRawSync(Buffer.from('abcabcabcdefabcabc'.repeat(40)));
    for (let length = 0; length < stream.length; length++)
      expect(ours(stream.subarray(0, length))).toBe('refused');
  });

  it('takes the stream of nothing whatever bits fill its last byte, and nothing like it', () => {
    for (let second = 0; second < 256; second++) expectAgreement(Uint8Array.of(3, second, 0, 0));
    expect(ours(Uint8Array.of(3, 0xfc, 1))).toEqual({ bytes: new Uint8Array(0), end: 2 });
    expect(ours(Uint8Array.of(3))).toBe('refused');
  });

  it('says in our words what is wrong with a stream', () => {
    // Of a block: its last bit and kind, then what follows them.
    expect(() => inflate(Uint8Array.of(7), 0, new ByteSink(9))).toThrow('a block is of the reserved type 3');
    expect(() => inflate(Uint8Array.of(1, 1, 0, 0, 0), 0, new ByteSink(9))).toThrow(
      'the two lengths of a stored block disagree',
    );
    expect(() => inflate(Uint8Array.of(1), 0, new ByteSink(9))).toThrow('it is cut short');
  });

  it('does not let a stream repeat what an earlier one left in the sink', () => {
    const sink = new ByteSink(LIMIT);
    // Fixed codes: a literal, then 3 bytes from 2 back, of which this stream has written one.
    const bad = Uint8Array.of(0x4b, 0x04, 0x22, 0x00);
    expect(ours(bad)).toBe('refused');
    inflate(deflateRawSync(Buffer.from('before')), 0, sink);
    expect(() => inflate(bad, 0, sink)).toThrow('it repeats bytes from before its start');
  });

  it('stops soon after the limit of the sink', () => {
    const bomb = deflateRawSync(new Uint8Array(2 ** 26));
    const sink = new ByteSink(5000);
    expect(inflate(bomb, 0, sink)).toBeUndefined();
    expect(sink.length).toBeGreaterThan(5000);
    expect(sink.length).toBeLessThan(20_000);
  });

  it('takes time in proportion to a file of many small blocks, each with codes of its own', () => {
    const blocks = 3000;
    const flushed = deflateRawSync(Buffer.from('xyzzy'), { finishFlush: constants.Z_SYNC_FLUSH });
    const stream = Buffer.concat([...Array.from({ length: blocks }, () => flushed), deflateRawSync('')]);
    const found = ours(stream);
    expect(typeof found === 'string' ? found : found.bytes.length).toBe(5 * blocks);
  });
});

describe('unzlib', () => {
  it('agrees with zlib on whole and on damaged streams', () => {
    fc.assert(
      fc.property(contents, options, fc.option(fc.tuple(fc.nat(), fc.nat(7))), (plain, how, flip) => {
        const stream = deflateSync(plain, how);
        if (flip !== null) stream[flip[0] % stream.length]! ^= 1 << flip[1];
        const outcome = (run: () => Uint8Array): Uint8Array | string => {
          try {
            return run();
          } catch {
            return 'refused';
          }
        };
        const found = outcome(() => unzlib(stream, LIMIT));
        const wanted = outcome(() => inflateSync(stream, { maxOutputLength: LIMIT }));
        if (typeof found === 'string' || typeof wanted === 'string') expect(found).toBe(wanted);
        else expect(Buffer.compare(found, wanted)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('names what is wrong', () => {
    expect(() => unzlib(Uint8Array.of(1, 2, 3), 10)).toThrow('it does not begin with a zlib header');
    expect(() => unzlib(deflateSync(Buffer.alloc(11)), 10)).toThrow('it holds more than 10 bytes');
    const stream = deflateSync(Buffer.from('text'));
    stream[stream.length - 1]! ^= 1;
    expect(() => unzlib(stream, 10)).toThrow('its checksum is');
    expect(() => unzlib(stream.subarray(0, -2), 10)).toThrow('it is cut short');
    expect(() => unzlib(deflateSync('text', { dictionary: Buffer.from('te') }), 10)).toThrow(
      'needs a dictionary',
    );
  });
});
