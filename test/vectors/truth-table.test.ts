import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  combinationsOf,
  MmuSubject,
  runVectors,
  type Subject,
  type TruthTable,
} from '../../src/vectors/index.ts';
import { fileText, makeTable } from './make-table.ts';
import { matches } from './schema.ts';

const file = (name: string): string =>
  readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8');
const published = JSON.parse(file('truth-table.json')) as TruthTable;

/** All accesses and rings in one state with everything on, every fifth directory entry: enough to see what is wrong. */
const everyFifth = (_: unknown, i: number) => i % 5 === 0;
const oneState: TruthTable = {
  ...published,
  pdes: published.pdes.filter(everyFifth),
  cases: published.cases
    .filter(({ cpu, cr0, cr4 }) => cpu === 'pentium-iii' && cr0 === '0x80010001' && cr4 === '0x00000090')
    .map((one) => ({ ...one, rowOfPde: one.rowOfPde.filter(everyFifth) })),
};

describe('the published truth table', () => {
  it('is what the rule gives (npm run generate:vectors)', () => {
    expect(file('truth-table.json') === fileText(makeTable())).toBe(true);
  });

  it('has the form that its schema says', () => {
    const schema = JSON.parse(file('schema.json')) as object;
    expect(matches(schema, published)).toEqual([]);
    expect(matches(schema, { ...published, cr3: 4096, extra: 1 })).toEqual([
      'cr3: not of type string',
      'extra: unknown',
    ]);
  });

  it('has a letter for each table entry, a row for each directory entry, and the size that its README says', () => {
    for (const row of published.rows) expect(row).toHaveLength(published.ptes.length);
    const used = new Set(published.rows.join(''));
    expect([...used].sort()).toEqual(Object.keys(published.outcomes).sort());
    for (const { rowOfPde } of published.cases) {
      expect(rowOfPde).toHaveLength(published.pdes.length);
      expect(Math.max(...rowOfPde)).toBeLessThan(published.rows.length);
    }
    expect(file('README.md')).toContain(`**${combinationsOf(published).toLocaleString('en')} combinations**`);
  });

  it('names every CPU, ring, access and outcome', () => {
    const values = (pick: (one: TruthTable['cases'][number]) => readonly unknown[]) =>
      [...new Set(published.cases.flatMap(pick))].join(' ');
    expect(values(({ cpu }) => [cpu])).toBe('i386 i486 pentium pentium-pro pentium-iii');
    expect(values(({ rings }) => rings)).toBe('0 1 2 3');
    expect(values(({ access }) => [access])).toBe('read write fetch');
    const codes = Object.values(published.outcomes).map(({ errorCode }) => errorCode ?? -1);
    // P with W/R and U/S in all ways; a reserved bit always with P.
    expect([...new Set(codes)].sort((a, b) => a - b)).toEqual([-1, 0, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15]);
  });
});

describe('runVectors', () => {
  // All of it, as built: test/cli/vectors.test.ts.
  it('finds no combination of one state on which the Mmu differs', () => {
    const { combinations, disagreements, examples } = runVectors(oneState, new MmuSubject());
    expect(examples).toEqual([]);
    expect(disagreements).toBe(0);
    expect(combinations).toBe(combinationsOf(oneState));
  });

  const broken: readonly (readonly [string, RegExp, (right: Subject) => Partial<Subject>])[] = [
    ['error codes without P', /^error code 9, found 8/, (s) => ({ faultCode: () => s.faultCode() & ~1 })],
    ['CR2 without its offset', /^CR2 /, (s) => ({ cr2: () => (s.cr2() & 0xffc0_0000) >>> 0 })],
    [
      'no CR0.WP',
      /^physical page fault, found 0x/,
      (s) => ({ start: (cpu, cr0, cr3, cr4) => s.start(cpu, (cr0 & ~0x1_0000) >>> 0, cr3, cr4) }),
    ],
    ['no flush by MOV CR3', /^after a load of CR3 /, () => ({ reloadCr3: () => undefined })],
    [
      'D of large pages never set',
      /^(directory|table) entry /,
      (s) => ({
        access: (linear, access, ring) => {
          const physical = s.access(linear, access, ring);
          // The directory lies at 0x1000; D of a large page.
          const pde = 0x1000 + (linear >>> 22) * 4;
          if (physical >= 0) s.store(pde, (s.load(pde) & ~0x40) >>> 0);
          return physical;
        },
      }),
    ],
    [
      'ring 1 taken for the user',
      /found page fault/,
      (s) => ({ access: (l, a, ring) => s.access(l, a, ring > 0 ? 3 : 0) }),
    ],
  ];
  it.each(broken)('finds a subject with %s', (_, reason, wrong) => {
    const right = new MmuSubject();
    const { disagreements, examples } = runVectors(oneState, mixed(right, wrong(right)), {
      examples: 5000,
    });
    expect(disagreements).toBeGreaterThan(0);
    const seen = examples.find((one) => reason.test(one.reason));
    expect(seen?.reason ?? examples[0]?.reason).toMatch(reason);
  });

  it('describes as many disagreements as asked, and counts them all', () => {
    const right = new MmuSubject();
    const result = runVectors(oneState, mixed(right, { cr2: () => 1 }), { examples: 3 });
    expect(result.examples).toHaveLength(3);
    expect(result.disagreements).toBeGreaterThan(3);
    expect(result.examples[0]).toMatchObject({
      cpu: 'pentium-iii',
      ring: 0,
      access: 'read',
      pde: '0x00400000',
    });
  });

  it('tells how far it is', () => {
    const seen: number[] = [];
    const small = { ...oneState, cases: oneState.cases.slice(0, 2) };
    runVectors(small, new MmuSubject(), { onProgress: (done, total) => seen.push(done, total) });
    expect(seen).toEqual([0, 2, 1, 2, 2, 2]);
  });
});

/** A subject with some of its methods replaced. */
function mixed(right: Subject, wrong: Partial<Subject>): Subject {
  return {
    start: wrong.start ?? ((...args) => right.start(...args)),
    store: (...args) => right.store(...args),
    load: (...args) => right.load(...args),
    invalidate: (...args) => right.invalidate(...args),
    reloadCr3: wrong.reloadCr3 ?? (() => right.reloadCr3()),
    access: wrong.access ?? ((...args) => right.access(...args)),
    faultCode: wrong.faultCode ?? (() => right.faultCode()),
    cr2: wrong.cr2 ?? (() => right.cr2()),
  };
}
