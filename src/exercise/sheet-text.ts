/** A sheet and its key as plain text, for a terminal or a printer. */

import { wrap } from '../render/index.ts';
import type { Exercise } from './exercise.ts';
import { answerKey, type Sheet } from './sheet.ts';

const WIDTH = 80;

/** The sheet: every exercise with its tables and a line for the answer. */
export function sheetText(sheet: Sheet): string {
  const { exercises } = sheet;
  return [
    `x86 paging exercises, ${sheetName(sheet)}`,
    '',
    ...wrap(
      'Tables are given as "physical address: word", words of 32 bits. All words that are not shown are 0.',
      WIDTH,
    ),
    ...exercises.flatMap((exercise) => ['', ...exerciseLines(exercise), '', 'Answer: ____________________']),
  ].join('\n');
}

/** The key: every answer with the walk that shows it. */
export function keyText(sheet: Sheet): string {
  return [
    `Key to the x86 paging exercises, ${sheetName(sheet)}`,
    ...sheet.exercises.flatMap((exercise) => {
      const { answer, explanation } = answerKey(exercise);
      return ['', `${exercise.id}. ${exercise.title}`, `   Answer: ${answer}`, '', ...indented(explanation)];
    }),
  ].join('\n');
}

/** What tells a sheet from others. */
export function sheetName({ seed, student }: Sheet): string {
  // A name is one line, whatever was given.
  return student === undefined
    ? `sheet ${seed}`
    : `sheet ${seed} for ${student.trim().replaceAll(/\s+/g, ' ')}`;
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
