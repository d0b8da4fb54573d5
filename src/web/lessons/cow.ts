import { USER_READ, USER_WRITE } from '../../arch/index.ts';
import { plainLayout } from '../plain-machine.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import type { Action } from '../session.ts';
import { forgets, loads, reads } from './conditions.ts';
import type { Lesson } from './lesson.ts';
import { direct, rootOf, spareFrame, USER_PAGE, writesEntry } from './plain.ts';

const PLACE = plainLayout('32-bit').data + 0x10;
const READ_IT = reads(PLACE, 'program');
const WRITE_IT: Action & { readonly kind: 'access' } = {
  kind: 'access',
  linear: PLACE,
  access: USER_WRITE,
  value: 0x63,
};

export const cow: Lesson = {
  id: 'cow',
  scenario: { ...DEFAULT_SCENARIO, setting: 'fork' },
  sources: { manual: ['Page-Fault Exceptions', 'Recommended Invalidation'] },
  steps: [
    {
      look: { linear: PLACE, access: USER_READ, step: undefined, panel: 'map' },
      right: 2,
    },
    {
      acts: (session) => [READ_IT, loads('cr3', rootOf(session, 'child')), READ_IT],
      where: '[data-act="0"]',
    },
    { look: { linear: PLACE, access: USER_WRITE }, veils: true, predict: WRITE_IT },
    { acts: () => [WRITE_IT], where: '[data-act="0"]' },
    { right: 1, where: '[data-result]' },
    {
      where: '[data-act="0"]',
      acts: (session) => {
        const copy = spareFrame(session, 0);
        // The frame that both share stays where it is: the parent's entry tells it, also once the child's is new.
        const original = session.machine.plain?.frames.data[0] ?? 0;
        return [
          { kind: 'copy', from: direct(session, original * 4096), to: direct(session, copy) },
          writesEntry(session, PLACE, (copy | USER_PAGE) >>> 0),
          forgets(PLACE),
          WRITE_IT,
        ];
      },
    },
    { right: 0 },
    {
      acts: (session) => [loads('cr3', rootOf(session, 'parent')), READ_IT],
      where: '[data-act="0"]',
    },
    { right: 1 },
  ],
};
