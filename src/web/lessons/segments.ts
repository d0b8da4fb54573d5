import { READ, USER_READ } from '../../index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { accessed, XEN } from './conditions.ts';
import type { Lesson } from './lesson.ts';

/** Where the guest reads the machine-to-physical table. */
const M2P = 0xfc00_0000;

export const segments: Lesson = {
  id: 'segments',
  scenario: DEFAULT_SCENARIO,
  steps: [
    {
      where: '[data-do="access"]',
      look: { linear: XEN, access: READ, limit: false, step: undefined },
      check: (now) => accessed(now, XEN, { access: USER_READ, faults: true }),
    },
    { where: '[data-do="access"]', check: (now) => accessed(now, XEN, { access: READ, faults: false }) },
    { where: '[data-entry="PDE"] [data-bit="2"]', right: 3 },
    {
      panel: 'machine',
      where: '[data-switch="limit"]',
      check: ({ since }) =>
        since.some(({ action, fault }) => action.kind === 'access' && fault?.vector === 13),
    },
    {
      where: '[data-address]',
      check: ({ since }) =>
        since.some(
          ({ action, fault }) =>
            action.kind === 'access' &&
            action.limited === true &&
            action.linear >= M2P &&
            action.linear < M2P + 0x40_0000 &&
            fault === undefined,
        ),
    },
  ],
};
