/** What a concept inventory is made of: plain data. */

import type { ExerciseMachine } from './exercise.ts';
import type { ExerciseLanguage } from './language.ts';
import type { Misconception } from './words/en-inventory.ts';

export type { Misconception };

/** One option of a question. */
export interface InventoryOption {
  /** What is offered. */
  readonly text: string;
  /** What somebody believes who takes it; undefined: it is right. */
  readonly misconception: Misconception | undefined;
}

/** One question of a form. */
export interface InventoryQuestion {
  /** Its place in the inventory: the same in both forms, so that answers can be compared. */
  readonly id: string;
  /** What is asked, as sentences, a paragraph a line. */
  readonly prompt: string;
  /** The memory that is given, in lines of `address: word`; all else is 0. */
  readonly tables: readonly string[];
  /** Four options in an order of chance, one of them right. */
  readonly options: readonly InventoryOption[];
  /** The machine that the question is about. */
  readonly machine: ExerciseMachine;
  /** The language of its texts. Default English. */
  readonly language?: ExerciseLanguage;
}
