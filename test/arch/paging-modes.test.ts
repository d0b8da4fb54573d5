import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressFields,
  CR0_PG,
  canonical,
  directoryIndex,
  fromHalves,
  highHalf,
  indexAt,
  isCanonical,
  isCanonicalHigh,
  levelsAbovePages,
  lowHalf,
  modeBits,
  PAGING_MODES,
  type PagingMode,
  pagingMode,
  tableIndex,
  tableNameOf,
} from '../../src/arch/index.ts';

const MODES = Object.keys(PAGING_MODES) as PagingMode[];
const address = fc.bigInt(0n, 2n ** 64n - 1n);

describe('modeBits', () => {
  it('selects each mode, and pagingMode finds it again; without PG no bit matters', () => {
    for (const mode of MODES) {
      const cr0 = mode === 'off' ? 0 : CR0_PG;
      expect(pagingMode({ cr0, ...modeBits(mode) })).toBe(mode);
    }
    expect(modeBits('off')).toEqual({ cr4: 0, efer: 0 });
  });
});

describe('PAGING_MODES', () => {
  it('cuts a linear address into fields that leave out no bit and share none', () => {
    for (const mode of MODES) {
      const { levels, linearBits } = PAGING_MODES[mode];
      for (let used = 0; used <= levels.length; used++) {
        let above = linearBits;
        for (const { low, bits } of addressFields(mode, used)) {
          expect(low + bits).toBe(above);
          above = low;
        }
        expect(above).toBe(0);
      }
    }
  });

  it('has tables that fill a frame, but for the four registers of PAE', () => {
    for (const mode of MODES) {
      const { levels, entryBytes } = PAGING_MODES[mode];
      for (const [i, { indexBits }] of levels.entries()) {
        expect(2 ** indexBits * entryBytes).toBe(mode === 'PAE' && i === 0 ? 32 : 4096);
      }
    }
  });

  it('names the levels from the leaf up, alike in every mode', () => {
    for (const mode of MODES) {
      const { levels } = PAGING_MODES[mode];
      expect(levels.map(({ kind }) => levelsAbovePages(kind))).toEqual(
        levels.map((_, i) => levels.length - 1 - i),
      );
      expect(levels.map(({ kind }) => tableNameOf(kind))).toEqual(levels.map(({ table }) => table));
    }
  });
});

describe('indexAt', () => {
  it('finds the index that bit arithmetic on the whole address finds', () => {
    fc.assert(
      fc.property(address, fc.constantFrom(...MODES), (linear, mode) => {
        for (const level of PAGING_MODES[mode].levels) {
          const index = Number((linear >> BigInt(level.shift)) & BigInt(2 ** level.indexBits - 1));
          expect(indexAt(level, lowHalf(linear), highHalf(linear))).toBe(index);
        }
        const low = Number(BigInt.asUintN(32, linear));
        expect([directoryIndex(low), tableIndex(low)]).toEqual([low >>> 22, (low >>> 12) & 1023]);
      }),
    );
  });
});

describe('linear addresses in halves', () => {
  it('come together again, as a number wherever it is exact', () => {
    fc.assert(
      fc.property(address, (linear) => {
        const whole = fromHalves(lowHalf(linear), highHalf(linear));
        expect(BigInt(whole)).toBe(linear);
        expect(typeof whole).toBe(linear < 2n ** 53n ? 'number' : 'bigint');
      }),
    );
  });

  it('are canonical where the whole address is', () => {
    const edge = fc
      .constantFrom(47n, 48n, 56n, 57n)
      .chain((bit) => fc.bigInt(-2n, 2n).map((d) => 2n ** bit + d));
    fc.assert(
      fc.property(
        fc.oneof(
          address,
          edge,
          edge.map((n) => BigInt.asUintN(64, -n)),
        ),
        fc.constantFrom(48, 57),
        (linear, width) => {
          const expected = canonical(linear, width) === linear;
          expect(isCanonical(linear, width)).toBe(expected);
          expect(isCanonicalHigh(highHalf(linear), width)).toBe(expected);
        },
      ),
    );
  });
});
