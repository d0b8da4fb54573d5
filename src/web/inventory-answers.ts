/** A student's answers to the concept inventory as a file to hand in, and what a class's files say. Nothing in a file is trusted. */

import {
  INVENTORY_FORMS,
  type InventoryForm,
  type InventoryQuestion,
  type Misconception,
  makeInventory,
} from '../exercise/index.ts';
import { handedInText, isWhole, readHandedIn } from './handed-in.ts';

const SCHEMA = 'x86-paging/inventory-answers/1';
/** A file has some two KiB. */
const MOST_BYTES = 1 << 16;

/** Which form of the inventory, of which class. */
export interface InventorySheet {
  readonly form: InventoryForm;
  readonly seed: number;
}

/** What is handed in. The questions are made anew from the form and its number. */
export interface InventoryAnswers extends InventorySheet {
  readonly student: string;
  /** By the question's id: the number of the option, from 0. */
  readonly answers: Readonly<Record<string, number>>;
}

/** The file's text. */
export function inventoryAnswersText(answers: InventoryAnswers): string {
  return handedInText(SCHEMA, answers);
}

/** Reads a file. @returns undefined where it is none of these. */
export function readInventoryAnswers(text: string): InventoryAnswers | undefined {
  const read = readHandedIn(text, SCHEMA, MOST_BYTES);
  const form = INVENTORY_FORMS.find((one) => one === read?.fields['form']);
  if (read === undefined || form === undefined) return undefined;
  const { seed, student } = read;
  const numbers = read.answers.filter((one): one is [string, number] => isWhole(one[1], 0, 3));
  return { form, seed, student, answers: Object.fromEntries(numbers) };
}

/** What became of a question: right, not answered, or what somebody believes who answers so. */
export type InventoryMark = 'right' | 'none' | Misconception;

/** What became of each question of a form. */
export function inventoryMarks(
  questions: readonly InventoryQuestion[],
  answers: InventoryAnswers['answers'],
): InventoryMark[] {
  return questions.map(({ id, options }) => {
    const option = Object.hasOwn(answers, id) ? options[answers[id]!] : undefined;
    return option === undefined ? 'none' : (option.misconception ?? 'right');
  });
}

/** The questions that were answered, and their marks. */
export function marksOfInventory({ form, seed, answers }: InventoryAnswers): InventoryMark[] {
  return inventoryMarks(makeInventory(form, seed), answers);
}

/** How many are right. */
export function scoreOf(marks: readonly InventoryMark[]): number {
  return marks.filter((mark) => mark === 'right').length;
}

/** What is believed, with the number of answers that say so, the most frequent first. */
export function believedIn(marks: readonly InventoryMark[]): [misconception: Misconception, count: number][] {
  const counts = new Map<Misconception, number>();
  for (const mark of marks) {
    if (mark !== 'right' && mark !== 'none') counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** One student of a class: what they had before and after the course. */
export interface StudentResult {
  readonly student: string;
  readonly marks: Readonly<Partial<Record<InventoryForm, readonly InventoryMark[]>>>;
}

/** A class by student, in the order in which they come; of two files of one form the later counts. */
export function resultsOf(files: readonly InventoryAnswers[]): StudentResult[] {
  const byName = new Map<string, Partial<Record<InventoryForm, readonly InventoryMark[]>>>();
  // Who gives no name cannot be told from others: each such file is somebody.
  for (const [i, file] of files.entries()) {
    const key = file.student.trim() === '' ? `\0${i}` : file.student.trim();
    byName.set(key, { ...byName.get(key), [file.form]: marksOfInventory(file) });
  }
  return [...byName].map(([key, marks]) => ({ student: key.startsWith('\0') ? '' : key, marks }));
}

/**
 * What a class has gained: the share of what could be gained, of those who answered both forms; undefined: of nobody.
 * Source: R. R. Hake, "Interactive-engagement versus traditional methods", 1998, the normalized gain of class averages.
 */
export function gainOf(results: readonly StudentResult[]): number | undefined {
  const both = results.filter(({ marks }) => marks.pre !== undefined && marks.post !== undefined);
  if (both.length === 0) return undefined;
  const sum = (form: InventoryForm): number =>
    both.reduce((total, { marks }) => total + scoreOf(marks[form]!), 0);
  const most = both.length * both[0]!.marks.pre!.length;
  return most === sum('pre') ? undefined : (sum('post') - sum('pre')) / (most - sum('pre'));
}

/** The lesson that shows what is otherwise, by its id. */
export const LESSON_FOR: Readonly<Record<Misconception, string>> = {
  'linear-is-physical': 'walk',
  'offset-not-kept': 'walk',
  'flags-are-address': 'walk',
  'entry-is-one-byte': 'walk',
  'indices-swapped': 'walk',
  'tables-are-searched': 'walk',
  'frames-are-contiguous': 'backwards',
  'entries-hold-linear': 'tables',
  'one-map-for-all': 'cow',
  'frame-has-one-page': 'cow',
  'absent-is-zero': 'demand',
  'present-means-exists': 'tables',
  'last-entry-decides': 'guards',
  'first-entry-decides': 'guards',
  'supervisor-may-all': 'wp',
  'supervisor-bound-always': 'wp',
  'rings-are-graded': 'segments',
  'reading-is-free': 'guards',
  'error-bit-mixed-up': 'tables',
  'tlb-sees-memory': 'stale',
  'tlb-keeps-faults': 'stale',
  'flush-is-nothing': 'stale',
  'dirty-by-reading': 'dirty',
  'software-sets-bits': 'dirty',
  'large-is-small': 'large',
  'tables-cost-nothing': 'backwards',
  'tables-are-flat': 'backwards',
  'cr2-is-physical': 'demand',
  'cr2-is-code': 'demand',
  'fault-is-fatal': 'demand',
};
