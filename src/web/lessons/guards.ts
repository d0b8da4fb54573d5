import { CR4_SMAP, CR4_SMEP, FETCH, READ, USER_FETCH } from '../../arch/index.ts';
import { plainLayout } from '../plain-machine.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import type { Action } from '../session.ts';
import { leafOf, reads } from './conditions.ts';
import type { Lesson } from './lesson.ts';

const { data, code } = plainLayout('PAE');
type AccessAction = Action & { readonly kind: 'access' };
const RUN_DATA: AccessAction = { kind: 'access', linear: data, access: USER_FETCH };
const KERNEL_RUNS: AccessAction = { kind: 'access', linear: code, access: FETCH };
const KERNEL_READS = reads(data);

export const guards: Lesson = {
  id: 'guards',
  scenario: { ...DEFAULT_SCENARIO, setting: 'plain', format: 'PAE', cpu: 'broadwell' },
  sources: { manual: ['Determination of Access Rights', 'Paging-Mode Modifiers'] },
  steps: [
    {
      look: { linear: data, access: USER_FETCH, step: undefined, panel: 'machine' },
      veils: true,
      predict: RUN_DATA,
      where: '.lens [data-bit="63"]',
    },
    { acts: () => [RUN_DATA], where: '[data-act="0"]' },
    {
      where: '.lens [data-bit="63"]',
      check: ({ session }) => BigInt(leafOf(session, data)?.entry ?? 0) >> 63n === 0n,
    },
    { acts: () => [RUN_DATA], where: '[data-act="0"]' },
    { look: { linear: code, access: FETCH }, veils: true, predict: KERNEL_RUNS },
    { acts: () => [KERNEL_RUNS], where: '[data-act="0"]' },
    {
      panel: 'machine',
      where: '[data-switch="smep"]',
      check: ({ session }) => (session.mmu.cr4 & CR4_SMEP) !== 0,
    },
    { look: { linear: code, access: FETCH }, veils: true, predict: KERNEL_RUNS },
    { acts: () => [KERNEL_RUNS], where: '[data-act="0"]' },
    { right: 1 },
    {
      panel: 'machine',
      where: '[data-switch="smap"]',
      look: { linear: data, access: READ },
      check: ({ session }) => (session.mmu.cr4 & CR4_SMAP) !== 0,
    },
    { look: { linear: data, access: READ }, veils: true, predict: KERNEL_READS },
    { acts: () => [KERNEL_READS], where: '[data-act="0"]' },
  ],
};
