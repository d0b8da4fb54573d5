/** What an exercise is: plain data, so that it can be saved, sent and opened in the emulator. */

import type { Access } from '../arch/access.ts';
import type { ExerciseLanguage } from './language.ts';
import type { Mistake } from './mistake.ts';

export type { Mistake } from './mistake.ts';

/** The kinds of exercise. */
export type ExerciseKind = 'translate' | 'fault' | 'alias' | 'fix';

/** All kinds, easiest first. */
export const EXERCISE_KINDS: readonly ExerciseKind[] = ['translate', 'fault', 'alias', 'fix'];

/** The machine that an exercise is about: 32-bit paging on a Pentium III; RAM is zero but for `words`. */
export interface ExerciseMachine {
  /** Bytes of RAM. */
  readonly ramBytes: number;
  /** CR0: paging is on, WP set or not. */
  readonly cr0: number;
  /** Physical address of the directory. */
  readonly cr3: number;
  /** CR4: PSE set or not. */
  readonly cr4: number;
  /** Pairs of physical address and 32-bit word, ascending. */
  readonly words: readonly (readonly [physical: number, word: number])[];
}

/** A demand on one linear address: where it leads, and who may use it. */
export interface AddressRule {
  /** The linear address. */
  readonly linear: number;
  /** The physical address that it must translate to. */
  readonly physical: number;
  /** Ring 3 may read it. */
  readonly user: boolean;
  /** The kernel may write it, and ring 3 too where it may read it. */
  readonly writable: boolean;
}

/** What is asked, for programs. */
export type Task =
  | {
      /** Translate an address. */
      readonly kind: 'translate';
      /** The linear address. */
      readonly linear: number;
    }
  | {
      /** Predict what an access does. */
      readonly kind: 'fault';
      /** The linear address. */
      readonly linear: number;
      /** The access as the MMU sees it. */
      readonly access: Access;
      /** The ring that it comes from. */
      readonly ring: 0 | 1 | 3;
    }
  | {
      /** Find the page through which the guest could write a table. */
      readonly kind: 'alias';
    }
  | {
      /** Give an entry the value that fulfils rules. */
      readonly kind: 'fix';
      /** Physical address of the entry to be written. */
      readonly entryAddress: number;
      /** What must hold afterwards. */
      readonly rules: readonly AddressRule[];
    };

/** One exercise of a sheet. */
export interface Exercise {
  /** Its number on the sheet, from 1, as text. */
  readonly id: string;
  /** The kind. */
  readonly kind: ExerciseKind;
  /** A heading. */
  readonly title: string;
  /** What is asked, as sentences, a paragraph a line. */
  readonly prompt: string;
  /** The memory that is given, in lines of `address: word`; an empty line between frames. All else is 0. */
  readonly tables: readonly string[];
  /** How the answer is to be written, with an example. */
  readonly answerFormat: string;
  /** The machine to answer from, which a page can open in the emulator. */
  readonly machine: ExerciseMachine;
  /** What is asked, for programs. */
  readonly task: Task;
  /** The language of its texts. Default English. */
  readonly language?: ExerciseLanguage;
}

/** What became of an answer. */
export interface Verdict {
  /** The answer is right. */
  readonly right: boolean;
  /** The mistake, where it is a typical one; `other` where it is not; undefined for a right answer. */
  readonly mistake: Mistake | undefined;
  /** What to tell the student: what went wrong and where to look, without the answer. */
  readonly diagnosis: string;
}

/** A right answer with its reasons. */
export interface AnswerKey {
  /** The answer as it would be typed. */
  readonly answer: string;
  /** Why, as lines of text: mostly the walk. */
  readonly explanation: readonly string[];
}

/** A wrong answer that a typical mistake leads to. */
export interface WrongAnswer {
  /** The mistake. */
  readonly mistake: Mistake;
  /** The answer as it would be typed. */
  readonly answer: string;
}
