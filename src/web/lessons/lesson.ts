/** What a lesson is made of. */

import type { Scenario } from '../scenario.ts';
import type { Outcome, Session } from '../session.ts';
import type { Panel, View } from '../view-state.ts';

/** What a step may ask about. */
export interface Situation {
  readonly session: Session;
  readonly view: View;
  /** What was done since the step began. */
  readonly since: readonly Outcome[];
}

/** One step: its words stand in the text, under the lesson's id and the step's number. */
export interface LessonStep {
  /** What is to be done. Absent: there is nothing to do but read. */
  readonly check?: (situation: Situation) => boolean;
  /** What is looked at when the step begins. */
  readonly look?: Partial<View>;
  /** Where in the page it is done: a CSS selector. */
  readonly where?: string;
  /** Choices for a question; the index of the right one. */
  readonly right?: number;
  /** The panel in which that place is. */
  readonly panel?: Panel;
  /** What happens is not to be seen before the step is done. */
  readonly veils?: boolean;
  /** The builder's requests are shown beside the step. */
  readonly shows?: 'requests';
}

export interface Lesson {
  readonly id: string;
  /** The machine that the lesson needs. */
  readonly scenario: Scenario;
  readonly steps: readonly LessonStep[];
}
