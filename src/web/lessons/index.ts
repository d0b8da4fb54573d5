/** The lessons, and how one goes on. */

import type { Session } from '../session.ts';
import type { View } from '../view-state.ts';
import { asking } from './asking.ts';
import { backwards } from './backwards.ts';
import { cow } from './cow.ts';
import { demand } from './demand.ts';
import { dirty } from './dirty.ts';
import { guards } from './guards.ts';
import { large } from './large.ts';
import { actsDone, type Lesson, type LessonStep, type Situation } from './lesson.ts';
import { long } from './long.ts';
import { pae } from './pae.ts';
import { reach } from './reach.ts';
import { segments } from './segments.ts';
import { stale } from './stale.ts';
import { tables } from './tables.ts';
import { walk } from './walk.ts';
import { wp } from './wp.ts';

export type { HandlerTask, Lesson, LessonStep, Situation, Sources } from './lesson.ts';

/** In the order in which they build on one another. */
export const LESSONS: readonly Lesson[] = [
  walk,
  tables,
  asking,
  wp,
  dirty,
  stale,
  reach,
  large,
  demand,
  cow,
  pae,
  long,
  guards,
  segments,
  backwards,
];

export function lessonOf(view: View): Lesson | undefined {
  return LESSONS.find(({ id }) => id === view.lesson?.id);
}

/** A lesson by its id. */
export function lessonById(id: string): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.id === id);
}

export function stepOf(view: View): LessonStep | undefined {
  return lessonOf(view)?.steps[view.lesson?.step ?? 0];
}

/** What happens is not to be seen yet: it is asked for. */
export function isVeiled(view: View): boolean {
  return stepOf(view)?.veils === true && view.lesson?.met === false;
}

/** The view after something has changed: a step whose task is done stays done. */
export function advanced(session: Session, view: View): View {
  const { lesson } = view;
  const step = stepOf(view);
  if (lesson === undefined || step === undefined || lesson.met) return view;
  // Who went back to before the step began begins it there.
  const since = Math.min(lesson.since, session.outcomes.length);
  const situation: Situation = { session, view, since: session.outcomes.slice(since) };
  const met = isDone(step, situation);
  return met || since < lesson.since ? { ...view, lesson: { ...lesson, since, met } } : view;
}

function isDone({ check, acts }: LessonStep, situation: Situation): boolean {
  if (check !== undefined) return check(situation);
  if (acts === undefined) return false;
  const list = acts(situation.session);
  return actsDone(list, situation.since).length === list.length;
}

/**
 * The view with which a lesson, or one of its steps, begins.
 * @param since - Number of actions so far: none of them counts for the step.
 */
export function entered(view: View, lesson: Lesson, step: number, since: number): View {
  const look = lesson.steps[step]?.look ?? {};
  return { ...view, value: undefined, ...look, lesson: { id: lesson.id, step, since, met: false } };
}
