/** The lessons, and how one goes on. */

import type { Session } from '../session.ts';
import type { View } from '../view-state.ts';
import type { Lesson, LessonStep, Situation } from './lesson.ts';

export type { Lesson, LessonStep, Situation } from './lesson.ts';

/** In the order in which they build on one another. */
export const LESSONS: readonly Lesson[] = [];

export function lessonOf(view: View): Lesson | undefined {
  return LESSONS.find(({ id }) => id === view.lesson?.id);
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
