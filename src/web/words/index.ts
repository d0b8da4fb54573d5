/** Every word of the page: one folder for each language, all of the same shape. */

import { DE } from './de/index.ts';
import { EN, type Words } from './en/index.ts';

export type { Words } from './en/index.ts';
export type { LessonWords, StepWords } from './shape.ts';

/** The words of the language that the page speaks now. Read it when something is drawn, not before. */
export let TEXT: Words = EN;

/** The languages, by the code with which they are chosen in the address. */
export const LANGUAGES: Readonly<Record<string, Words>> = { en: EN, de: DE };

/** Spoken where no other is asked for. */
export const FIRST_LANGUAGE = 'en';

export function isLanguage(code: string): boolean {
  return Object.hasOwn(LANGUAGES, code);
}

/** Speaks another language from now on. */
export function speak(language: string): void {
  TEXT = LANGUAGES[language] ?? EN;
}
