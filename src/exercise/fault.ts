/** Exercises that ask what an access does: nothing, or a page fault with its error code and CR2. */

import { type Access, FETCH, READ, USER_FETCH, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { CR0_WP } from '../arch/control.ts';
import { PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import { directoryIndex, tableIndex } from '../arch/paging-modes.ts';
import type { Random } from '../random/random.ts';
import type { AnswerKey, Exercise, ExerciseMachine, Mistake, Verdict, WrongAnswer } from './exercise.ts';
import { type FaultAnswer, parseFaultAnswer } from './fault-answer.ts';
import { type Change, dumpLines, explain, machineOf, registersText, wordAt } from './machine.ts';
import { type Flags, sketch } from './sketch.ts';
import { matching, right, unreadable, wrong } from './verdict.ts';
import { type ExerciseWords, wordsOf } from './words/index.ts';

type FaultExercise = Exercise & { readonly task: { readonly kind: 'fault' } };

const ACCESSES: readonly (readonly [supervisor: Access, user: Access])[] = [
  [READ, USER_READ],
  [WRITE, USER_WRITE],
  [FETCH, USER_FETCH],
];

/** Makes one: a third of the accesses succeed, a sixth meets an entry that is not present. */
export function makeFault(random: Random, id: string, words: ExerciseWords): Exercise {
  const wanted = random.pick(['ok', 'ok', 'not-present', 'rights', 'rights', 'rights'] as const);
  for (;;) {
    const exercise = draw(random, id, words);
    const outcome = outcomeOf(exercise.machine, exercise.task.linear, exercise.task.access);
    const found = outcome === 'ok' ? 'ok' : (outcome.code & 1) === 0 ? 'not-present' : 'rights';
    if (found === wanted) return exercise;
  }
}

function draw(random: Random, id: string, words: ExerciseWords): FaultExercise {
  const tables = sketch(random);
  const [directory, other] = random.distinct(2, 1, 1000) as [number, number];
  const [table, next] = random.distinct(2, 1, 1000) as [number, number];
  const linear = ((directory << 22) | (table << 12) | (1 + random.int(0xffe))) >>> 0;
  // Accessed, perhaps dirty, and the rights by chance; P is mostly there.
  const flags = (): Flags => ({
    accessed: true,
    present: random.chance(85),
    writable: random.chance(55),
    user: random.chance(60),
  });
  tables.table(directory, flags());
  tables.table(other, flags());
  tables.page(directory, table, tables.frame(), flags());
  tables.page(directory, next, tables.frame(), flags());
  const machine = machineOf(tables, { wp: random.chance(60) });
  const kind = random.int(10) < 5 ? 1 : random.int(3);
  const ring = random.pick([0, 1, 1, 3, 3] as const);
  const access = ACCESSES[kind]![ring === 3 ? 1 : 0];
  return {
    id,
    kind: 'fault',
    title: words.fault.title,
    prompt: `${registersText(machine, words)} ${words.fault.given}\n${words.fault.ask(ring, words.fault.verbs[kind]!, formatAddress(linear))}`,
    tables: dumpLines(machine),
    answerFormat: words.fault.format,
    machine,
    task: { kind: 'fault', linear, access, ring },
  };
}

function outcomeOf(
  machine: ExerciseMachine,
  linear: number,
  access: Access,
  change: Change = {},
): FaultAnswer {
  const report = explain(machine, linear, access, change);
  return report.ok ? 'ok' : { code: report.fault.code, cr2: Number(report.fault.cr2) };
}

function answerText(outcome: FaultAnswer): string {
  return outcome === 'ok' ? 'ok' : `${outcome.code} ${formatAddress(outcome.cr2)}`;
}

/** The answer, from the MMU. */
export function faultKey(exercise: FaultExercise): AnswerKey {
  const { machine, task } = exercise;
  const report = explain(machine, task.linear, task.access);
  return {
    answer: answerText(outcomeOf(machine, task.linear, task.access)),
    explanation: wordsOf(exercise).walk(report),
  };
}

/** Says whether an answer is right, or what was overlooked. */
export function checkFault(exercise: FaultExercise, text: string): Verdict {
  const words = wordsOf(exercise);
  const answer = parseFaultAnswer(text);
  if (answer === undefined) return unreadable(words.fault.write(words.fault.format), words);
  const written = answerText(answer);
  const outcome = outcomeOf(exercise.machine, exercise.task.linear, exercise.task.access);
  if (written === answerText(outcome)) return right(words);
  const typical = matching(faultMistakes(exercise), (mistaken) => mistaken === written);
  return wrong(typical === 'other' ? difference(outcome, answer) : typical, words);
}

/** Names what differs, where no typical line of thought leads to the answer. */
function difference(outcome: FaultAnswer, answer: FaultAnswer): Mistake {
  if (outcome === 'ok') return 'fault-imagined';
  if (answer === 'ok') return 'fault-missed';
  const bits = outcome.code ^ answer.code;
  if (bits === 0) return 'cr2-wrong';
  if (bits & 1) return 'present-bit-confused';
  if (bits & 2) return 'write-bit-confused';
  if (bits & 4) return 'user-bit-confused';
  return bits & 16 ? 'fetch-bit-confused' : 'other';
}

/**
 * What typical lines of thought lead to, the likeliest first: each is the MMU's own answer for a machine as the
 * student sees it.
 */
export function faultMistakes({ machine, task }: FaultExercise): WrongAnswer[] {
  const { linear, access } = task;
  const outcome = outcomeOf(machine, linear, access);
  const pdeAt = machine.cr3 + directoryIndex(linear) * 4;
  const pteAt = ((wordAt(machine, pdeAt) & ~0xfff) >>> 0) + tableIndex(linear) * 4;
  const seeing = (pde: number, pte: number): Change => ({
    words: [
      [pdeAt, wordAt(machine, pdeAt) | pde],
      [pteAt, wordAt(machine, pteAt) | pte],
    ],
  });
  const rights = PTE_RW | PTE_US;
  const thoughts: [Mistake, FaultAnswer][] = [
    ['not-present-missed', outcomeOf(machine, linear, access, seeing(PTE_P, PTE_P))],
    ['parents-rights-forgotten', outcomeOf(machine, linear, access, seeing(rights, 0))],
    ['entrys-rights-forgotten', outcomeOf(machine, linear, access, seeing(0, rights))],
    ['wp-confused', outcomeOf(machine, linear, access, { cr0: (machine.cr0 ^ CR0_WP) >>> 0 })],
    ['ring-confused', outcomeOf(machine, linear, (access ^ 4) as Access)],
  ];
  if (outcome === 'ok') {
    const code = (access & 4) | ((access & 1) << 1);
    for (const imagined of [code | 1, code, (code ^ 4) | 1]) {
      thoughts.push(['fault-imagined', { code: imagined, cr2: linear }]);
    }
  } else {
    const { code, cr2 } = outcome;
    const frame = (wordAt(machine, pteAt) & ~0xfff) >>> 0;
    thoughts.push(
      ['fault-missed', 'ok'],
      ['present-bit-confused', { code: code ^ 1, cr2 }],
      ['write-bit-confused', { code: code ^ 2, cr2 }],
      ['user-bit-confused', { code: code ^ 4, cr2 }],
      ['cr2-wrong', { code, cr2: (cr2 & ~0xfff) >>> 0 }],
      ['cr2-wrong', { code, cr2: (frame | (cr2 & 0xfff)) >>> 0 }],
    );
    if ((access & 2) !== 0) thoughts.push(['fetch-bit-confused', { code: code | 16, cr2 }]);
  }
  return thoughts
    .map(([mistake, thought]) => ({ mistake, answer: answerText(thought) }))
    .filter(({ answer }) => answer !== answerText(outcome));
}
