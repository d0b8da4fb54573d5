/** Hostile texts that people write by hand: layouts to be checked, scenarios to be played. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { checkLayout, LayoutError, parseLayout } from '../../src/claims/index.ts';
import { parseScenario, playScenario, ScenarioError } from '../../src/xen/index.ts';
import { smallKernel } from '../claims/layout.ts';
import { LAYOUT_EXAMPLES } from '../claims/layout-examples.ts';
import { errorsBy } from '../support/schemas.ts';
import { type Count, damaged, type Target, unless } from './target.ts';

/** What stands in a text where something else belongs. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1,
  3,
  768,
  1.5,
  2 ** 32,
  2 ** 53,
  1e300,
  '',
  '0x',
  '0xc000_0000',
  '0xffff_ffff_ffff_f000',
  '1_',
  'tables',
  'user',
  'walk',
  'ok',
  'constructor',
  '\u001b[31m',
  [],
  [0, 4096],
  {},
  { range: [0, 4096] },
];

/** A text with some values replaced, left out, doubled or renamed; or with some bytes changed. */
function hostile(texts: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    where: fc.nat(),
    what: fc.constantFrom('replace', 'remove', 'double', 'rename'),
    value: fc.constantFrom(...STRANGE),
  });
  const edited = fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { maxLength: 4 }))
    .map(([text, edits]) => {
      const root = { text: JSON.parse(text) as unknown };
      for (const { where, what, value } of edits) {
        const places = placesIn(root);
        if (places.length > 0) change(places[where % places.length]!, what, value);
      }
      return JSON.stringify(root.text) ?? '';
    });
  const bytes = damaged(texts.map((text) => Buffer.from(text)));
  return fc.oneof(
    { weight: 4, arbitrary: edited },
    { weight: 1, arbitrary: bytes.map((damage) => new TextDecoder().decode(damage)) },
  );
}

type Holder = Record<string, unknown>;

/** Where each value stands: in what, and under which key. */
function placesIn(holder: Holder): [Holder, string][] {
  return Object.keys(holder).flatMap((key): [Holder, string][] => {
    const value = holder[key];
    const below = typeof value === 'object' && value !== null ? placesIn(value as Holder) : [];
    return [[holder, key], ...below];
  });
}

function change([holder, key]: [Holder, string], what: string, value: unknown): void {
  if (what === 'replace') holder[key] = structuredClone(value);
  else if (what === 'double') holder[`${key}0`] = structuredClone(holder[key]);
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else {
    if (what === 'rename') holder[String(value)] = holder[key];
    delete holder[key];
  }
}

export function layouts(count: Count): Target {
  const texts = [
    ...LAYOUT_EXAMPLES.map((claim) => JSON.stringify({ claims: [claim] })),
    JSON.stringify({ claims: LAYOUT_EXAMPLES }, undefined, 2),
  ];
  const mmus = { '32-bit': smallKernel('32-bit').mmu, '4-level': smallKernel('4-level').mmu };
  const modes = fc.constantFrom('32-bit' as const, '4-level' as const);
  return {
    name: 'layouts',
    property: fc.property(hostile(texts), modes, (text, mode) => {
      const layout = unless(LayoutError, () => parseLayout(text));
      if (layout === undefined) return count('refused');
      // What the reader takes, the schema takes.
      expect(errorsBy('urn:x86-paging:layout:1', JSON.parse(text))).toBeUndefined();
      // And whatever it says holds, or fails with its counterexample.
      const { ok, claims } = checkLayout(mmus[mode], layout, { confirm: false });
      expect(claims.length).toBe(layout.length);
      for (const claim of claims) expect(claim.counterexample === undefined).toBe(claim.ok);
      count(ok ? 'hold' : 'fail');
    }),
  };
}

const SCENARIOS = resolve(import.meta.dirname, '../../scenarios/xen');

export function scenarios(count: Count): Target {
  const texts = readdirSync(SCENARIOS).map((name) => readFileSync(join(SCENARIOS, name), 'utf8'));
  return {
    name: 'scenarios',
    property: fc.property(hostile(texts), fc.boolean(), (text, repaired) => {
      const scenario = unless(ScenarioError, () => parseScenario(text));
      if (scenario === undefined) return count('refused');
      expect(errorsBy('urn:x86-paging:xen-scenario:1', JSON.parse(text))).toBeUndefined();
      // A machine that it does not fit into is refused in words; whatever else it asks, Xen answers.
      const story = unless(RangeError, () => playScenario(scenario, repaired));
      if (story === undefined) return count('does not fit');
      expect(story.steps.length).toBe(scenario.steps.length);
      // With all holes closed no promise is ever broken, unless segments do not guard Xen.
      const guarded = scenario.steps.every(({ step }) => step.call !== 'access' || step.segments !== false);
      if (repaired && guarded) expect(story.steps.flatMap(({ broken }) => broken)).toEqual([]);
      count(story.asExpected ? 'as expected' : 'otherwise');
    }),
  };
}
