import { CR4_PSE, READ } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { walkedThrough, walkOf, XEN } from './conditions.ts';
import type { Lesson } from './lesson.ts';

export const large: Lesson = {
  id: 'large',
  scenario: DEFAULT_SCENARIO,
  sources: { manual: ['32-Bit Paging', 'Paging-Mode Modifiers'] },
  steps: [
    { look: { linear: XEN + 0x1234, access: READ, step: 0, panel: 'map' }, veils: true, right: 0 },
    { where: '[data-step="forward"]', check: walkedThrough },
    { look: { step: undefined }, right: 2 },
    { right: 1 },
    {
      panel: 'machine',
      where: '[data-switch="pse"]',
      check: ({ session }) => (session.mmu.cr4 & CR4_PSE) === 0,
    },
    {
      panel: 'machine',
      where: '[data-switch="pse"]',
      check: ({ session }) => (session.mmu.cr4 & CR4_PSE) !== 0,
    },
    { right: 2 },
    {
      where: '[data-entry="PDE"] [data-bit="21"]',
      check: ({ session, view }) => {
        const report = walkOf(session, view.linear);
        return !report.ok && report.fault.reason === 'reserved-bit';
      },
    },
  ],
};
