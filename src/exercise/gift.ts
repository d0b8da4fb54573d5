/**
 * A quiz in Moodle's GIFT format. Addresses are short answers, with the typical slips as wrong answers that carry
 * their diagnosis; what is chosen is multiple choice, and Moodle shuffles it.
 * Source: Moodle documentation, "GIFT format".
 */

import { escapeXml } from '../render/index.ts';
import type { InventoryQuestion } from './inventory-kinds.ts';
import {
  inventoryQuiz,
  type Quiz,
  type QuizAnswer,
  type QuizQuestion,
  sheetQuiz,
  spellings,
} from './quiz.ts';
import type { Sheet } from './sheet.ts';

/** A sheet as a file: one question an exercise, separated by empty lines, ending with a newline. */
export function sheetGift(sheet: Sheet): string {
  return giftText(sheetQuiz(sheet));
}

/**
 * A form of the inventory as a file. Who takes a wrong option is told what it stands for.
 * @param name - What the form is called; stands before each question.
 */
export function inventoryGift(questions: readonly InventoryQuestion[], name: string): string {
  return giftText(inventoryQuiz(questions, name));
}

function giftText({ name, title, questions }: Quiz): string {
  return `// ${title}\n\n${questions.map((question) => questionText(question, name)).join('\n\n')}\n`;
}

function questionText(
  { title, paragraphs, tables, format, kind, answers }: QuizQuestion,
  name: string,
): string {
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escapeXml(paragraph)}</p>`),
    `<pre>${escapeXml(tables.join('\n'))}</pre>`,
    ...(format === '' ? [] : [`<p>${escapeXml(format)}</p>`]),
  ].join('');
  const lines = answers.flatMap(kind === 'text' ? shortAnswers : choice);
  return `::${escapeGift(`${name}, ${title}`)}::[html]${escapeGift(html)} {\n${lines.join('\n')}\n}`;
}

function choice({ text, right, feedback }: QuizAnswer): string[] {
  return [right ? `=${escapeGift(text)}` : `~${escapeGift(text)}#${escapeGift(feedback)}`];
}

/** Moodle compares letter by letter (case aside, as it is set by default): the usual spellings are all listed. */
function shortAnswers({ text, right, feedback }: QuizAnswer): string[] {
  return spellings(text).map((one) =>
    right ? `=${escapeGift(one)}` : `=%0%${escapeGift(one)}#${escapeGift(feedback)}`,
  );
}

/** Text in which GIFT sees no markup: its control characters with a backslash, line breaks as `\n`. */
export function escapeGift(text: string): string {
  return text.replace(/[\\~=#{}:]/g, (character) => `\\${character}`).replaceAll(/\r\n?|\n/g, '\\n');
}
