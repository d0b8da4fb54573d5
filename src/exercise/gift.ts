/**
 * A sheet in Moodle's GIFT format. Addresses are short answers, with the typical slips as wrong answers that carry
 * their diagnosis; where many values are right, or an answer has two parts, the question is multiple choice.
 * Source: Moodle documentation, "GIFT format".
 */

import { escapeXml } from '../render/index.ts';
import type { Exercise } from './exercise.ts';
import { DIAGNOSES } from './mistakes.ts';
import { answerKey, type Sheet, typicalMistakes } from './sheet.ts';
import { sheetName } from './sheet-text.ts';

/** The whole file: one question an exercise, separated by empty lines, ending with a newline. */
export function sheetGift(sheet: Sheet): string {
  const name = sheetName(sheet);
  const questions = sheet.exercises.map((exercise) => question(exercise, name));
  return `// x86 paging exercises, ${name}\n\n${questions.join('\n\n')}\n`;
}

/** At most this many choices beside the right one: more are guesswork to read. */
export const CHOICES = 5;

function question(exercise: Exercise, sheet: string): string {
  const { id, title, prompt, tables, answerFormat } = exercise;
  const html = [
    ...prompt.split('\n').map((paragraph) => `<p>${escapeXml(paragraph)}</p>`),
    `<pre>${escapeXml(tables.join('\n'))}</pre>`,
    `<p>${escapeXml(answerFormat)}</p>`,
  ].join('');
  const answers = isChosen(exercise) ? choices(exercise) : shortAnswers(exercise);
  return `::${escapeGift(`${sheet}, ${id}. ${title}`)}::[html]${escapeGift(html)} {\n${answers.join('\n')}\n}`;
}

/** Whether an answer is chosen: where many values are right, or an answer has two parts, none can be compared as text. */
export function isChosen({ kind }: Exercise): boolean {
  return kind === 'fault' || kind === 'fix';
}

/** The right answer and the wrong ones as choices; Moodle shuffles them. */
function choices(exercise: Exercise): string[] {
  const wrong = typicalMistakes(exercise).slice(0, CHOICES);
  return [
    `=${escapeGift(answerKey(exercise).answer)}`,
    ...wrong.map(({ mistake, answer }) => `~${escapeGift(answer)}#${escapeGift(DIAGNOSES[mistake])}`),
  ];
}

/** Moodle compares letter by letter (case aside, as it is set by default): the usual spellings are all listed. */
function shortAnswers(exercise: Exercise): string[] {
  return [
    ...spellings(answerKey(exercise).answer).map((text) => `=${escapeGift(text)}`),
    ...typicalMistakes(exercise).flatMap(({ mistake, answer }) =>
      spellings(answer).map((text) => `=%0%${escapeGift(text)}#${escapeGift(DIAGNOSES[mistake])}`),
    ),
  ];
}

/** An address with and without underscore, `0x` and leading zeros. */
export function spellings(address: string): string[] {
  const plain = address.replaceAll('_', '');
  const digits = plain.slice(2);
  const short = digits.replace(/^0+(?=.)/, '');
  return [...new Set([address, plain, digits, `0x${short}`, short])];
}

/** Text in which GIFT sees no markup: its control characters with a backslash, line breaks as `\n`. */
export function escapeGift(text: string): string {
  return text.replace(/[\\~=#{}:]/g, (character) => `\\${character}`).replaceAll(/\r\n?|\n/g, '\\n');
}
