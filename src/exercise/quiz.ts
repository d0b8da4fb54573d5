/** A sheet or a form of the inventory as a quiz, from which the formats of learning platforms are written. */

import type { Exercise } from './exercise.ts';
import type { InventoryQuestion } from './inventory-kinds.ts';
import { answerKey, type Sheet, typicalMistakes } from './sheet.ts';
import { sheetName } from './sheet-text.ts';
import { wordsOf } from './words/index.ts';

/** An answer that is offered or foreseen. */
export interface QuizAnswer {
  readonly text: string;
  readonly right: boolean;
  /** What to tell who gives it; empty for a right one. */
  readonly feedback: string;
}

/** One question of a quiz. */
export interface QuizQuestion {
  /** Letters, digits and hyphens; another in each question. */
  readonly id: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** The memory that is given. */
  readonly tables: readonly string[];
  /** How an answer is written; empty where it is chosen among options that say it themselves. */
  readonly format: string;
  /** `choice`: one of the answers is chosen, in any order; `options`: in this order; `text`: it is written. */
  readonly kind: 'choice' | 'options' | 'text';
  /** The right one first, but for `options`. */
  readonly answers: readonly QuizAnswer[];
}

/** A quiz: what it is called, and its questions. */
export interface Quiz {
  readonly name: string;
  readonly title: string;
  readonly questions: readonly QuizQuestion[];
}

/** At most this many choices beside the right one: more are guesswork to read. */
const CHOICES = 5;

/** A sheet: addresses are written, with the typical slips foreseen; other answers are chosen. */
export function sheetQuiz(sheet: Sheet): Quiz {
  const name = sheetName(sheet);
  return { name, title: wordsOf(sheet).sheet.title(name), questions: sheet.exercises.map(ofExercise) };
}

function ofExercise(exercise: Exercise): QuizQuestion {
  const { id, title, prompt, tables, answerFormat } = exercise;
  const { diagnoses } = wordsOf(exercise);
  const isChosen = exercise.kind === 'fault' || exercise.kind === 'fix';
  const mistakes = typicalMistakes(exercise);
  const wrong = isChosen ? mistakes.slice(0, CHOICES) : mistakes;
  // Where many values are right, or an answer has two parts, none can be compared as text.
  return {
    id: `exercise-${id}`,
    title: `${id}. ${title}`,
    paragraphs: prompt.split('\n'),
    tables,
    format: answerFormat,
    kind: isChosen ? 'choice' : 'text',
    answers: [
      { text: answerKey(exercise).answer, right: true, feedback: '' },
      ...wrong.map(({ mistake, answer }) => ({ text: answer, right: false, feedback: diagnoses[mistake] })),
    ],
  };
}

/**
 * A form of the inventory: who takes a wrong option is told what that would mean.
 * @param name - What the form is called.
 */
export function inventoryQuiz(questions: readonly InventoryQuestion[], name: string): Quiz {
  const words = wordsOf(questions[0] ?? {}).inventory;
  return {
    name,
    title: words.title(name),
    questions: questions.map(({ id, prompt, tables, options }, i) => ({
      id,
      title: words.question(i + 1),
      paragraphs: prompt.split('\n'),
      tables,
      format: '',
      kind: 'options',
      answers: options.map(({ text, misconception }) => ({
        text,
        right: misconception === undefined,
        feedback: misconception === undefined ? '' : words.misconceptions[misconception],
      })),
    })),
  };
}

/** An address with and without underscore, `0x` and leading zeros. */
export function spellings(address: string): string[] {
  const plain = address.replaceAll('_', '');
  const digits = plain.slice(2);
  const short = digits.replace(/^0+(?=.)/, '');
  return [...new Set([address, plain, digits, `0x${short}`, short])];
}
