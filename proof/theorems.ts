/** What is proven: each theorem as the conditions that must be impossible. */

import type { Claim, Theorem } from './claim.ts';
import type { Interpreter } from './engine/interpreter.ts';
import { and, bitAnd, bitNot, bitXor, eq, FALSE, int, not, or, select, type Term } from './engine/term.ts';
import { expectedTheorems } from './subjects/expected-runs.ts';
import { listTheorems } from './subjects/lists.ts';
import { lookTheorems } from './subjects/looks.ts';
import {
  anyWord,
  differences,
  type Outcome,
  readableOutcome,
  ruleOutcome,
  tunedOutcome,
} from './subjects/outcome.ts';
import { pageWalkTheorems } from './subjects/page-walk.ts';
import { MODES, type Mode, type State, unknownState, WALK_DOMAIN } from './subjects/state.ts';
import { tableWalkTheorems } from './subjects/table-walk.ts';
import { tableWriterTheorems } from './subjects/table-writer.ts';
import { tlbWordTheorems } from './subjects/tlb-words.ts';
import { wideTlbTheorems } from './subjects/wide-tlb.ts';

function withoutRam({
  'RAM afterwards': _,
  'D of the leaf': __,
  ...rest
}: Record<string, Term>): Record<string, Term> {
  return rest;
}

function both(
  first: (run: Interpreter, state: State) => Outcome,
  second: (run: Interpreter, state: State) => Outcome,
  mode: Mode,
  pick: (differences: Record<string, Term>, a: Outcome, b: Outcome, state: State) => Record<string, Term>,
): (run: Interpreter) => Claim {
  return (run) => {
    const state = unknownState(run, mode);
    const [a, b] = [first(run, state), second(run, state)];
    return { state, assumptions: state.assumptions, never: pick(differences(a, b), a, b, state) };
  };
}

/** What the tuned walk consists of, and what the readable one. */
const tuned = [
  'mmu/walker.ts',
  'mmu/walk-rules.ts',
  'arch/permissions.ts',
  'arch/reserved.ts',
  'tlb/tlb-word.ts',
];
const readable = [
  'walk/explain.ts',
  'walk/decode.ts',
  'walk/entry-rules.ts',
  'arch/reserved.ts',
  'arch/permissions.ts',
];

const A_AND_D = 0x60;

/** Behind a closed A20 gate, whose code is run as it is; the rule knows only that bit 20 is lost on the way to RAM. */
function gatedTheorem(mode: Mode): Theorem {
  return {
    id: `${mode}/a20`,
    mode,
    sentence:
      "Behind a closed A20 gate the tuned walk comes to what the manual's rule comes to where odd MiB are the even ones below, in result and RAM.",
    domain: WALK_DOMAIN,
    files: ['memory/a20-gate.ts', 'memory/direct-ram.ts', ...tuned],
    build: (run) => {
      const state: State = { ...unknownState(run, mode), gated: true };
      const never = differences(tunedOutcome(run, state), ruleOutcome(run, state));
      return { state, assumptions: state.assumptions, never };
    },
  };
}

function walkTheorems(mode: Mode): Theorem[] {
  return [
    {
      id: `${mode}/tuned-result`,
      mode,
      sentence:
        'The tuned walk gives the verdict, physical address, page size, rights, G and error code of the readable one.',
      domain: WALK_DOMAIN,
      files: [...tuned, ...readable],
      build: both(tunedOutcome, readableOutcome, mode, withoutRam),
    },
    {
      id: `${mode}/tuned-ram`,
      mode,
      sentence:
        'The tuned walk leaves in RAM what the readable one says it sets: every word is the same afterwards.',
      domain: WALK_DOMAIN,
      files: [...tuned, ...readable],
      build: both(tunedOutcome, readableOutcome, mode, (differ) => ({
        'RAM afterwards': differ['RAM afterwards']!,
      })),
    },
    {
      id: `${mode}/tuned-dirty`,
      mode,
      sentence:
        'What the tuned walk hands on to a TLB as dirty is what RAM then holds as D of the leaf: no write hits before D is set.',
      domain: WALK_DOMAIN,
      files: [...tuned, ...readable],
      build: both(tunedOutcome, readableOutcome, mode, (differ) => ({
        'D of the leaf': differ['D of the leaf']!,
      })),
    },
    {
      id: `${mode}/rule-result`,
      mode,
      sentence:
        "The readable walk gives the verdict, physical address, page size, rights, G and error code of the manual's rule.",
      domain: WALK_DOMAIN,
      files: readable,
      build: both(readableOutcome, ruleOutcome, mode, withoutRam),
    },
    {
      id: `${mode}/rule-ram`,
      mode,
      sentence: "The readable walk sets the accessed and dirty bits that the manual's rule sets.",
      domain: WALK_DOMAIN,
      files: readable,
      build: both(readableOutcome, ruleOutcome, mode, (differ) => ({
        'RAM afterwards': differ['RAM afterwards']!,
      })),
    },
    {
      id: `${mode}/writes`,
      mode,
      sentence:
        'A walk that faults writes nothing, and one that succeeds sets A and D and changes no other bit.',
      domain: WALK_DOMAIN,
      files: tuned,
      build: (run) => {
        const state = unknownState(run, mode);
        const { ok, contents } = tunedOutcome(run, state);
        const [before, after] = [select(state.ram.before, anyWord()), select(contents, anyWord())];
        const changed = bitXor(before, after);
        return {
          state,
          assumptions: state.assumptions,
          never: {
            'a walk that faults writes': and(not(ok), not(eq(before, after))),
            'another bit than A and D changes': not(eq(bitAnd(changed, int(~A_AND_D)), int(0))),
            'a bit is cleared': not(eq(bitAnd(before, bitNot(after)), int(0))),
          },
        };
      },
    },
  ];
}

/** All theorems, quick ones first. */
export const THEOREMS: readonly Theorem[] = [
  ...tlbWordTheorems,
  ...wideTlbTheorems,
  ...lookTheorems,
  ...expectedTheorems,
  ...tableWriterTheorems,
  ...tableWalkTheorems,
  ...listTheorems,
  ...pageWalkTheorems,
  ...MODES.flatMap(walkTheorems),
  gatedTheorem('32-bit'),
  gatedTheorem('PAE'),
];

/**
 * The theorems of a mode that speak of a file, those that are asked about the same two walkers as one question: of a
 * planted mistake it is not known where it shows, and one search for any difference finds it first.
 */
export function huntsFor(file: string, mode: Mode | 'any'): readonly Theorem[] {
  const concerned = THEOREMS.filter(
    (one) => (mode === 'any' || one.mode === mode) && one.files.includes(file),
  );
  const hunts: Theorem[] = [];
  for (const one of concerned) {
    const [, of] = one.id.split('/') as [string, string];
    const pair = HUNTED[of];
    if (pair === undefined || one.mode === 'any') hunts.push(one);
    else if (of.endsWith('-result'))
      hunts.push({ ...one, build: both(...pair, one.mode, (differ) => differ) });
  }
  // The shorter question first: the rule's tables are a smaller formula than the tuned walk. That nothing but A and D
  // is written follows from the others, and is asked last. The loops over lists are compared with a walk: of a mistake in
  // the walk they say the same later.
  const rank = ({ id, files }: Theorem): number => {
    if (id.endsWith('/a20') && file !== files[0]) return 4;
    if (id.includes('/tuned')) return 1;
    if (id.endsWith('/writes')) return 2;
    return id.includes('/list-') && file !== files[0] ? 3 : 0;
  };
  return hunts.toSorted((a, b) => rank(a) - rank(b));
}

const HUNTED: Readonly<Record<string, readonly [typeof tunedOutcome, typeof tunedOutcome]>> = {
  'tuned-result': [tunedOutcome, readableOutcome],
  'tuned-ram': [tunedOutcome, readableOutcome],
  'tuned-dirty': [tunedOutcome, readableOutcome],
  'rule-result': [readableOutcome, ruleOutcome],
  'rule-ram': [readableOutcome, ruleOutcome],
};

/** A claim with what its run has found besides: where the code could throw, or use a value that is not there. */
export function complete(claim: Claim, run: Interpreter): Claim {
  const never: Record<string, Term> = { ...claim.never };
  for (const { condition, place, text } of run.throws) {
    const name = `${place === '' ? '' : `${place}: `}${text}`;
    never[name] = or(never[name] ?? FALSE, condition);
  }
  return { ...claim, never };
}
