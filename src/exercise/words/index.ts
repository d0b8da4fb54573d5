/** The exercises' words: one file for each language, all of the same shape. */

import type { ExerciseLanguage } from '../language.ts';
import { DE } from './de.ts';
import { EN, type ExerciseWords } from './en.ts';

export type { ExerciseWords } from './en.ts';

/** All words, by language. */
export const EXERCISE_WORDS: Readonly<Record<ExerciseLanguage, ExerciseWords>> = { en: EN, de: DE };

/** The words of something that was made in a language; English where it names none. */
export function wordsOf({ language = 'en' }: { readonly language?: ExerciseLanguage }): ExerciseWords {
  return EXERCISE_WORDS[language];
}
