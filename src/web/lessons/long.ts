import { READ, USER_READ } from '../../arch/index.ts';
import { plainLayout } from '../plain-machine.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { pageOf, reads, walkedThrough } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const { stack, direct } = plainLayout('4-level');
/** The first address that is no copy of bit 47. */
const NOT_CANONICAL = 2 ** 47;

export const long: Lesson = {
  id: 'long',
  scenario: { ...DEFAULT_SCENARIO, setting: 'plain', format: '4-level', cpu: 'broadwell' },
  sources: { manual: ['4-Level Paging and 5-Level Paging'] },
  steps: [
    { look: { linear: stack, access: USER_READ, step: 0, panel: 'map' }, right: 1 },
    { where: '[data-step="forward"]', check: walkedThrough },
    { look: { step: undefined }, right: 2 },
    { look: { linear: direct, access: READ, step: 0 }, veils: true, right: 1 },
    { where: '[data-step="forward"]', check: walkedThrough },
    { look: { step: undefined }, right: 2 },
    { acts: () => [reads(NOT_CANONICAL)], where: '[data-act="0"]' },
    {
      where: '.address-strip [data-bit="47"]',
      check: ({ view }) => view.linear !== NOT_CANONICAL && pageOf(view.linear) > pageOf(NOT_CANONICAL),
    },
  ],
};
