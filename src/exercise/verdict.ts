import type { Mistake, Verdict, WrongAnswer } from './exercise.ts';
import type { ExerciseWords } from './words/index.ts';

/** The answer is right. */
export function right(words: ExerciseWords): Verdict {
  return { right: true, mistake: undefined, diagnosis: words.right };
}

/** The answer is wrong, by this mistake. */
export function wrong(mistake: Mistake, words: ExerciseWords): Verdict {
  return { right: false, mistake, diagnosis: words.diagnoses[mistake] };
}

/** The answer is no answer; tells how to write one. */
export function unreadable(format: string, words: ExerciseWords): Verdict {
  return { right: false, mistake: 'unreadable', diagnosis: `${words.diagnoses.unreadable} ${format}` };
}

/** The first mistake that leads to an answer; `other` if none does. */
export function matching(mistakes: readonly WrongAnswer[], matches: (answer: string) => boolean): Mistake {
  return mistakes.find(({ answer }) => matches(answer))?.mistake ?? 'other';
}

/** One wrong answer each, for the first mistake that leads to it. */
export function distinct(mistakes: readonly WrongAnswer[]): WrongAnswer[] {
  const seen = new Set<string>();
  return mistakes.filter(({ answer }) => !seen.has(answer) && seen.add(answer));
}
