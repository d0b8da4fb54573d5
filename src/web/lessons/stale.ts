import { READ } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { flagOf, forgets, loads, reads, XEN } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const PAGE = 0xc030_0000;
const PRESENT = '[data-entry="PTE"] [data-bit="0"]';

export const stale: Lesson = {
  id: 'stale',
  scenario: DEFAULT_SCENARIO,
  sources: { manual: ['Operations that Invalidate TLBs and Paging-Structure Caches', 'Global Pages'] },
  steps: [
    {
      acts: () => [reads(PAGE)],
      where: '[data-act="0"]',
      look: { linear: PAGE, access: READ, step: undefined, panel: 'tlb' },
    },
    { where: PRESENT, check: ({ session }) => !flagOf(session, PAGE, 'P') },
    { veils: true, right: 0, panel: 'tlb', where: '#tlb' },
    { acts: () => [reads(PAGE)], where: '[data-act="0"]' },
    { acts: () => [forgets(PAGE), reads(PAGE)], where: '[data-act="0"]' },
    { where: PRESENT, check: ({ session }) => flagOf(session, PAGE, 'P') },
    { right: 1 },
    { acts: () => [reads(PAGE), reads(XEN, 'xen')], where: '[data-act="0"]' },
    { right: 2, panel: 'tlb', where: '#tlb' },
    { acts: ({ mmu }) => [loads('cr3', Number(mmu.cr3))], where: '[data-act="0"]', panel: 'tlb' },
  ],
};
