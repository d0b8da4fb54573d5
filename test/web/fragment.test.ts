import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCESS_KINDS, CPU_MODELS, type CpuModelName } from '../../src/index.ts';
import { decodeFragment, encodeFragment } from '../../src/web/fragment.ts';
import { cpusFor, DEFAULT_SCENARIO, type Scenario, type TableFormat } from '../../src/web/scenario.ts';
import type { Action } from '../../src/web/session.ts';
import { DEFAULT_VIEW } from '../../src/web/view-state.ts';

const word = fc.nat(0xffff_ffff);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('access' as const), linear: word, access: fc.constantFrom(...ACCESS_KINDS) }),
  fc.record({
    kind: fc.constant('access' as const),
    linear: word,
    access: fc.constantFrom(...ACCESS_KINDS),
    limited: fc.constant(true as const),
  }),
  fc.record({ kind: fc.constant('word' as const), physical: word, value: word }),
  fc.record({ kind: fc.constant('byte' as const), physical: word, value: fc.nat(255) }),
  fc.record({
    kind: fc.constant('register' as const),
    name: fc.constantFrom('cr0' as const, 'cr3' as const, 'cr4' as const, 'efer' as const),
    value: word,
  }),
  fc.record({ kind: fc.constant('invlpg' as const), linear: word }),
  fc.record({ kind: fc.constant('built' as const), requests: fc.nat(10_000) }),
  fc.record({
    kind: fc.constant('cpu' as const),
    cpu: fc.constantFrom(...(Object.keys(CPU_MODELS) as CpuModelName[])),
  }),
);
const scenario: fc.Arbitrary<Scenario> = fc
  .constantFrom<TableFormat>('32-bit', 'PAE', '4-level')
  .chain((format) =>
    fc.record({
      megabytes: fc.constantFrom(4, 16, 64),
      profile: fc.constantFrom('document' as const, 'xen-1.2' as const),
      seed: word,
      cpu: fc.constantFrom(...cpusFor(format)),
      format: fc.constant(format),
    }),
  );
const view = fc.record({
  linear: fc.nat(2 ** 48 - 1),
  access: fc.constantFrom(...ACCESS_KINDS),
  limit: fc.boolean(),
  step: fc.option(fc.nat(6), { nil: undefined }),
  frame: fc.option(fc.nat(0x4000), { nil: undefined }),
  offset: fc.nat(4095),
  lesson: fc.option(
    fc.record({ id: fc.constant('walk'), step: fc.nat(5), since: fc.nat(20), met: fc.constant(false) }),
    { nil: undefined },
  ),
  done: fc.uniqueArray(fc.constantFrom('walk', 'tables', 'wp')),
});

describe('the fragment of a link', () => {
  it('brings back all that was put into it', () => {
    fc.assert(
      fc.property(scenario, fc.array(action, { maxLength: 20 }), view, (scenario, actions, view) => {
        const shared = { scenario, actions, view };
        const fragment = encodeFragment(shared);
        expect(fragment).toMatch(/^[\w.~&=-]*$/);
        expect(decodeFragment(fragment)).toEqual(shared);
      }),
    );
  });

  it('is empty for the page as it opens', () => {
    expect(encodeFragment({ scenario: DEFAULT_SCENARIO, actions: [], view: DEFAULT_VIEW })).toBe('');
    expect(decodeFragment('')).toEqual({ scenario: DEFAULT_SCENARIO, actions: [], view: DEFAULT_VIEW });
  });

  it.each([
    ['size=5', /size=5.*4, 16, 64/],
    ['at=zz', /at=zz/],
    ['as=3', /as=3/],
    ['do=x1', /'x1'.*no action/],
    ['do=r9.0', /'r9.0'/],
    ['do=cz80', /'cz80'/],
    ['format=PAE&cpu=i386', /cpu=i386/],
    [`do=${Array(2001).fill('i0').join('~')}`, /2001 actions/],
  ])('refuses %s by name', (fragment, message) => {
    expect(() => decodeFragment(fragment)).toThrow(message);
  });
});
