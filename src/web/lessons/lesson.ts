/** What a lesson is made of. */

import type { Scenario } from '../scenario.ts';
import type { Action, Outcome, Session } from '../session.ts';
import type { Panel, View } from '../view-state.ts';

/** What a step may ask about. */
export interface Situation {
  readonly session: Session;
  readonly view: View;
  /** What was done since the step began. */
  readonly since: readonly Outcome[];
}

/** Something that a step has prepared to be done: what the kernel runs next, say. */
export type ActList = (session: Session) => readonly Action[];

/** A piece of a handler that the student completes: choices for blanks, and what they lead to. */
export interface HandlerTask {
  /** The right choice in each blank. */
  readonly right: readonly number[];
  /** Choices in each blank. */
  readonly counts: readonly number[];
  /** What is really done with these choices. */
  run(session: Session, choices: readonly number[]): readonly Action[];
}

/** One step: its words stand in the text, under the lesson's id and the step's number. */
export interface LessonStep {
  /** What is to be done. */
  readonly check?: (situation: Situation) => boolean;
  /** What is to be run, in this order; the step is done when all of it was. */
  readonly acts?: ActList;
  /** A question with choices; the index of the right one. */
  readonly right?: number;
  /** What this access will do is to be predicted: success, or the fault's error code bit by bit. */
  readonly predict?: Action & { readonly kind: 'access' };
  readonly handler?: HandlerTask;
  /** What happens is not to be seen before the step is done. */
  readonly veils?: true;
  /** What is looked at when the step begins. */
  readonly look?: Partial<View>;
  /** Where in the page it is done: a CSS selector. */
  readonly where?: string;
  /** The panel in which that place is. */
  readonly panel?: Panel;
  /** The builder's requests are shown beside the step. */
  readonly shows?: 'requests';
}

/** Where what a lesson teaches is written down. */
export interface Sources {
  /** Headings in Intel's manual, volume 3A: its numbers change with the edition. */
  readonly manual?: readonly string[];
  /** A document of this project. */
  readonly document?: string;
}

export interface Lesson {
  readonly id: string;
  /** The machine that the lesson needs. */
  readonly scenario: Scenario;
  readonly sources: Sources;
  readonly steps: readonly LessonStep[];
}

/** What those of a list of acts led to that were done, in their order; other things may be done between. */
export function actsDone(acts: readonly Action[], since: readonly Outcome[]): Outcome[] {
  const done: Outcome[] = [];
  for (const outcome of since) {
    const next = acts[done.length];
    if (next !== undefined && sameAction(outcome.action, next)) done.push(outcome);
  }
  return done;
}

function sameAction(a: Action, b: Action): boolean {
  return encode(a) === encode(b);
}

/** Equal text for equal actions, in whatever order their parts were written. */
function encode(action: Action): string {
  return Object.entries(action)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join();
}
