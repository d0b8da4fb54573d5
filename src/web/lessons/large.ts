import { CR4_PSE } from '../../arch/index.ts';
import { READ } from '../../index.ts';
import { lastStepOf } from '../narrate.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { walkOf, XEN } from './conditions.ts';
import type { Lesson } from './lesson.ts';

export const large: Lesson = {
  id: 'large',
  scenario: DEFAULT_SCENARIO,
  steps: [
    {
      where: '[data-step="forward"]',
      look: { linear: XEN + 0x1234, access: READ, step: 0 },
      check: ({ session, view }) => (view.step ?? 9) >= lastStepOf(walkOf(session, view.linear)),
    },
    { where: '.address-strip', look: { step: undefined }, right: 2 },
    {
      panel: 'machine',
      where: '[data-switch="pse"]',
      check: ({ session }) => (session.mmu.cr4 & CR4_PSE) === 0,
    },
    {
      where: '[data-entry="PDE"] [data-bit="21"]',
      check: ({ session, view }) => {
        const report = walkOf(session, view.linear);
        return !report.ok && report.fault.reason === 'reserved-bit';
      },
    },
  ],
};
