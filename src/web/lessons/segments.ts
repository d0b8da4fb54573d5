import { READ, USER_READ } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { reads, XEN } from './conditions.ts';
import type { Lesson } from './lesson.ts';

/** Where the guest reads the machine-to-physical table. */
const M2P = 0xfc00_0000;
const PROGRAM = reads(XEN, 'program');
const KERNEL = reads(XEN);
const LIMITED = { ...KERNEL, limited: true as const };

export const segments: Lesson = {
  id: 'segments',
  scenario: DEFAULT_SCENARIO,
  sources: { manual: ['Limit Checking'], document: 'docs/xen-1.2.md' },
  steps: [
    {
      look: { linear: XEN, access: USER_READ, limit: false, step: undefined, panel: 'map' },
      veils: true,
      predict: PROGRAM,
    },
    { acts: () => [PROGRAM], where: '[data-act="0"]' },
    { look: { linear: XEN, access: READ }, veils: true, predict: KERNEL },
    { acts: () => [KERNEL], where: '[data-act="0"]' },
    { right: 3, where: '[data-entry="PDE"] [data-bit="2"]' },
    { panel: 'machine', where: '[data-switch="limit"]', check: ({ view }) => view.limit },
    { acts: () => [LIMITED], where: '[data-act="0"]' },
    { right: 0 },
    { acts: () => [{ ...LIMITED, linear: M2P }], where: '[data-act="0"]' },
  ],
};
