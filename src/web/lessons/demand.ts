import { cr3Address, USER_WRITE } from '../../arch/index.ts';
import { plainLayout } from '../plain-machine.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import type { Action, Session } from '../session.ts';
import { walkOf, writes } from './conditions.ts';
import type { HandlerTask, Lesson } from './lesson.ts';
import { direct, spareFrame } from './plain.ts';

const { more, code } = plainLayout('32-bit');
const TOUCHED = more + 0x124;
const WRITE_IT: Action & { readonly kind: 'access' } = {
  kind: 'access',
  linear: TOUCHED,
  access: USER_WRITE,
  value: 0x2a,
};
/** Where the program's instruction lies that faulted. */
const INSTRUCTION = code + 0x10;
/** What the choices for the flags stand for. */
const FLAGS = [1, 5, 3, 7];

/** Does what the handler says, whether it is right or not. */
const handler: HandlerTask = {
  right: [0, 1, 3, 0],
  counts: [3, 3, 4, 2],
  run: (session, [which = 0, part = 0, flags = 0, then = 0]) => {
    const address = [TOUCHED, cr3Address(session.mmu.cr3), INSTRUCTION][which] ?? 0;
    const index = [address >>> 22, (address >>> 12) & 1023, (address & 0xfff) >>> 2][part] ?? 0;
    const entry = (spareFrame(session, 0) | (FLAGS[flags] ?? 0)) >>> 0;
    const table = tableOf(session);
    return [writes(direct(session, table + index * 4), entry), ...(then === 0 ? [WRITE_IT] : [])];
  },
};

/** The page table in which the missing entry lies. */
function tableOf(session: Session): number {
  return walkOf(session, TOUCHED).steps.at(-1)?.tableAddress ?? 0;
}

export const demand: Lesson = {
  id: 'demand',
  scenario: { ...DEFAULT_SCENARIO, setting: 'plain' },
  sources: { manual: ['Page-Fault Exceptions', 'Using Paging for Virtual Memory'] },
  steps: [
    {
      look: { linear: TOUCHED, access: USER_WRITE, step: undefined, panel: 'map' },
      veils: true,
      predict: WRITE_IT,
    },
    { acts: () => [WRITE_IT], where: '[data-act="0"]' },
    { right: 1, where: '[data-result]' },
    { handler, where: '[data-blank="0"]' },
    { right: 1 },
    { right: 1 },
  ],
};
