import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/errors.ts';
import {
  parse32,
  parseAddress,
  parseBits,
  parseCount,
  parseLinear,
  parsePhysical,
  parseRange,
  parseSize,
} from '../../src/cli/numbers.ts';
import { closest } from '../../src/cli/suggest.ts';

describe('an address on the command line', () => {
  it('is decimal or hexadecimal, with underscores where they help', () => {
    expect(parseAddress('0xC000_1234', 'address')).toBe(0xc000_1234);
    expect(parseAddress('3_221_225_472', 'address')).toBe(0xc000_0000);
    expect(parseAddress('0Xff', 'address')).toBe(255);
  });

  it('is exact at any size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.boolean(), (value, hex) => {
        expect(BigInt(parseBits(hex ? `0x${value.toString(16)}` : `${value}`, 'x', 64))).toBe(value);
      }),
    );
  });

  it.each(['', '_', '0x', '0x_', '12z', '-1', '+1', '1e3', '1.5', '0b1', ' 1', '１'])(
    'is none: %j',
    (text) => {
      expect(() => parseAddress(text, 'address')).toThrow(
        new UsageError(`address '${text}' is no number; write it as 0xc000_1234 or 3221229108`),
      );
    },
  );

  it('fits its width, or is refused with the largest value', () => {
    expect(parse32('0xffff_ffff', 'x')).toBe(0xffff_ffff);
    expect(() => parse32('0x1_0000_0000', '--cr0')).toThrow(
      "--cr0 '0x1_0000_0000' does not fit 32 bits; the largest value is 0xffff_ffff",
    );
    expect(parsePhysical('0xf_ffff_ffff_ffff', 'x')).toBe(2 ** 52 - 1);
    expect(() => parsePhysical('0x10_0000_0000_0000', 'x')).toThrow('does not fit 52 bits');
    expect(parseLinear('0xffff_8000_0000_0000', '4-level')).toBe(0xffff_8000_0000_0000n);
    for (const mode of ['off', '32-bit', 'PAE'] as const) {
      expect(() => parseLinear('0x1C0000000', mode)).toThrow('does not fit 32 bits');
    }
  });
});

describe('a count', () => {
  it('lies between its limits', () => {
    expect([parseCount('1', 'x', 1, 9), parseCount('0x9', 'x', 1, 9)]).toEqual([1, 9]);
    for (const text of ['0', '10', 'x', '-1', '99999999999999999999']) {
      expect(() => parseCount(text, '--count', 1, 9)).toThrow(
        `--count '${text}' is no whole number from 1 to 9`,
      );
    }
  });
});

describe('a size', () => {
  it.each([
    ['4096', 4096],
    ['64M', 2 ** 26],
    ['64m', 2 ** 26],
    ['12K', 12288],
    ['1G', 2 ** 30],
    ['1GiB', 2 ** 30],
    ['1KB', 1024],
    ['0x1000', 4096],
    ['0x10K', 0x4000],
    // B is a digit here.
    ['0x1B', 27],
    ['1_024K', 2 ** 20],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text, 'size')).toBe(bytes);
  });

  it.each(['', 'M', '64Q', '0x', '_M', '1.5G', '-1M', '64 M'])('is none: %j', (text) => {
    expect(() => parseSize(text, '--memory')).toThrow(`--memory '${text}' is no size; write it as 64M`);
  });

  it('is refused where it is no exact number', () => {
    expect(() => parseSize('9007199254740992', 'size')).toThrow('is too large');
    expect(() => parseSize('99999999999G', 'size')).toThrow('is too large');
  });
});

describe('a range', () => {
  it('is two addresses, or one and a size', () => {
    const range = { start: 0xc000_0000, end: 0xc040_0000 };
    expect(parseRange('0xc000_0000-0xc040_0000', 'range', 32)).toEqual(range);
    expect(parseRange('0xc0000000+4M', 'range', 32)).toEqual(range);
    expect(parseRange('0xffff_f000-0x1_0000_0000', 'range', 32).end).toBe(2 ** 32);
    expect(parseRange('0xffffffff80000000+2G', 'range', 64)).toEqual({
      start: 0xffff_ffff_8000_0000n,
      end: 2n ** 64n,
    });
  });

  it.each([
    ['0xc0000000', 'is no range; write it as 0xc0000000-0xc0400000 or 0xc0000000+4M'],
    ['1-2-3', 'is no range'],
    ['2-2', 'is empty'],
    ['2-1', 'is empty'],
    ['1+0', 'is empty'],
    ['0-0x1_0000_0001', 'ends beyond the 32 bits'],
    ['0xffff_ffff+2', 'ends beyond the 32 bits'],
    ['x-1', "range: address 'x' is no number"],
    ['1+x', "range: size 'x' is no size"],
  ])('is none: %s', (text, message) => {
    expect(() => parseRange(text, 'range', 32)).toThrow(message);
  });
});

describe('a suggestion', () => {
  const words = ['walk', 'map', 'verify', 'vectors', 'build', 'bench'];
  it.each([
    ['wlak', 'walk'],
    ['Walk', 'walk'],
    ['verfy', 'verify'],
    ['vectro', 'vectors'],
    ['buidl', 'build'],
    ['mpa', 'map'],
  ])('for %s is %s', (slip, word) => {
    expect(closest(slip, words)).toBe(word);
  });

  it.each(['x', 'zzz', 'frobnicate', ''])('is not made for %j', (word) => {
    expect(closest(word, words)).toBeUndefined();
  });
});
