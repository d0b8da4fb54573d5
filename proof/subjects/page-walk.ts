/** 4-level paging: the walk in one go, for what is most frequent, and the walk level by level are one rule. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import { and, eq, not, or, select, type Term } from '../engine/term.ts';
import { Num, numberTerm, truthTerm, type Value } from '../engine/values.ts';
import { machineOf } from './machine.ts';
import { anyWord } from './outcome.ts';
import { NOWHERE, unknownState, WALK_DOMAIN } from './state.ts';

const FIELDS = ['pageBase', 'pageShift', 'rights', 'key', 'global'] as const;

interface Walked {
  readonly found: Term;
  readonly fields: Readonly<Record<string, Term>>;
  readonly contents: Term;
}

function pageWalk(run: Interpreter): Claim {
  const state = unknownState(run, '4-level');
  const walk = (inOneGo: boolean): Walked => {
    const { walker } = machineOf(run, state);
    const { low, high, access, ram } = state;
    const call = (name: string, ...more: Value[]): Value =>
      run.call(
        run.get(walker, name, NOWHERE),
        [new Num(low), new Num(high), new Num(access), ...more],
        walker,
        NOWHERE,
      );
    const root = ['rootLow', 'rootHigh', 'rootLevel'].map((name) => run.get(walker, name, NOWHERE));
    const found = truthTerm(inOneGo ? call('#walkPage') : call('#walk64', ...root))!;
    const fields = FIELDS.map((name) => {
      const value = run.get(walker, name, NOWHERE);
      return [name, numberTerm(value) ?? truthTerm(value)!] as const;
    });
    return { found, fields: Object.fromEntries(fields), contents: ram.contents };
  };
  const [quick, whole] = [walk(true), walk(false)];
  const word = anyWord();
  const wordOf = ({ contents }: Walked): Term => select(contents, word);
  const differs = FIELDS.map((name) => not(eq(quick.fields[name]!, whole.fields[name]!)));
  return {
    state,
    assumptions: state.assumptions,
    never: {
      'it finds a page where there is none': and(quick.found, not(whole.found)),
      'it finds another page': and(quick.found, whole.found, or(...differs)),
      'RAM is another afterwards': and(quick.found, whole.found, not(eq(wordOf(quick), wordOf(whole)))),
      'it writes where it finds nothing': and(
        not(quick.found),
        not(eq(wordOf(quick), select(state.ram.before, word))),
      ),
    },
  };
}

export const pageWalkTheorems: readonly Theorem[] = [
  {
    id: '4-level/page',
    mode: '4-level',
    sentence:
      'The walk to a page in one go finds what the walk level by level finds, and leaves the same in RAM; or it does nothing.',
    domain: WALK_DOMAIN,
    files: ['mmu/walker.ts'],
    build: pageWalk,
  },
];
