/** A student's answers as a file to hand in, and what a class's files say together. Nothing in a file is trusted. */

import { checkAnswer, type Mistake, makeSheet, type Sheet } from '../exercise/index.ts';
import { handedInText, isWhole, readHandedIn } from './handed-in.ts';

const SCHEMA = 'x86-paging/answers/1';
/** A file of a hundred answers has some ten KiB. */
const MOST_BYTES = 1 << 20;
const MOST_EXERCISES = 100;

/** What is handed in: which sheet, and what was answered. The sheet is made anew from its number. */
export interface Answers {
  readonly seed: number;
  readonly student: string;
  readonly count: number;
  /** By the exercise's number on the sheet. */
  readonly answers: Readonly<Record<string, string>>;
}

/** The file's text. */
export function answersText(answers: Answers): string {
  return handedInText(SCHEMA, answers);
}

/** Reads a file. @returns undefined where it is none of these. */
export function readAnswers(text: string): Answers | undefined {
  const read = readHandedIn(text, SCHEMA, MOST_BYTES);
  const count = read?.fields['count'];
  if (read === undefined || !isWhole(count, 1, MOST_EXERCISES)) return undefined;
  const { seed, student } = read;
  const texts = read.answers.filter((one): one is [string, string] => typeof one[1] === 'string');
  return { seed, student, count, answers: Object.fromEntries(texts) };
}

/** The sheet that was answered. */
export function sheetOf({ seed, student, count }: Answers): Sheet {
  return makeSheet({ seed, count, ...(student !== '' && { student }) });
}

/** One exercise of one student: right, wrong by a mistake, or not answered. */
export type Mark = 'right' | 'none' | Mistake;

/** What became of each exercise, checked anew by the MMU. */
export function marksOf(answers: Answers): Mark[] {
  return sheetOf(answers).exercises.map((exercise) => {
    const text = answers.answers[exercise.id];
    if (text === undefined || text.trim() === '') return 'none';
    const { right, mistake } = checkAnswer(exercise, text);
    return right ? 'right' : (mistake ?? 'other');
  });
}

/** How often each mistake was made, the most frequent first. */
export function mistakesOf(marks: readonly (readonly Mark[])[]): [mistake: Mistake, count: number][] {
  const counts = new Map<Mistake, number>();
  for (const mark of marks.flat()) {
    if (mark !== 'right' && mark !== 'none') counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
