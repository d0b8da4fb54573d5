import { cr3Address, USER_READ } from '../../arch/index.ts';
import { plainLayout } from '../plain-machine.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { loads, reads, walkedThrough, walkOf } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const PLACE = plainLayout('PAE').data + 0x10;
const FOUR_GIB = 2 ** 32;

export const pae: Lesson = {
  id: 'pae',
  scenario: { ...DEFAULT_SCENARIO, setting: 'plain', format: 'PAE', cpu: 'core2' },
  sources: { manual: ['PAE Paging'] },
  steps: [
    { look: { linear: PLACE, access: USER_READ, step: 0, panel: 'map' }, right: 1 },
    { where: '[data-step="forward"]', check: walkedThrough },
    { look: { step: undefined }, right: 2 },
    {
      where: '.lens [data-bit="32"]',
      check: ({ session }) => {
        const report = walkOf(session, PLACE, USER_READ);
        return report.ok && report.physical >= FOUR_GIB;
      },
    },
    {
      where: '.lens [data-bit="32"]',
      check: ({ session }) => {
        const report = walkOf(session, PLACE, USER_READ);
        return report.ok && report.physical < FOUR_GIB;
      },
    },
    { right: 1, where: '[data-focus-entry="PDPTE[0]"]' },
    {
      where: '[data-focus-entry="PDPTE[0]"]',
      check: ({ session }) => (session.machine.memory.readUint32(cr3Address(session.mmu.cr3)) & 1) === 0,
    },
    { acts: () => [reads(PLACE, 'program')], where: '[data-act="0"]' },
    {
      acts: ({ mmu }) => [loads('cr3', Number(mmu.cr3)), reads(PLACE, 'program')],
      where: '[data-act="0"]',
    },
  ],
};
