/** Handlers that students complete. */

import type { StepWords } from './words/index.ts';

/** What is wrong with the choices, blank by blank; empty if nothing is. */
export function diagnosisOfHandler(
  blanks: NonNullable<StepWords['blanks']>,
  choices: readonly number[],
): string {
  return blanks
    .map((blank, i) => blank[choices[i] ?? -1]?.[1] ?? '')
    .filter((wrong) => wrong !== '')
    .join(' ');
}
