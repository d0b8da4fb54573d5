/** Small address spaces for the model-based property: few tables, so that edits, aliases and flushes meet. */

import fc from 'fast-check';
import type { Ground } from './model-commands.ts';

const CR0 = [0x8001_0001, 0x8000_0001, 0x8001_0001, 0x0001_0001];
/** Frames of RAM; one more has none behind it. */
const FRAMES = 16;

/** P nearly always, R/W and U/S mostly, A, D and G by chance. */
const flags = fc
  .record({
    p: fc.integer({ min: 0, max: 7 }),
    rwUs: fc.constantFrom(6, 6, 6, 2, 4, 0),
    others: fc.constantFrom(0, 0x20, 0x60, 0x100, 0x120, 0x160),
  })
  .map(({ p, rwUs, others }) => BigInt((p === 0 ? 0 : 1) | rwUs | others));

/** An entry for a page of 4 KiB, which may be a table too. */
const page = fc.tuple(fc.nat(FRAMES), flags).map(([frame, low]) => (BigInt(frame) << 12n) | low);

function table(...frames: readonly number[]): fc.Arbitrary<bigint> {
  return fc.tuple(fc.constantFrom(...frames), flags).map(([frame, low]) => (BigInt(frame) << 12n) | low);
}

/** An entry for a large page on one of four places; seldom with a reserved bit. */
function large(shift: number, reserved: bigint): fc.Arbitrary<bigint> {
  return fc
    .tuple(fc.nat(3), flags, fc.nat(15))
    .map(([at, low, dice]) => (BigInt(at) << BigInt(shift)) | low | 0x80n | (dice === 0 ? reserved : 0n));
}

function mostly(common: fc.Arbitrary<bigint>, seldom: fc.Arbitrary<bigint>): fc.Arbitrary<bigint> {
  return fc.oneof({ weight: 3, arbitrary: common }, { weight: 1, arbitrary: seldom });
}

/** The products of some numbers at each level of an address. */
function addresses(...levels: readonly (readonly bigint[])[]): bigint[] {
  return levels.reduce<bigint[]>((all, level) => all.flatMap((base) => level.map((at) => base + at)), [0n]);
}

/** Directories in frames 1 and 2, tables in 3 and 4. */
export const THIRTY_TWO_BIT: Ground = {
  roots: [0x1000n, 0x2000n, 0x1018n],
  pages: addresses([0n, 0x40_0000n, 0xc000_0000n], [0n, 0x1000n, 0x3f_f000n]),
  entries: [
    ...[0x1000, 0x2000].flatMap((root) =>
      [0, 4, 0xc00].map((at) => ({
        physical: root + at,
        // Bit 13 makes it a page above 4 GiB.
        value: mostly(table(3, 4), fc.oneof(large(22, 0x20_0000n), large(22, 0x2000n))),
      })),
    ),
    ...[0x3000, 0x4000].flatMap((root) => [0, 4, 0xffc].map((at) => ({ physical: root + at, value: page }))),
  ],
  entryBytes: 4,
  cr0: CR0,
  cr4: [0x90, 0x90, 0x90, 0x10, 0x80],
  pcids: [],
};

/** PDPTEs at 0x1020 and 0x1040, directories in frames 2 and 3, tables in 4 and 5. */
export const PAE: Ground = {
  roots: [0x1020n, 0x1040n, 0x1038n],
  pages: addresses([0n, 0xc000_0000n], [0n, 0x20_0000n], [0n, 0x1000n, 0x1f_f000n]),
  entries: [
    ...[0x1020, 0x1038, 0x1040, 0x1058].map((physical) => ({
      physical,
      value: fc.constantFrom(0x2001n, 0x3001n, 0x2001n, 0x3019n, 0x2000n, 0x2003n),
      start: fc.constantFrom(0x2001n, 0x3001n),
    })),
    ...[0x2000, 0x3000].flatMap((root) =>
      [0, 8].map((at) => ({ physical: root + at, value: mostly(table(4, 5), large(21, 0x2000n)) })),
    ),
    ...[0x4000, 0x5000].flatMap((root) =>
      [0, 8, 0xff8].map((at) => ({ physical: root + at, value: mostly(page, withNx(page)) })),
    ),
  ],
  entryBytes: 8,
  cr0: CR0,
  cr4: [0xa0, 0xa0, 0xb0, 0x20],
  pcids: [],
};

/** PML4 in frames 1 and 2, then one table each in 3, 4 and 5, and a second PTE table in 6. */
export const FOUR_LEVEL: Ground = {
  roots: [0x1000n, 0x1001n, 0x2001n, 0x2000n],
  pages: addresses([0n, 0xffff_8000_0000_0000n], [0n, 0x4000_0000n], [0n, 0x20_0000n], [0n, 0x1000n]),
  entries: [
    ...[0x1000, 0x1800, 0x2000, 0x2800].map((physical) => ({ physical, value: table(3) })),
    ...[0x3000, 0x3008].map((physical) => ({ physical, value: mostly(table(4), large(30, 0x2000n)) })),
    ...[0x4000, 0x4008].map((physical) => ({ physical, value: mostly(table(5, 6), large(21, 0x2000n)) })),
    ...[0x5000, 0x5008, 0x6000, 0x6008].map((physical) => ({ physical, value: mostly(page, withNx(page)) })),
  ],
  entryBytes: 8,
  cr0: CR0.slice(0, 3),
  cr4: [0x2_00a0, 0x2_00a0, 0x2_00a0, 0x2_0020],
  pcids: [0, 1],
};

/**
 * The same with no two pages on one slot of the default TLB: linear bits 27–12 all differ, as each part of the address
 * space has directory entries of its own.
 */
export const FOUR_LEVEL_APART: Ground = {
  ...FOUR_LEVEL,
  pages: [0n, 0x4000_0000n, 0xffff_8000_0000_0000n, 0xffff_8000_4000_0000n].flatMap((part, i) =>
    addresses([part + BigInt(2 * i) * 0x20_0000n], [0n, 0x20_0000n], [0n, 0x1000n]),
  ),
  entries: [
    ...FOUR_LEVEL.entries.filter(({ physical }) => physical < 0x4000 || physical >= 0x5000),
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({
      physical: 0x4000 + 8 * i,
      value: mostly(table(5, 6), large(21, 0x2000n)),
    })),
  ],
};

/** A key in an entry. */
function keyed(entry: fc.Arbitrary<bigint>): fc.Arbitrary<bigint> {
  return fc.tuple(entry, fc.nat(2)).map(([value, key]) => value | (BigInt(key) << 59n));
}

/** PML5 in frames 1 and 2, PML4 in 7, then as in 4-level paging; SMEP, SMAP, and keys 0 to 2 for all pages. */
export const FIVE_LEVEL: Ground = {
  roots: [0x1000n, 0x1001n, 0x2001n],
  pages: addresses(
    [0n, 0xff00_0000_0000_0000n],
    [0n, 0x80_0000_0000n],
    [0n],
    [0n, 0x20_0000n],
    [0n, 0x1000n],
  ),
  entries: [
    ...[0x1000, 0x1800, 0x2000, 0x2800].map((physical) => ({ physical, value: table(7) })),
    ...[0x7000, 0x7008].map((physical) => ({ physical, value: table(3) })),
    { physical: 0x3000, value: mostly(table(4), keyed(large(30, 0x2000n))) },
    ...[0x4000, 0x4008].map((physical) => ({
      physical,
      value: mostly(table(5, 6), keyed(large(21, 0x2000n))),
    })),
    ...[0x5000, 0x5008, 0x6000, 0x6008].map((physical) => ({
      physical,
      value: mostly(keyed(page), withNx(keyed(page))),
    })),
  ],
  entryBytes: 8,
  cr0: [0x8001_0001, 0x8000_0001, 0x8001_0001],
  // PAE, LA57, PCIDE, PGE; then SMEP, SMAP, PKE, PKS.
  cr4: [0x142_10a0, 0x172_10a0, 0x162_10a0, 0x022_10a0, 0x142_10a0, 0x002_1020],
  pcids: [0, 1],
  keys: [0, 0b01_0100, 0b10_1000, 0b00_0001, 0b11_0010],
};

/**
 * The same with linear-address masking, which changes with CR3: pointers with metadata, and pages that LAM_U48 puts out of
 * reach of data, though they are canonical. Supervisor pointers are masked from bit 57 up.
 */
export const FIVE_LEVEL_MASKED: Ground = {
  ...FIVE_LEVEL,
  roots: [0x1000n, 0x1001n | (1n << 61n), 0x1000n | (1n << 62n), 0x2001n | (1n << 62n)],
  pages: [
    ...addresses([0n, 1n << 48n, 0x7c00_0000_0000_0000n], [0n, 0x80_0000_0000n], [0n, 0x1000n]),
    ...addresses([0xff00_0000_0000_0000n, 0x8300_0000_0000_0000n], [0n, 0x1000n]),
  ],
  entries: [...FIVE_LEVEL.entries, ...[0x1008, 0x2008].map((physical) => ({ physical, value: table(7) }))],
  cr4: FIVE_LEVEL.cr4.flatMap((cr4) => [cr4 | (1 << 28), cr4]),
};

function withNx(entry: fc.Arbitrary<bigint>): fc.Arbitrary<bigint> {
  return entry.map((value) => value | (1n << 63n));
}
