/** Sheets of exercises, and the checking of answers. */

import { type Random, randomFrom } from '../random/random.ts';
import { aliasKey, aliasMistakes, checkAlias, makeAlias } from './alias.ts';
import {
  type AnswerKey,
  EXERCISE_KINDS,
  type Exercise,
  type ExerciseKind,
  type Task,
  type Verdict,
  type WrongAnswer,
} from './exercise.ts';
import { checkFault, faultKey, faultMistakes, makeFault } from './fault.ts';
import { checkFix, fixKey, fixMistakes, makeFix } from './fix.ts';
import { checkLanguage, type ExerciseLanguage } from './language.ts';
import { checkSeed } from './seed.ts';
import { checkTranslate, makeTranslate, translateKey, translateMistakes } from './translate.ts';
import { distinct } from './verdict.ts';
import { type ExerciseWords, wordsOf } from './words/index.ts';

/** What a sheet is made from. */
export interface SheetOptions {
  /** The sheet: the same seed makes the same sheet everywhere. 0 to 2^53 − 1. */
  readonly seed: number;
  /** Gives each student another sheet of the same seed: any name or number. Default: the sheet for all. */
  readonly student?: string;
  /** Number of exercises, 1 to 1000. Default 8. */
  readonly count?: number;
  /** The kinds, which follow one another in this order. Default all. */
  readonly kinds?: readonly ExerciseKind[];
  /** The language of its texts: the same bytes and answers in each. Default English. */
  readonly language?: ExerciseLanguage;
}

/** A sheet: plain data. */
export interface Sheet {
  /** Its seed. */
  readonly seed: number;
  /** Its student, if it is one student's. */
  readonly student: string | undefined;
  /** Its exercises, numbered from 1. */
  readonly exercises: readonly Exercise[];
  /** The language of its texts. Default English. */
  readonly language?: ExerciseLanguage;
}

/** The largest number of exercises on a sheet. */
const MOST = 1000;

/**
 * Makes a sheet. An exercise depends on seed, student, its kind and its number alone: a longer sheet begins with the
 * shorter one.
 *
 * @throws RangeError if the seed, the count or a kind is out of range.
 * @example
 * const sheet = makeSheet({ seed: 7, student: 'Ada', count: 4 });
 * checkAnswer(sheet.exercises[0], '0x0012_3456').diagnosis;
 */
export function makeSheet(options: SheetOptions): Sheet {
  const { seed, student, count = 8, kinds = EXERCISE_KINDS, language } = options;
  checkSeed(seed);
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw new RangeError(`count ${count} is not a whole number from 1 to ${MOST}`);
  }
  if (kinds.length === 0) throw new RangeError(`no kinds; choose among ${EXERCISE_KINDS.join(', ')}`);
  for (const kind of kinds) {
    if (!EXERCISE_KINDS.includes(kind)) {
      throw new RangeError(`no exercise of kind '${kind}'; there are ${EXERCISE_KINDS.join(', ')}`);
    }
  }
  checkLanguage(language);
  const spoken = language === undefined ? {} : { language };
  const words = wordsOf(spoken);
  const exercises = Array.from({ length: count }, (_, i) => {
    const kind = kinds[i % kinds.length]!;
    const random = randomFrom(JSON.stringify([seed, student ?? null, kind, i + 1]));
    const exercise = MAKERS[kind](random, String(i + 1), words);
    return { ...exercise, ...spoken };
  });
  return { seed, student, exercises, ...spoken };
}

const MAKERS: Readonly<Record<ExerciseKind, (random: Random, id: string, words: ExerciseWords) => Exercise>> =
  {
    translate: makeTranslate,
    fault: makeFault,
    alias: makeAlias,
    fix: makeFix,
  };

type Of<K extends ExerciseKind> = Exercise & { readonly task: Extract<Task, { kind: K }> };

function is<K extends ExerciseKind>(exercise: Exercise, kind: K): exercise is Of<K> {
  return exercise.task.kind === kind;
}

/** Checks an answer with the real MMU, and says which typical mistake leads to a wrong one. */
export function checkAnswer(exercise: Exercise, text: string): Verdict {
  if (is(exercise, 'translate')) return checkTranslate(exercise, text);
  if (is(exercise, 'fault')) return checkFault(exercise, text);
  if (is(exercise, 'alias')) return checkAlias(exercise, text);
  return checkFix(exercise as Of<'fix'>, text);
}

/** The right answer (one of them, where several are right), with the walk that shows it. */
export function answerKey(exercise: Exercise): AnswerKey {
  if (is(exercise, 'translate')) return translateKey(exercise);
  if (is(exercise, 'fault')) return faultKey(exercise);
  if (is(exercise, 'alias')) return aliasKey(exercise);
  return fixKey(exercise as Of<'fix'>);
}

/** Wrong answers, each with the mistake that leads to it; no answer twice, and never a right one. */
export function typicalMistakes(exercise: Exercise): WrongAnswer[] {
  return distinct(mistakesOf(exercise));
}

function mistakesOf(exercise: Exercise): WrongAnswer[] {
  if (is(exercise, 'translate')) return translateMistakes(exercise);
  if (is(exercise, 'fault')) return faultMistakes(exercise);
  if (is(exercise, 'alias')) return aliasMistakes(exercise);
  return fixMistakes(exercise as Of<'fix'>);
}
