import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiBytes, asciiText } from '../../src/bytes/ascii.ts';
import { crc32 } from '../../src/bytes/crc32.ts';

describe('CRC-32', () => {
  it('of the nine digits is the check value of every catalogue', () => {
    expect(crc32(asciiBytes('123456789'))).toBe(0xcbf4_3926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it('is what gzip writes behind its contents', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc32(bytes)).toBe(gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8));
      }),
    );
  });

  it('goes on from the bytes before', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, cut) => {
        expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(crc32(bytes));
      }),
    );
  });
});

describe('bytes as text', () => {
  it('come back, however many', () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i);
    expect(asciiBytes(asciiText(bytes))).toEqual(bytes);
  });
});
