import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOLE_NAMES, parseScenario, playScenario } from '../../src/xen/index.ts';
import { errorsBy } from '../support/schemas.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios/xen');
const files = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8'));
const scenarios = files.map((text) => parseScenario(text));

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

  it('are as their schema says', () => {
    for (const text of files)
      expect(errorsBy('urn:x86-paging:xen-scenario:1', JSON.parse(text))).toBeUndefined();
  });

  it('shows how deep a chain goes', () => {
    const chain = scenarios.find(({ hole }) => hole === 'linear-chain')!;
    expect(playScenario(chain).steps.at(-1)?.nesting).toBe(4);
    expect(playScenario(chain, true).steps.at(-1)?.nesting).toBe(1);
  });
});

describe('what is no scenario', () => {
  const good = JSON.parse(files[0]!) as Record<string, unknown>;
  const first = { call: 'switchTo', domain: 1 };
  it.each([
    ['no JSON', '{', /it is no JSON/],
    ['no object', '[]', /the scenario is no object/],
    ['no name', JSON.stringify({ ...good, name: 7 }), /name is no text/],
    ['no steps', JSON.stringify({ ...good, steps: {} }), /steps is no list/],
    ['a hole that is none', JSON.stringify({ ...good, hole: 'frob' }), /hole "frob" is none/],
    [
      'a call that is none',
      JSON.stringify({ ...good, steps: [{ ...first, call: 'frob' }] }),
      /steps\[0\].call 'frob'/,
    ],
    [
      'a number that is none',
      JSON.stringify({ ...good, steps: [{ ...first, domain: '0xg' }] }),
      /steps\[0\].domain is/,
    ],
    ['a number too large', JSON.stringify({ ...good, steps: [{ ...first, domain: 2 ** 32 }] }), /32 bits/],
    [
      'a linear map of another kind',
      JSON.stringify({ ...good, machine: { linearMap: 'x' } }),
      /"walk" nor "cached"/,
    ],
    [
      'an expectation of another kind',
      JSON.stringify({ ...good, steps: [{ ...first, expect: { original: 'x' } }] }),
      /neither a whole number/,
    ],
    [
      'half an expectation',
      JSON.stringify({ ...good, steps: [{ ...first, expect: { original: 1.5 } }] }),
      /steps\[0\].expect.original is neither a whole number/,
    ],
    [
      'an expectation of nothing',
      JSON.stringify({ ...good, steps: [{ ...first, expect: null }] }),
      /steps\[0\].expect is no object/,
    ],
    [
      'an expectation under another name',
      JSON.stringify({ ...good, steps: [{ ...first, expect: { orginal: 0 } }] }),
      /steps\[0\].expect has no field "orginal"; it has original, repaired/,
    ],
    [
      'a field of another call',
      JSON.stringify({ ...good, steps: [{ ...first, page: 1 }] }),
      /steps\[0\] has no field "page"; it has say, call, expect, domain/,
    ],
    [
      'a number in another language',
      JSON.stringify({ ...good, steps: [{ ...first, domain: '1e3' }] }),
      /steps\[0\].domain is "1e3"/,
    ],
    [
      'segments that are neither there nor not',
      JSON.stringify({ ...good, steps: [{ call: 'access', kind: 'read', linear: 0, segments: 0 }] }),
      /steps\[0\].segments is neither true nor false/,
    ],
    ['a schema that is no text', JSON.stringify({ ...good, $schema: 3 }), /\$schema is no text/],
  ])('is refused with its place: %s', (_, text, message) => {
    expect(() => parseScenario(text)).toThrow(message);
  });

  it('is quoted in one line, without control characters', () => {
    for (const text of ['{\n"a":\u001b', JSON.stringify({ ...good, steps: [{ call: '\u001b[31m\n' }] })]) {
      expect(() => parseScenario(text)).toThrow(/^\P{Cc}+$/u);
    }
  });
});
