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
    {
      where: '[data-place="page directory"]',
      look: { linear: KERNEL, access: READ, step: undefined },
      check: goTo(DIRECTORY),
    },
    { where: '#map', check: goTo(FIRST_TABLE) },
    { right: 1 },
    { where: '.requests', look: { linear: KERNEL }, shows: 'requests', check: goTo(LOWEST_TABLE) },
    { where: '[data-place="start_info"]', check: goTo(START_INFO) },
  ],
};
