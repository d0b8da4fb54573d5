/** A sheet and its key as plain text, for a terminal or a printer. */

import { wrap } from '../render/index.ts';
import type { Exercise } from './exercise.ts';
import { answerKey, type Sheet } from './sheet.ts';
import { wordsOf } from './words/index.ts';

const WIDTH = 80;

/** The sheet: every exercise with its tables and a line for the answer. */
export function sheetText(sheet: Sheet): string {
  const words = wordsOf(sheet).sheet;
  return [
    words.title(sheetName(sheet)),
    '',
    ...wrap(words.given, WIDTH),
    ...sheet.exercises.flatMap((exercise) => [
      '',
      ...exerciseLines(exercise),
      '',
      `${words.answer}: ____________________`,
    ]),
  ].join('\n');
}

/** The key: every answer with the walk that shows it. */
export function keyText(sheet: Sheet): string {
  const words = wordsOf(sheet).sheet;
  return [
    words.key(sheetName(sheet)),
    ...sheet.exercises.flatMap((exercise) => {
      const { answer, explanation } = answerKey(exercise);
      return [
        '',
        `${exercise.id}. ${exercise.title}`,
        `   ${words.answer}: ${answer}`,
        '',
        ...indented(explanation),
      ];
    }),
  ].join('\n');
}

/** What tells a sheet from others. */
export function sheetName(sheet: Sheet): string {
  // A name is one line, whatever was given.
  return wordsOf(sheet).sheet.name(sheet.seed, sheet.student?.trim().replaceAll(/\s+/g, ' '));
}

function exerciseLines({ id, title, prompt, tables, answerFormat }: Exercise): string[] {
  return [
    `${id}. ${title}`,
    '',
    ...prompt.split('\n').flatMap((paragraph) => indented(wrap(paragraph, WIDTH - 3))),
    '',
    ...indented(tables.map((line) => (line === '' ? '' : `   ${line}`))),
    '',
    ...indented(wrap(answerFormat, WIDTH - 3)),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `   ${line}`));
}
