import { READ } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { DIRECTORY, FIRST_TABLE, flagOf, KERNEL, LOWEST_TABLE, pageOf, START_INFO } from './conditions.ts';
import type { Lesson, LessonStep } from './lesson.ts';

const goTo = (linear: number): NonNullable<LessonStep['check']> => {
  return ({ view }) => pageOf(view.linear) === pageOf(linear);
};

export const backwards: Lesson = {
  id: 'backwards',
  scenario: DEFAULT_SCENARIO,
  sources: { document: 'docs/xen-1.2.md' },
  steps: [
    { look: { linear: KERNEL, access: READ, step: undefined, panel: 'map' }, right: 2 },
    { panel: 'map', where: '[data-region-name="page directory"]', check: goTo(DIRECTORY) },
    { panel: 'map', where: '.map [data-page]', check: goTo(FIRST_TABLE) },
    { right: 1 },
    {
      where: '[data-request="restart"]',
      look: { linear: KERNEL },
      shows: 'requests',
      // Mapped already before it began: building must have gone back first.
      check: ({ session, since }) =>
        since.some(({ action }) => action.kind === 'built' && action.requests < 3) &&
        flagOf(session, KERNEL, 'P'),
    },
    {
      where: '[data-request="readonly"]',
      shows: 'requests',
      check: ({ session, view, since }) =>
        since.some(({ action }) => action.kind === 'built') &&
        pageOf(view.linear) === pageOf(LOWEST_TABLE) &&
        flagOf(session, LOWEST_TABLE, 'P'),
    },
    {
      where: '[data-request="all"]',
      shows: 'requests',
      check: ({ session, view }) =>
        pageOf(view.linear) === pageOf(START_INFO) && flagOf(session, DIRECTORY, 'P'),
    },
  ],
};
