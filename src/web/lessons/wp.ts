import { CR0_WP, WRITE } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { DIRECTORY, writes } from './conditions.ts';
import type { Lesson, Situation } from './lesson.ts';

const TRY = writes(DIRECTORY, 0);
const SWITCH = { panel: 'machine', where: '[data-switch="wp"]' } as const;

function isWpSet({ session }: Situation): boolean {
  return (session.mmu.cr0 & CR0_WP) !== 0;
}

export const wp: Lesson = {
  id: 'wp',
  scenario: DEFAULT_SCENARIO,
  sources: { manual: ['Paging-Mode Modifiers', 'Determination of Access Rights'] },
  steps: [
    {
      panel: 'machine',
      where: '[data-cpu]',
      look: { linear: DIRECTORY, access: WRITE, step: undefined, panel: 'machine' },
      check: ({ session }) => session.cpu === 'i386',
    },
    { veils: true, predict: TRY },
    { acts: () => [TRY], where: '[data-act="0"]' },
    { ...SWITCH, check: (now) => now.session.mmu.cpu.wp === true && !isWpSet(now) },
    { veils: true, predict: TRY },
    { acts: () => [TRY], where: '[data-act="0"]' },
    { right: 1 },
    { ...SWITCH, check: (now) => now.session.mmu.cpu.wp === true && isWpSet(now) },
    { acts: () => [TRY], where: '[data-act="0"]' },
  ],
};
