import { crc32, gunzipSync, gzipSync } from 'node:zlib';
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

interface HeaderFields {
  readonly text?: boolean;
  readonly checksum?: boolean;
  readonly extra?: Uint8Array | null;
  readonly name?: string | null;
  readonly comment?: string | null;
}

/** Puts optional fields into the header of a gzip member that has none. */
function withHeader(member: Buffer, { text, checksum, extra, name, comment }: HeaderFields): Buffer {
  const parts: Buffer[] = [Buffer.from(member.subarray(0, 10))];
  let flags = text ? 1 : 0;
  if (extra) {
    flags |= 4;
    parts.push(Buffer.from([extra.length & 0xff, extra.length >> 8]), Buffer.from(extra));
  }
  if (typeof name === 'string') {
    flags |= 8;
    parts.push(Buffer.from(`${name}\0`));
  }
  if (typeof comment === 'string') {
    flags |= 16;
    parts.push(Buffer.from(`${comment}\0`));
  }
  if (checksum) flags |= 2;
  parts[0]![3] = flags;
  if (checksum) {
    const crc = crc32(Buffer.concat(parts));
    parts.push(Buffer.from([crc & 0xff, (crc >> 8) & 0xff]));
  }
  return Buffer.concat([...parts, member.subarray(10)]);
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
        // Behind the magic, without which it is no gzip file.
        const at = 2 + (where % (file.length - 2));
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

  it('reads every optional field of a header, with its checksum', () => {
    const header = fc.record({
      text: fc.boolean(),
      checksum: fc.boolean(),
      extra: fc.option(fc.uint8Array({ maxLength: 300 })),
      name: fc.option(fc.stringMatching(/^[a-z.]{0,20}$/)),
      comment: fc.option(fc.stringMatching(/^[ -~]{0,20}$/)),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(header, fc.nat(40)), { minLength: 1, maxLength: 3 }), (list) => {
        const plain = list.map(([, length], i) => Buffer.alloc(length, i));
        const file = Buffer.concat(list.map(([fields], i) => withHeader(gzipSync(plain[i]!), fields)));
        expect(same(outcome(file), Buffer.concat(plain))).toBe(true);
        expect(Buffer.compare(gunzipSync(file), Buffer.concat(plain))).toBe(0);
      }),
    );
  });

  it('refuses a header that does not agree with its checksum, whichever bit is wrong', () => {
    const file = withHeader(gzipSync('text'), {
      checksum: true,
      name: 'vmlinuz',
      extra: Uint8Array.of(1, 2),
    });
    const end = file.indexOf(0, 15) + 3;
    for (let at = 4; at < end; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const wrong = Uint8Array.from(file);
        wrong[at]! ^= 1 << bit;
        expect(outcome(wrong)).toBe('refused');
      }
    }
    const wrong = Uint8Array.from(file);
    wrong[5]! ^= 1;
    expect(() => gunzipIfNeeded(wrong, 'kernel', 99)).toThrow('the checksum of its header is wrong (0x');
  });

  it.each([0x20, 0x40, 0x80, 0xe0])('refuses reserved flags (%d)', (flags) => {
    const file = gzipSync('text');
    file[3]! |= flags;
    expect(() => gunzipIfNeeded(file, 'initrd', 99)).toThrow(
      `the initrd is a damaged gzip file: its flags 0x${flags.toString(16)} have reserved bits set`,
    );
  });

  it('refuses a wrong length in the trailer, and a wrong checksum, of every member', () => {
    const members = [gzipSync('one'), gzipSync('three')];
    for (const [which, end] of [
      [0, 4],
      [1, 4],
      [0, 8],
      [1, 8],
    ] as const) {
      const file = Buffer.concat(members);
      const at = (which === 0 ? members[0]!.length : file.length) - end;
      file.writeUInt32LE((file.readUInt32LE(at) + 1) % 2 ** 32, at);
      expect(() => gunzipIfNeeded(file, 'initrd', 99)).toThrow(
        end === 4 ? /it holds [35] bytes, where its end says [46]/ : /its checksum is wrong/,
      );
    }
  });

  it('reads a hundred thousand members as easily as one', () => {
    const [empty, one] = [gzipSync(''), gzipSync('x')];
    const file = Buffer.concat([
      ...Array<Buffer>(100_000).fill(empty),
      one,
      ...Array<Buffer>(100_000).fill(one),
    ]);
    expect(gunzipIfNeeded(file, 'initrd', 2 ** 20).bytes.length).toBe(100_001);
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
