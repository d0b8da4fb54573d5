/** Every word of the page: one folder for each language, all of the same shape. */

import { EN } from './en/index.ts';

export type { LessonWords, StepWords } from './shape.ts';

/** All words of one language. */
export type Words = typeof EN;

/** The words of the language that the page speaks now. Read it when something is drawn, not before. */
export let TEXT: Words = EN;

/** The languages, by the code with which they are chosen in the address. */
export const LANGUAGES: Readonly<Record<string, Words>> = { en: EN };

/** Speaks another language from now on. */
export function speak(language: string): void {
  TEXT = LANGUAGES[language] ?? EN;
}
