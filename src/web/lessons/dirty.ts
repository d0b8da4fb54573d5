import { READ, WRITE } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { flagOf, forgets, reads, writes } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const PAGE = 0xc020_0000;
const FIRST = writes(PAGE, 1);
const SECOND = writes(PAGE, 2);
const THIRD = writes(PAGE, 3);

export const dirty: Lesson = {
  id: 'dirty',
  scenario: DEFAULT_SCENARIO,
  sources: { manual: ['Accessed and Dirty Flags'] },
  steps: [
    {
      where: '[data-entry="PTE"] [data-bit="5"]',
      look: { linear: PAGE, access: READ, step: undefined, panel: 'tlb' },
      check: ({ session }) => !flagOf(session, PAGE, 'A'),
    },
    { veils: true, right: 1 },
    { acts: () => [reads(PAGE)], where: '[data-act="0"]' },
    { acts: () => [FIRST], where: '[data-act="0"]' },
    {
      where: '[data-entry="PTE"] [data-bit="6"]',
      check: ({ session }) => !flagOf(session, PAGE, 'D'),
    },
    { look: { linear: PAGE, access: WRITE }, veils: true, right: 1 },
    { acts: () => [SECOND], where: '[data-act="0"]' },
    { acts: () => [forgets(PAGE), THIRD], where: '[data-act="0"]' },
  ],
};
