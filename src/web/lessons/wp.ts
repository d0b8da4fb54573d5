import { WRITE } from '../../index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { accessed, DIRECTORY } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const CR0_WP = 0x1_0000;

export const wp: Lesson = {
  id: 'wp',
  scenario: DEFAULT_SCENARIO,
  steps: [
    {
      panel: 'machine',
      where: '[data-cpu]',
      look: { linear: DIRECTORY, access: WRITE, step: undefined },
      check: (now) =>
        now.session.cpu === 'i386' && accessed(now, DIRECTORY, { access: WRITE, faults: false }),
    },
    {
      panel: 'machine',
      where: '[data-switch="wp"]',
      check: (now) =>
        now.session.mmu.cpu.wp === true &&
        (now.session.mmu.cr0 & CR0_WP) === 0 &&
        accessed(now, DIRECTORY, { access: WRITE, faults: false }),
    },
    { right: 1 },
    {
      panel: 'machine',
      where: '[data-switch="wp"]',
      check: (now) =>
        (now.session.mmu.cr0 & CR0_WP) !== 0 &&
        now.session.mmu.cpu.wp === true &&
        accessed(now, DIRECTORY, { access: WRITE, faults: true }),
    },
  ],
};
