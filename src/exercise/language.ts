/** The languages that exercises and inventory are written in, by their codes. */
export const EXERCISE_LANGUAGES = ['en', 'de'] as const;
/** The code of such a language. */
export type ExerciseLanguage = (typeof EXERCISE_LANGUAGES)[number];

/** @throws RangeError if exercises are not written in a language. */
export function checkLanguage(language: ExerciseLanguage | undefined): void {
  if (language === undefined || EXERCISE_LANGUAGES.includes(language)) return;
  throw new RangeError(`no exercises in '${language}'; there are ${EXERCISE_LANGUAGES.join(', ')}`);
}
