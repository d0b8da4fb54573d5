import { READ, WRITE } from '../../index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { accessed, flagOf } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const PAGE = 0xc020_0000;

export const dirty: Lesson = {
  id: 'dirty',
  scenario: DEFAULT_SCENARIO,
  steps: [
    {
      look: { linear: PAGE, access: READ, step: undefined },
      check: ({ session }) => !flagOf(session, PAGE, 'A'),
    },
    { check: (now) => accessed(now, PAGE, { access: READ, faults: false }) },
    { check: (now) => accessed(now, PAGE, { access: WRITE, faults: false }) },
    {
      check: (now) =>
        accessed(now, PAGE, { access: WRITE, faults: false }) && !flagOf(now.session, PAGE, 'D'),
    },
    {
      check: (now) =>
        now.since.some(({ action }) => action.kind === 'invlpg') &&
        accessed(now, PAGE, { access: WRITE, faults: false }) &&
        flagOf(now.session, PAGE, 'D'),
    },
  ],
};
