import { READ, WRITE } from '../../index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import { accessed, DIRECTORY, flagOf, KERNEL, pageOf, walkOf, XEN_MEMORY_END } from './conditions.ts';
import type { Lesson } from './lesson.ts';

export const tables: Lesson = {
  id: 'tables',
  scenario: DEFAULT_SCENARIO,
  steps: [
    {
      where: '[data-places]',
      look: { linear: KERNEL, access: READ, step: undefined },
      check: ({ view }) => pageOf(view.linear) === pageOf(DIRECTORY),
    },
    {
      where: '[data-do="access"]',
      check: (now) => accessed(now, DIRECTORY, { access: WRITE, faults: true }),
    },
    { where: '[data-result]', look: { linear: DIRECTORY, access: WRITE }, right: 1 },
    {
      where: '[data-entry="PTE"] [data-bit="1"]',
      check: (now) => accessed(now, DIRECTORY, { access: WRITE, faults: false }),
    },
    {
      where: '[data-entry="PTE"] [data-bit="25"]',
      look: { linear: KERNEL, access: WRITE },
      check: ({ session }) => {
        const report = walkOf(session, KERNEL);
        return report.ok && report.physical < XEN_MEMORY_END;
      },
    },
    {
      where: '[data-tool="undo"]',
      check: ({ session }) => {
        const kernel = walkOf(session, KERNEL);
        return kernel.ok && kernel.physical >= XEN_MEMORY_END && !flagOf(session, DIRECTORY, 'RW');
      },
    },
    { look: { linear: DIRECTORY, access: WRITE }, right: 0 },
  ],
};
