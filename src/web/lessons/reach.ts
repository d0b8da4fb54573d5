import { USER_READ } from '../../arch/index.ts';
import { plainLayout } from '../plain-machine.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import type { Action } from '../session.ts';
import type { Lesson } from './lesson.ts';

const { heap, large } = plainLayout('32-bit');

/** A loop of the program over so many pages. */
function loop(linear: number, pages: number): Action {
  return { kind: 'sweep', linear, access: USER_READ, pages };
}

export const reach: Lesson = {
  id: 'reach',
  scenario: { ...DEFAULT_SCENARIO, setting: 'plain' },
  sources: { manual: ['Caching Translations in TLBs'] },
  steps: [
    {
      look: { linear: heap, access: USER_READ, step: undefined, panel: 'tlb' },
      acts: () => [loop(heap, 32)],
      where: '[data-act="0"]',
    },
    { right: 0, panel: 'tlb', where: '#tlb' },
    { acts: () => [loop(heap, 32)], where: '[data-act="0"]' },
    { right: 2 },
    { acts: () => [loop(heap, 128), loop(heap, 128)], where: '[data-act="0"]' },
    { look: { linear: large, access: USER_READ }, right: 2 },
    { acts: () => [loop(large, 1024)], where: '[data-act="0"]' },
    { right: 0 },
  ],
};
