/** The lessons, and how one goes on. */

import type { Session } from '../session.ts';
import type { View } from '../view-state.ts';
import { backwards } from './backwards.ts';
import { dirty } from './dirty.ts';
import { large } from './large.ts';
import type { Lesson, LessonStep, Situation } from './lesson.ts';
import { segments } from './segments.ts';
import { stale } from './stale.ts';
import { tables } from './tables.ts';
import { walk } from './walk.ts';
import { wp } from './wp.ts';

export type { Lesson, LessonStep, Situation } from './lesson.ts';

/** In the order in which they build on one another. */
export const LESSONS: readonly Lesson[] = [walk, tables, wp, dirty, stale, large, segments, backwards];

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

/** The view after something has changed: a step whose task is done stays done. */
export function advanced(session: Session, view: View): View {
  const { lesson } = view;
  if (lesson === undefined || lesson.met) return view;
  const check = stepOf(view)?.check;
  const situation: Situation = { session, view, since: session.outcomes.slice(lesson.since) };
  return check?.(situation) === true ? { ...view, lesson: { ...lesson, met: true } } : view;
}

/**
 * The view with which a lesson, or one of its steps, begins.
 * @param since - Number of actions so far: none of them counts for the step.
 */
export function entered(view: View, lesson: Lesson, step: number, since: number): View {
  const look = lesson.steps[step]?.look ?? {};
  const position = { id: lesson.id, step, since, met: false };
  return { ...view, ...look, lesson: position };
}
