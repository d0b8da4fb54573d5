import { READ } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { KERNEL, pageOf, reads, walkedThrough } from './conditions.ts';
import type { Lesson } from './lesson.ts';

/** Where programs of Linux began in 2004: nothing is there yet. */
const NOWHERE = 0x0804_8000;
const EXAMPLE = 0xc000_5abc;

export const walk: Lesson = {
  id: 'walk',
  scenario: DEFAULT_SCENARIO,
  sources: { manual: ['32-Bit Paging'] },
  steps: [
    { look: { linear: KERNEL, access: READ, step: 0, panel: 'map' }, veils: true, right: 1 },
    { where: '[data-step="forward"]', check: walkedThrough },
    {
      where: '.address-strip [data-bit="14"]',
      look: { step: undefined },
      check: ({ view }) => pageOf(view.linear) === pageOf(EXAMPLE),
    },
    { look: { linear: EXAMPLE }, right: 0, where: '.address-strip [data-bit="0"]' },
    {
      where: '.address-strip [data-bit="12"]',
      check: ({ view }) => pageOf(view.linear) === pageOf(EXAMPLE) - 1,
    },
    {
      look: { linear: NOWHERE, access: READ },
      veils: true,
      predict: reads(NOWHERE),
      where: '.column [data-bit="0"]',
    },
    { acts: () => [reads(NOWHERE)], where: '[data-act="0"]' },
  ],
};
