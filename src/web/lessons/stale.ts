import { READ } from '../../index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { accessed, flagOf, pageOf, XEN } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const PAGE = 0xc030_0000;

export const stale: Lesson = {
  id: 'stale',
  scenario: DEFAULT_SCENARIO,
  steps: [
    {
      where: '[data-do="access"]',
      look: { linear: PAGE, access: READ, step: undefined },
      check: ({ session }) => session.mmu.tlb.lookup(PAGE) !== undefined,
    },
    {
      where: '[data-entry="PTE"] [data-bit="0"]',
      check: (now) =>
        !flagOf(now.session, PAGE, 'P') &&
        now.since.some(
          ({ action, hit }) => action.kind === 'access' && hit && pageOf(action.linear) === pageOf(PAGE),
        ),
    },
    { panel: 'tlb', where: '[data-invlpg]', check: (now) => accessed(now, PAGE, { faults: true }) },
    {
      where: '[data-entry="PTE"] [data-bit="0"]',
      check: (now) => flagOf(now.session, PAGE, 'P') && accessed(now, PAGE, { access: READ, faults: false }),
    },
    {
      panel: 'tlb',
      where: '[data-do="cr3"]',
      check: ({ session, since }) =>
        session.mmu.tlb.lookup(XEN) !== undefined &&
        session.mmu.tlb.lookup(PAGE) === undefined &&
        since.some(({ action }) => action.kind === 'register' && action.name === 'cr3'),
    },
  ],
};
