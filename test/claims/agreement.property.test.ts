/** Every claim against a plain reading of it: `explain`, asked for one page and one access after the other. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Claim,
  checkLayout,
  closedTo,
  denies,
  executableOnly,
  grants,
  hidden,
  type LayoutClaim,
  maps,
  noWritableAlias,
  only,
  pageSize,
  readOnly,
  unmapped,
  wxExclusive,
} from '../../src/claims/index.ts';
import { ACCESS_KINDS, type Access, type Mmu, READ } from '../../src/mmu/index.ts';
import { tablesOf } from '../../src/walk/tables-of.ts';
import { allPages, type NaivePage } from '../support/naive-pages.ts';
import { DATA, MODES, smallKernel, TABLES, TEXT, USER } from './layout.ts';

/** A word of a table replaced: which table, which word, and by what. */
const mutation = fc.record({
  table: fc.nat(7),
  index: fc.oneof(fc.constantFrom(0, 1, 2, 3, 8, 9, 0x300, 0x301, 0x380), fc.nat(1023)),
  bits: fc.oneof(
    fc.nat(11).map((bit) => ({ flip: 1 << bit })),
    fc
      .tuple(fc.nat(20), fc.nat(0x1ff))
      .map(([frame, flags]) => ({ set: (frame << 12) | (flags & ~0x80) | 1 })),
  ),
});

const START = fc.constantFrom(
  0,
  USER,
  USER + 0x1000,
  TEXT - 0x1000,
  TEXT,
  TEXT + 0x3000,
  DATA,
  DATA + 0x2000,
  TABLES,
);
const RANGE = fc
  .tuple(START, fc.integer({ min: 1, max: 9 }))
  .map(([start, pages]): [number, number] => [start, start + pages * 4096]);
const FRAMES = fc.uniqueArray(
  fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0x200, max: 0x210 })),
  {
    minLength: 1,
    maxLength: 4,
  },
);
const ACCESSES = fc.subarray([...ACCESS_KINDS], { minLength: 1 });

/** A page of 4 KiB as the oracle sees it. */
interface Page {
  readonly linear: bigint;
  readonly frame: number;
  readonly size: number;
  readonly granted: ReadonlySet<Access>;
}

/** What a claim says of pages; of each that is mapped unless it says more. */
interface Plain {
  readonly claim: LayoutClaim;
  /** The page breaks the claim. */
  readonly broken: (page: Page, all: readonly Page[], tables: ReadonlySet<number>) => boolean;
  /** Every page of this range must be mapped. */
  readonly mapped?: readonly [number, number];
}

const inside = ([start, end]: readonly [number, number], { linear }: Page): boolean =>
  linear >= start && linear < end;
const writes = ({ granted }: Page): boolean => granted.has(1) || granted.has(5);
const fetches = ({ granted }: Page): boolean => granted.has(2) || granted.has(6);
const users = ({ granted }: Page): boolean => granted.has(4) || granted.has(5) || granted.has(6);

const PLAIN: fc.Arbitrary<Plain> = fc.oneof(
  RANGE.map((range) => ({ claim: unmapped(range), broken: (page: Page) => inside(range, page) })),
  RANGE.map((range) => ({ claim: only([range]), broken: (page: Page) => !inside(range, page) })),
  RANGE.map((range) => ({
    claim: closedTo('user', range),
    broken: (page: Page) => inside(range, page) && users(page),
  })),
  RANGE.map((range) => ({
    claim: executableOnly([range]),
    broken: (page: Page) => !inside(range, page) && fetches(page),
  })),
  RANGE.map((range) => ({
    claim: pageSize(range, 0x1000),
    broken: (page: Page) => inside(range, page) && page.size !== 4096,
  })),
  fc.constant({ claim: wxExclusive(), broken: (page: Page) => writes(page) && fetches(page) }),
  FRAMES.map((frames) => ({
    claim: readOnly(frames),
    broken: (page: Page) => frames.includes(page.frame) && writes(page),
  })),
  FRAMES.map((frames) => ({ claim: hidden(frames), broken: (page: Page) => frames.includes(page.frame) })),
  fc.constant({
    claim: readOnly('tables'),
    broken: (page: Page, _: readonly Page[], tables: ReadonlySet<number>) =>
      tables.has(page.frame) && writes(page),
  }),
  FRAMES.map((frames) => ({
    claim: noWritableAlias(frames),
    broken: (page: Page, all: readonly Page[], tables: ReadonlySet<number>) =>
      frames.includes(page.frame) &&
      writes(page) &&
      (tables.has(page.frame) || all.filter(({ frame }) => frame === page.frame).length > 1),
  })),
  fc.tuple(RANGE, ACCESSES).map(([range, accesses]) => ({
    claim: denies(range, accesses),
    broken: (page: Page) => inside(range, page) && accesses.some((access) => page.granted.has(access)),
  })),
  fc.tuple(RANGE, ACCESSES).map(([range, accesses]) => ({
    claim: grants(range, accesses),
    mapped: range,
    broken: (page: Page) => inside(range, page) && !accesses.every((access) => page.granted.has(access)),
  })),
  fc.tuple(RANGE, fc.constantFrom(0x100, 0x208, 0x300)).map(([range, frame]) => ({
    claim: maps(range, frame * 4096),
    mapped: range,
    broken: (page: Page) =>
      inside(range, page) && page.frame !== frame + (Number(page.linear) - range[0]) / 4096,
  })),
);

/** All pages of 4 KiB, each with what `explain` says of it. Large ones are few here. */
function pagesOf(mmu: Mmu, found: readonly NaivePage[]): Page[] {
  return found.flatMap(({ linear, physical, pageSize: size }) =>
    Array.from({ length: size / 4096 }, (_, i) => {
      const at = linear + BigInt(i * 4096);
      const granted = new Set(ACCESS_KINDS.filter((access) => mmu.explain(asGiven(at), access).ok));
      return { linear: at, frame: physical / 4096 + i, size, granted };
    }),
  );
}

function asGiven(linear: bigint): number | bigint {
  return linear <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(linear) : linear;
}

/** The lowest page that breaks a claim; undefined: it holds. */
function lowestBroken(
  { broken, mapped }: Plain,
  pages: readonly Page[],
  tables: ReadonlySet<number>,
): bigint | undefined {
  const bad = pages.filter((page) => broken(page, pages, tables)).map(({ linear }) => linear);
  for (let at = mapped?.[0] ?? 0; at < (mapped?.[1] ?? 0); at += 4096) {
    if (!pages.some(({ linear }) => linear === BigInt(at))) bad.push(BigInt(at));
  }
  return bad.sort((a, b) => (a < b ? -1 : 1))[0];
}

const scenario = fc.record({
  mode: fc.constantFrom(...MODES),
  wp: fc.boolean(),
  smap: fc.boolean(),
  mutations: fc.array(mutation, { maxLength: 3 }),
  plain: fc.array(PLAIN, { minLength: 3, maxLength: 6 }),
});

describe('checkLayout over tables with mistakes in them', () => {
  it('judges each claim as a plain reading does, finds the lowest page, and the MMU agrees', () => {
    const seen = { held: new Set<string>(), failed: new Set<string>(), spaces: 0 };
    const judges = fc.property(scenario, ({ mode, wp, smap, mutations, plain }) => {
      const { memory, mapper, mmu } = smallKernel(mode);
      mmu.cr0 = wp ? 0x8001_0001 : 0x8000_0001;
      if (smap) mmu.cr4 |= 0x20_0000;
      for (const { table, index, bits } of mutations) {
        const frames = mapper.tableFrames;
        // The root of PAE is read from registers, and a bad one could not be loaded.
        const frame = frames[mode === 'PAE' ? 1 + (table % (frames.length - 1)) : table % frames.length]!;
        const at = frame * 4096 + index * 4;
        memory.writeUint32(at, 'flip' in bits ? memory.readUint32(at) ^ bits.flip : bits.set);
      }
      const found = allPages(mmu, 3000);
      if (found === undefined || found.some(({ pageSize: size }) => size > 0x40_0000) || found.length > 200)
        return;
      seen.spaces++;
      const pages = pagesOf(mmu, found);
      const tables = new Set([...tablesOf(mmu)].map(({ address }) => Math.floor(address / 4096)));
      const { claims } = checkLayout(
        mmu,
        plain.map(({ claim }) => claim),
        { confirm: 'mapped' },
      );
      expect(claims.length, 'no doubt was added').toBe(plain.length);
      for (const [i, { ok, name, counterexample }] of claims.entries() as IterableIterator<[number, Claim]>) {
        const expected = lowestBroken(plain[i]!, pages, tables);
        expect(ok ? undefined : BigInt(counterexample!.linear!)).toBe(expected);
        (ok ? seen.held : seen.failed).add(name);
        if (counterexample?.walk !== undefined)
          expect(counterexample.walk.access).toBe(counterexample.access ?? READ);
      }
    });
    // What the search meets is counted where it is always the same.
    fc.assert(judges, { numRuns: 125, seed: 20 });
    const counted = { ...seen, held: new Set(seen.held), failed: new Set(seen.failed) };
    fc.assert(judges, { numRuns: 125 });
    expect(counted.spaces).toBeGreaterThan(50);
    // All but pageSize, since few of the mistakes make a large page.
    expect(counted.failed.size).toBeGreaterThanOrEqual(11);
    expect([...counted.held]).toEqual(
      expect.arrayContaining(['maps', 'unmapped', 'closedTo', 'readOnly', 'noWritableAlias']),
    );
  });
});
