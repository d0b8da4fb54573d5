import { READ } from '../../index.ts';
import { lastStepOf } from '../narrate.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { KERNEL, pageOf, walkOf } from './conditions.ts';
import type { Lesson } from './lesson.ts';

export const walk: Lesson = {
  id: 'walk',
  scenario: DEFAULT_SCENARIO,
  steps: [
    {
      where: '[data-step="forward"]',
      look: { linear: KERNEL, access: READ, step: 0 },
      check: ({ view }) => view.step !== 0,
    },
    {
      where: '[data-step="forward"]',
      check: ({ session, view }) => (view.step ?? 9) >= lastStepOf(walkOf(session, view.linear, view.access)),
    },
    {
      where: '.address-strip [data-bit="14"]',
      look: { step: undefined },
      check: ({ view }) => pageOf(view.linear) === 0xc_0005,
    },
    { look: { linear: 0xc000_5abc }, right: 2 },
    {
      where: '[data-address]',
      check: ({ session, view }) => {
        const report = walkOf(session, view.linear, view.access);
        return !report.ok && report.fault.reason === 'not-present';
      },
    },
  ],
};
