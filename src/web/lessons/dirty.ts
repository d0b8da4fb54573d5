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
      where: '[data-entry="PTE"] [data-bit="5"]',
      look: { linear: PAGE, access: READ, step: undefined },
      check: ({ session }) => !flagOf(session, PAGE, 'A'),
    },
    { where: '[data-do="access"]', check: (now) => accessed(now, PAGE, { access: READ, faults: false }) },
    { where: '[data-do="access"]', check: (now) => accessed(now, PAGE, { access: WRITE, faults: false }) },
    {
      where: '[data-entry="PTE"] [data-bit="6"]',
      check: (now) =>
        accessed(now, PAGE, { access: WRITE, faults: false }) && !flagOf(now.session, PAGE, 'D'),
    },
    {
      panel: 'tlb',
      where: '[data-invlpg]',
      check: (now) =>
        now.since.some(({ action }) => action.kind === 'invlpg') &&
        accessed(now, PAGE, { access: WRITE, faults: false }) &&
        flagOf(now.session, PAGE, 'D'),
    },
  ],
};
