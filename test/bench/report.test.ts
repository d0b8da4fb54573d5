import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AIMS, aimedAt, aimsTable, RAMS } from '../../bench/aims.ts';
import type { Figure } from '../../bench/measure.ts';
import { renderReport } from '../../bench/report.ts';
import { ROOT } from '../support/documents.ts';

const RESULTS = 'bench/results/latest.json';
const PAGE = 'docs/performance.md';
const { figures } = JSON.parse(readFileSync(join(ROOT, RESULTS), 'utf8')) as { figures: Figure[] };

const folder = mkdtempSync(join(tmpdir(), 'x86-paging-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the report of the bench', () => {
  it('is what the results make it: document and charts', () => {
    for (const file of [RESULTS, PAGE]) cpSync(join(ROOT, file), join(folder, file));
    const files = renderReport(folder);
    expect(files.length).toBe(4);
    for (const file of files)
      expect(readFileSync(join(folder, file), 'utf8') === readFileSync(join(ROOT, file), 'utf8'), file).toBe(
        true,
      );
    expect(dirname(files[0]!)).toBe('docs/images');
  });

  it('has every work with a target in one aim, and at most thirty of them', () => {
    const aimed = figures.filter(({ target }) => target !== undefined).map(({ name }) => name);
    expect(aimed.length).toBeGreaterThan(50);
    for (const name of aimed) {
      const aims = AIMS.filter(({ works }) =>
        works.some((work) => RAMS.some(({ nameOf }) => name === nameOf(work))),
      );
      expect([name, aims.length]).toEqual([name, 1]);
    }
    expect(AIMS.length).toBeLessThanOrEqual(30);
    for (const { what, works } of AIMS)
      for (const work of works)
        expect([what, figures.some(({ name }) => name === work)]).toEqual([what, true]);
  });

  it('lets the work count that is furthest from its target', () => {
    const made = [figureOf('long-hits', 2.9), figureOf('wasm-long-hits', 1.31, 1.3)];
    expect(aimsTable(made).slice(2)).toEqual([
      '| 4-level: hits in a list | 2.90 | 3 | yes | 1.31 | 1.3 | no |',
    ]);
    const two = [figureOf('many-hits-sequential', 1.2, 1), figureOf('many-hits-random', 1.25, 1.3)];
    expect(aimedAt(two)).toEqual([two[0]]);
    const inside = figureOf('wasm-own-long-hits', 1.2, 1.3);
    expect(aimedAt([inside, ...two])).toEqual([two[0], inside]);
    expect(aimsTable([inside, ...two])).toEqual([
      '| what | to C | at most | reached | lists there too, to C | at most | reached |',
      '|---|--:|--:|---|--:|--:|---|',
      '| 32-bit: hits in a list | 1.20 | 1 | no |  |  |  |',
      '| 4-level: hits in a list |  |  |  | 1.20 | 1.3 | yes |',
    ]);
  });
});

function figureOf(name: string, median: number, target = 3): Figure {
  const ratio = { C: { median, low: median, high: median } };
  return { name, title: name, topic: '', unit: 'page', operations: 1, target, time: {}, ratio, hash: 0 };
}
