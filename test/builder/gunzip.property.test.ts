import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gunzipIfNeeded } from '../../src/builder/gunzip.ts';
import { BuildError } from '../../src/builder/index.ts';

/** Bytes that deflate makes little of, so that members cross the inflater's slices of 16 KiB. */
function noise(length: number, seed: number): Uint8Array {
  let x = seed | 1;
  return Uint8Array.from({ length }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  });
}

const members = fc.array(
  fc.record({ length: fc.oneof(fc.nat(40), fc.nat(40_000)), seed: fc.nat(), plain: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

type Members = readonly { length: number; seed: number; plain: boolean }[];

function make(list: Members): { file: Uint8Array; plain: Uint8Array } {
  const parts = list.map(({ length, seed, plain }) =>
    plain ? new Uint8Array(length).fill(seed) : noise(length, seed),
  );
  return { file: Buffer.concat(parts.map((part) => gzipSync(part))), plain: Buffer.concat(parts) };
}

/** The plain bytes, or 'refused'. Anything but a BuildError is thrown on. */
function outcome(file: Uint8Array): Uint8Array | 'refused' {
  try {
    return gunzipIfNeeded(file, 'initrd', 2 ** 20).bytes;
  } catch (error) {
    if (error instanceof BuildError && error.code === 'bad-gzip') return 'refused';
    throw error;
  }
}

function same(a: Uint8Array | 'refused', b: Uint8Array): boolean {
  return a !== 'refused' && Buffer.compare(a, b) === 0;
}

describe('gunzipIfNeeded', () => {
  it('gives the contents of all members', () => {
    fc.assert(
      fc.property(members, (list) => {
        const { file, plain } = make(list);
        expect(same(outcome(file), plain)).toBe(true);
      }),
    );
  });

  it('finds a member that starts at any place around the end of a slice', () => {
    for (let length = 16 * 1024 - 60; length < 16 * 1024 + 20; length++) {
      const { file, plain } = make([
        { length, seed: 7, plain: false },
        { length: 9, seed: 8, plain: false },
      ]);
      expect(same(outcome(file), plain)).toBe(true);
    }
  });

  it('refuses a file cut anywhere behind its first two bytes', () => {
    fc.assert(
      fc.property(members, fc.nat(), fc.boolean(), (list, where, atEnd) => {
        const { file } = make(list.slice(0, 1));
        const cut = atEnd ? Math.max(2, file.length - 1 - (where % 20)) : 2 + (where % (file.length - 2));
        expect(outcome(file.subarray(0, cut))).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });

  it('never gives other bytes for a file with a wrong bit', () => {
    fc.assert(
      fc.property(members, fc.nat(), fc.nat(7), (list, where, bit) => {
        const { file, plain } = make(list);
        // Behind the magic, without which it is no gzip file, and the flags, which announce optional fields.
        const at = 4 + (where % (file.length - 4));
        file[at]! ^= 1 << bit;
        const found = outcome(file);
        expect(found === 'refused' || same(found, plain)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses bytes behind the last member', () => {
    const { file } = make([{ length: 1000, seed: 1, plain: false }]);
    for (const tail of [Uint8Array.of(0), new Uint8Array(512), Buffer.from('something else, long enough')]) {
      expect(outcome(Buffer.concat([file, tail]))).toBe('refused');
    }
  });

  it('stops soon after its limit', () => {
    const bomb = gzipSync(new Uint8Array(64 * 2 ** 20));
    const { bytes, tooLong } = gunzipIfNeeded(bomb, 'initrd', 4096);
    expect(tooLong).toBe(true);
    expect(bytes.length).toBeLessThan(32 * 2 ** 20);
  });

  it('takes a file of exactly the limit', () => {
    const file = gzipSync(noise(4096, 3));
    expect(gunzipIfNeeded(file, 'initrd', 4096)).toMatchObject({ tooLong: false });
    expect(gunzipIfNeeded(file, 'initrd', 4095)).toMatchObject({ tooLong: true });
  });

  it('hands plain files back as they are', () => {
    const file = noise(100, 5);
    expect(gunzipIfNeeded(file, 'kernel', 4096)).toEqual({ bytes: file, tooLong: false });
  });
});
