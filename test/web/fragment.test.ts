import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CPU_MODELS, type CpuModelName } from '../../src/arch/index.ts';
import { ACCESS_KINDS, WRITE } from '../../src/mmu/index.ts';
import { ASKS } from '../../src/web/asks.ts';
import { decodeFragment, encodeFragment, type Shared } from '../../src/web/fragment.ts';
import { decodeAction, encodeAction } from '../../src/web/fragment-actions.ts';
import { LESSONS } from '../../src/web/lessons/index.ts';
import { cpusFor, DEFAULT_SCENARIO, type Scenario, SETTINGS, TABLE_FORMATS } from '../../src/web/scenario.ts';
import type { Action } from '../../src/web/session.ts';
import { toldOfProblem } from '../../src/web/told.ts';
import { DEFAULT_VIEW, FRAMES, PANELS, SCREENS } from '../../src/web/view-state.ts';

const word = fc.nat(0xffff_ffff);
const long = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((value) => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value));
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('access' as const), linear: long, access: fc.constantFrom(...ACCESS_KINDS) }),
  fc.record({
    kind: fc.constant('access' as const),
    linear: word,
    access: fc.constantFrom(...ACCESS_KINDS),
    limited: fc.constant(true as const),
  }),
  fc.record({
    kind: fc.constant('access' as const),
    linear: word,
    access: fc.constant(WRITE),
    value: word,
    xen: fc.constant(true as const),
  }),
  fc.record({
    kind: fc.constant('sweep' as const),
    linear: long,
    access: fc.constantFrom(...ACCESS_KINDS),
    pages: fc.nat(4096),
  }),
  fc.record({ kind: fc.constant('copy' as const), from: long, to: long }),
  fc.record({ kind: fc.constant('word' as const), physical: word, value: word }),
  fc.record({ kind: fc.constant('byte' as const), physical: word, value: fc.nat(255) }),
  fc.record({
    kind: fc.constant('register' as const),
    name: fc.constantFrom('cr0' as const, 'cr3' as const, 'cr4' as const, 'efer' as const),
    value: word,
  }),
  fc.record({ kind: fc.constant('invlpg' as const), linear: long }),
  fc.record({
    kind: fc.constant('ask' as const),
    updates: fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 16 }),
  }),
  fc.record({ kind: fc.constant('built' as const), requests: fc.nat(10_000) }),
  fc.record({
    kind: fc.constant('cpu' as const),
    cpu: fc.constantFrom(...(Object.keys(CPU_MODELS) as CpuModelName[])),
  }),
);
const scenario: fc.Arbitrary<Scenario> = fc.constantFrom(...TABLE_FORMATS).chain((format) =>
  fc.record({
    setting: fc.constantFrom(...SETTINGS),
    megabytes: fc.constantFrom(4, 16, 64),
    profile: fc.constantFrom('document' as const, 'xen-1.2' as const),
    seed: word,
    cpu: fc.constantFrom(...cpusFor(format)),
    format: fc.constant(format),
  }),
);
const option = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const anyView = fc.record({
  screen: fc.constantFrom(...SCREENS),
  frame: fc.constantFrom(...FRAMES),
  panel: fc.constantFrom(...PANELS),
  linear: word,
  access: fc.constantFrom(...ACCESS_KINDS),
  xen: fc.boolean(),
  value: option(word),
  limit: fc.boolean(),
  step: option(fc.nat(6)),
  ask: fc.constantFrom(...ASKS),
  byte: option(fc.nat(0x1ff_ffff)),
  lesson: option(
    fc.record({
      id: fc.constantFrom(...LESSONS.map(({ id }) => id)),
      step: fc.nat(3),
      since: fc.nat(20),
      met: fc.constant(false),
    }),
  ),
});

const inventory = fc.record({ form: fc.constantFrom('pre' as const, 'post' as const), seed: fc.nat() });
/** Of the inventory a link names a form only where it is shown. */
const view = fc.tuple(anyView, inventory).map(([one, sheet]) => ({
  ...one,
  inventory: one.screen === 'inventory' ? sheet : DEFAULT_VIEW.inventory,
}));

describe('the fragment of a link', () => {
  it('brings back all that was put into it', () => {
    fc.assert(
      fc.property(scenario, fc.array(action, { maxLength: 20 }), view, (scenario, actions, view) => {
        const shared: Shared = { scenario, actions, view, language: undefined };
        const fragment = encodeFragment(shared);
        expect(fragment).toMatch(/^[\w.~&=-]*$/);
        expect(decodeFragment(fragment)).toEqual({ ...shared, problems: [] });
      }),
    );
  });

  it('begins a lesson, or one of its steps, where nothing else is said: on its machine, with its look', () => {
    for (const { id, scenario, steps } of LESSONS) {
      for (const [step, { look }] of steps.entries()) {
        const begun = decodeFragment(`lesson=${id}.${step}`);
        expect(begun.scenario).toEqual(scenario);
        expect(begun.view).toMatchObject({ screen: 'work', lesson: { id, step } });
        expect(begun.view).toMatchObject(look ?? {});
      }
    }
    const elsewhere = decodeFragment('lesson=reach.0&at=c0001000&setting=xen').view;
    expect(elsewhere).toMatchObject({ linear: 0xc000_1000, panel: 'map' });
  });

  it('takes the number of a form also from where a machine has its own', () => {
    const { view, problems } = decodeFragment('inventory=post&seed=7');
    expect([view.screen, view.inventory, problems]).toEqual(['inventory', { form: 'post', seed: 7 }, []]);
  });

  it('is empty for the page as it opens', () => {
    const opened = { scenario: DEFAULT_SCENARIO, actions: [], view: DEFAULT_VIEW, language: undefined };
    expect(encodeFragment(opened)).toBe('');
    expect(decodeFragment('')).toEqual({ ...opened, problems: [] });
  });

  it.each([
    ['size=5', /size=5.*4, 16, 64/],
    ['at=zz', /at=zz/],
    ['at=123456789', /at=123456789 is no address of 8/],
    ['as=3', /as=3/],
    ['do=x1', /'x1'.*no action/],
    ['do=r9.0', /'r9.0'/],
    ['do=cz80', /'cz80'/],
    ['do=h1.2.3', /'h1.2.3'/],
    ['do=h0.100000000', /'h0.100000000'/],
    [`do=h${Array(34).fill('0').join('.')}`, /no action/],
    ['ask=money', /ask=money is none of/],
    ['inventory=mid.7', /inventory=mid.7 is no form/],
    ['inventory=pre.99999999999999999', /is no form/],
    ['do=b0.100', /'b0.100'/],
    ['format=PAE&cpu=i386', /cpu=i386/],
    ['byte=ffffffff', /byte=ffffffff is not a number from 0 to 3ffffff/],
    ['lesson=walk.-5', /lesson=walk.-5 is no lesson/],
    ['lesson=walk.99', /lesson=walk.99 has no such step: the last is \d/],
    ['lesson=constructor', /is no lesson/],
    ['lang=xx', /lang=xx is none of/],
    ['nonsense=1', /nonsense=1 means nothing/],
    ['frame=ffffff', /^$/],
    [`do=${Array(2001).fill('i0').join('~')}`, /2001 actions/],
  ])('names what is wrong with %s, and takes the rest', (fragment, problem) => {
    const decoded = decodeFragment(`${fragment}&value=7`);
    expect(decoded.problems.map((one) => toldOfProblem(one).text).join('; ')).toMatch(problem);
    expect(decoded.view.value).toBe(7);
  });

  it('never fails, and never gives more than the page can show', () => {
    const keys = [
      'at',
      'machine',
      'as',
      'do',
      'lesson',
      'step',
      'byte',
      'show',
      'lang',
      'size',
      'seed',
      'from',
      'screen',
    ];
    const part = fc.tuple(fc.constantFrom(...keys, '', '__proto__'), fc.string({ maxLength: 12 }));
    const parts = fc.array(part, { maxLength: 6 }).map((all) => all.map(([k, v]) => `${k}=${v}`).join('&'));
    fc.assert(
      fc.property(fc.oneof(parts, fc.string()), (fragment) => {
        const { view, scenario, actions } = decodeFragment(fragment);
        expect(PANELS).toContain(view.panel);
        expect(view.byte ?? 0).toBeLessThan(128 * 2 ** 20);
        expect(scenario.megabytes).toBeLessThanOrEqual(64);
        expect(actions.length).toBeLessThanOrEqual(2000);
      }),
    );
  });

  it('reads an action as it was written, and nothing that only looks like one', () => {
    fc.assert(
      fc.property(action, (action) => {
        expect(decodeAction(encodeAction(action))).toEqual(action);
      }),
    );
    for (const text of [
      '',
      'a',
      'a1',
      'a1.0.0.0',
      'a0.0.5',
      'w1',
      'i',
      'i1.2',
      'u10000000000000000',
      'q1.1',
    ]) {
      expect(decodeAction(text), text).toBeUndefined();
    }
  });
});
