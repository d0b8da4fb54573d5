import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOLE_NAMES, parseScenario, playScenario } from '../../src/xen/index.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios/xen');
const scenarios = readdirSync(FOLDER).map((file) => parseScenario(readFileSync(join(FOLDER, file), 'utf8')));

describe('the scenarios that are shipped', () => {
  it('tell of every hole, and of three honest things', () => {
    expect(scenarios.flatMap(({ hole }) => hole ?? []).sort()).toEqual([...HOLE_NAMES].sort());
    expect(scenarios.filter(({ hole }) => hole === undefined).length).toBe(3);
  });

  for (const scenario of scenarios) {
    const { name, about, hole } = scenario;

    it(`${name}: ${about}`, () => {
      const story = playScenario(scenario);
      expect(story.steps.filter((step) => !step.asExpected)).toEqual([]);
      const broken = story.steps.flatMap((step) => step.broken);
      // A chain breaks no promise but Xen's stack; a forged entry is beyond memory, where no promise reaches.
      const isUnseen = hole === 'linear-chain' || hole === 'pointer-beyond-memory';
      if (hole !== undefined && !isUnseen) expect(broken.length).toBeGreaterThan(0);
      if (name === 'page-table-not-writable' || name === 'changing-tables') expect(broken).toEqual([]);
    });

    it(`${name}, repaired`, () => {
      const story = playScenario(scenario, true);
      expect(story.steps.filter((step) => !step.asExpected)).toEqual([]);
      const broken = story.steps.flatMap((step) => step.broken);
      // Without segments there is no defence, repaired or not.
      if (name !== 'two-lines-of-defence') expect(broken).toEqual([]);
    });
  }

  it('shows how deep a chain goes', () => {
    const chain = scenarios.find(({ hole }) => hole === 'linear-chain')!;
    expect(playScenario(chain).steps.at(-1)?.nesting).toBe(4);
    expect(playScenario(chain, true).steps.at(-1)?.nesting).toBe(1);
  });
});
