import { READ } from '../../index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { DIRECTORY, FIRST_TABLE, KERNEL, LOWEST_TABLE, pageOf, START_INFO } from './conditions.ts';
import type { Lesson, LessonStep } from './lesson.ts';

const goTo = (linear: number): NonNullable<LessonStep['check']> => {
  return ({ view }) => pageOf(view.linear) === pageOf(linear);
};

export const backwards: Lesson = {
  id: 'backwards',
  scenario: DEFAULT_SCENARIO,
  steps: [
    { look: { linear: KERNEL, access: READ, step: undefined }, check: goTo(DIRECTORY) },
    { check: goTo(FIRST_TABLE) },
    { right: 1 },
    { look: { linear: KERNEL }, shows: 'requests', check: goTo(LOWEST_TABLE) },
    { check: goTo(START_INFO) },
  ],
};
