import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  runWideVectors,
  SectionPaths,
  WideMmuSubject,
  type WideSubject,
  type WideTable,
  wideCombinationsOf,
} from '../../src/vectors/index.ts';
import { WIDE_MODES, wideOutcomeOf } from './make-wide-tables.ts';

const file = (name: string): Buffer => readFileSync(new URL(`../../vectors/${name}`, import.meta.url));
const tableOf = (mode: string): WideTable =>
  JSON.parse(gunzipSync(file(`truth-table-${mode}.json.gz`)).toString('utf8')) as WideTable;
const TABLES = WIDE_MODES.map(tableOf);
const README = file('README.md').toString('utf8');
/** A prime: every value of every list still occurs. */
const SOME = 3001;

describe.each(TABLES)('the published truth table of $mode paging', (table) => {
  it('has the form that its schema says, and the size that the README says', () => {
    const valid = new Ajv2020({ allErrors: true }).compile(
      JSON.parse(file('wide.schema.json').toString('utf8')),
    );
    valid(table);
    expect(valid.errors).toBeNull();
    expect(valid({ ...table, version: 2 })).toBe(false);
    expect(README).toContain(`${wideCombinationsOf(table).toLocaleString('en')} combinations`);
    for (const { rows, plans, cases, uppers, leaves } of table.sections) {
      for (const row of rows) expect(row).toHaveLength(leaves.length);
      for (const plan of plans) expect(plan).toHaveLength(uppers.length);
      expect(new Set(cases.map(({ plan }) => plan)).size).toBe(plans.length);
    }
  });

  it('is what the proven rule gives (npm run generate:vectors)', () => {
    let next = 0;
    for (const section of table.sections) {
      const paths = new SectionPaths(table.mode, section);
      for (const state of section.cases) {
        for (const [upper, row] of section.plans[state.plan]!.entries()) {
          for (let leaf = 0; leaf < section.leaves.length; leaf++) {
            if (next++ % (SOME - 2) !== 0) continue;
            const outcome = wideOutcomeOf(table, state, paths.at(upper, leaf));
            expect(section.outcomes[section.rows[row]![leaf]!]).toEqual(outcome);
          }
        }
      }
    }
  });

  it('says what the Mmu does', () => {
    const { combinations, disagreements, examples } = runWideVectors(table, new WideMmuSubject(), {
      every: SOME,
    });
    expect(examples).toEqual([]);
    expect(disagreements).toBe(0);
    expect(combinations).toBe(Math.ceil(wideCombinationsOf(table) / SOME));
  });
});

describe('runWideVectors', () => {
  const [, fourLevel] = TABLES as [WideTable, WideTable];
  const [first] = fourLevel.sections as [WideTable['sections'][number]];
  // All accesses, in a few states.
  const cases = first.cases.filter(
    ({ cpu, cr4, ac }, i) => i > 100 && !ac && (cpu === 'AMD' || cr4 === '0x1400020'),
  );
  const few: WideTable = { ...fourLevel, sections: [{ ...first, cases }] };

  const broken: readonly (readonly [string, RegExp, (right: WideMmuSubject) => Partial<WideSubject>])[] = [
    ['error codes without PK', /^error code \d+, found/, (s) => ({ faultCode: () => s.faultCode() & ~0x20 })],
    ['CR2 cut to 32 bits', /^CR2 /, (s) => ({ cr2: () => s.cr2() & 0xffff_ffffn })],
    [
      'no EFER.NXE',
      /^physical|^error code/,
      (s) => ({
        start: (cpu, cr3, state) =>
          s.start(cpu, cr3, { ...state, efer: `0x${(Number(state.efer) & ~0x800).toString(16)}` }),
      }),
    ],
    [
      'Intel for AMD',
      /^physical page fault|^error code/,
      (s) => ({ start: (cpu, cr3, state) => s.start({ ...cpu, vendor: 'Intel' }, cr3, state) }),
    ],
    [
      'no accessed bits',
      /^entry \d/,
      (s) => ({ load: (at) => (at % 8 === 0 ? s.load(at) & ~0x20 : s.load(at)) >>> 0 }),
    ],
  ];
  it.each(broken)('finds %s', (_, reason, change) => {
    const right = new WideMmuSubject();
    const subject: WideSubject = {
      start: (cpu, cr3, state) => right.start(cpu, cr3, state),
      store: (at, value) => right.store(at, value),
      load: (at) => right.load(at),
      reloadCr3: () => right.reloadCr3(),
      access: (linear, who, access) => right.access(linear, who, access),
      faultCode: () => right.faultCode(),
      cr2: () => right.cr2(),
      ...change(right),
    };
    const { disagreements, examples } = runWideVectors(few, subject, { every: 101, examples: 3 });
    expect(disagreements).toBeGreaterThan(0);
    expect(examples.length).toBeGreaterThan(0);
    for (const one of examples) expect(one.reason).toMatch(reason);
  });
});
