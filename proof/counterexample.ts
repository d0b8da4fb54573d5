/** A model of the solver as a machine that can be built and run. */

import type { Claim } from './claim.ts';
import { subterms } from './engine/smt.ts';
import type { Answer, Solver } from './engine/solver.ts';
import { or, type Term, WIDTH } from './engine/term.ts';
import { numberTerm, same, truthTerm } from './engine/values.ts';
import type { State } from './subjects/state.ts';

/** A machine, in numbers. Words of RAM that are not named are 0. */
export interface Counterexample {
  readonly theorem: string;
  readonly mode: string;
  /** The conditions of the theorem that it breaks. */
  readonly breaks: readonly string[];
  /** Unknowns of the question, by name, as decimal text. */
  readonly values: Readonly<Record<string, string>>;
  readonly cpu: Readonly<Record<string, number | boolean>>;
  /** Physical address and 32-bit value of each word of RAM that counts. */
  readonly words: readonly (readonly [number, number])[];
  /** Items of other arrays that count, such as the words of a TLB: name, index, value. */
  readonly arrays: readonly (readonly [string, number, number])[];
}

/** The terms whose values a counterexample needs, and how to make one of their values. */
export interface Wanted {
  readonly terms: readonly Term[];
  readonly read: (values: readonly bigint[]) => Omit<Counterexample, 'theorem' | 'mode'>;
}

export function wantedOf(claim: Claim, asked: readonly Term[]): Wanted {
  const terms: Term[] = [];
  const at = (term: Term): number => terms.push(term) - 1;
  const breaks = Object.entries(claim.never).map(([name, term]) => ({ name, at: at(term) }));
  const { state } = claim;
  const registers = state === undefined ? [] : registersOf(state);
  const variables = subterms(asked).filter((term) => term.op === 'variable' && term.sort !== 'memory');
  const named = [...registers, ...variables.map((term) => [term.name!, term] as const)].map(
    ([name, term]) => ({
      name,
      at: at(term),
    }),
  );
  const cpu =
    state === undefined ? [] : cpuOf(state).map(([name, term]) => ({ name, at: at(term), sort: term.sort }));
  const words = subterms(asked)
    .filter(({ op }) => op === 'select')
    .map((term) => ({ of: term.args[0]!.name!, index: at(term.args[1]!), value: at(term) }));
  return {
    terms,
    read: (values) => {
      const integer = (i: number): bigint => BigInt.asIntN(WIDTH, values[i]!);
      return {
        breaks: breaks.filter((one) => values[one.at] === 1n).map(({ name }) => name),
        values: Object.fromEntries(named.map((one) => [one.name, integer(one.at).toString()])),
        cpu: Object.fromEntries(
          cpu.map((one) => [one.name, one.sort === 'bool' ? values[one.at] === 1n : Number(integer(one.at))]),
        ),
        words: words
          .filter(({ of }) => of === 'ram')
          .map((one) => [Number(integer(one.index)) * 4, Number(integer(one.value))] as const),
        arrays: words
          .filter(({ of }) => of !== 'ram')
          .map((one) => [one.of, Number(integer(one.index)), Number(integer(one.value))] as const),
      };
    },
  };
}

function registersOf(state: State): (readonly [string, Term])[] {
  return [
    ['cr0', state.cr0],
    ['cr3', state.cr3],
    ['cr4', state.cr4],
    ['efer', state.efer],
    ['pkru', state.pkru],
    ['pkrs', state.pkrs],
    ['alignmentCheck', state.alignmentCheck],
    ['low', state.low],
    ['high', state.high],
    ['access', state.access],
    ['frames', state.ram.frameCount],
    ...state.pdptes.map((term, i) => [`pdpte${i}`, term] as const),
  ];
}

function cpuOf({ cpu }: State): [string, Term][] {
  const found: [string, Term][] = [];
  for (const [name, value] of cpu.fields) {
    const term = numberTerm(value) ?? truthTerm(value);
    if (term !== undefined) found.push([name, term]);
  }
  found.push(['amd', same(cpu.fields.get('vendor'), 'AMD')]);
  return found;
}

/** What a claim came to: `machine` where it is possible to contradict it. */
export type Verdict =
  | { readonly verdict: 'impossible' }
  | { readonly verdict: 'unknown'; readonly reason: string }
  | { readonly verdict: 'possible'; readonly machine: Omit<Counterexample, 'theorem' | 'mode'> };

/** Asks whether a claim can be contradicted, and for a machine that does. */
export async function ask(solver: Solver, claim: Claim): Promise<Verdict> {
  const asked = [...claim.assumptions, or(...Object.values(claim.never))];
  const wanted = wantedOf(claim, asked);
  // Only a question that can be answered by yes needs values, and asking for them costs time.
  const first = await solver.ask(asked);
  if (first.verdict !== 'possible') return first;
  return answered(await solver.ask(asked, wanted.terms), wanted);
}

/** The same where a machine is expected: asks for its values at once. */
export async function find(solver: Solver, claim: Claim): Promise<Verdict> {
  const asked = [...claim.assumptions, or(...Object.values(claim.never))];
  const wanted = wantedOf(claim, asked);
  return answered(await solver.ask(asked, wanted.terms), wanted);
}

function answered(answer: Answer, wanted: Wanted): Verdict {
  if (answer.verdict !== 'possible') return answer;
  return { verdict: 'possible', machine: wanted.read(answer.values) };
}
