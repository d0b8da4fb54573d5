import { READ, WRITE } from '../../arch/index.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import {
  DIRECTORY,
  FIRST_TABLE,
  flagOf,
  frameBase,
  KERNEL,
  pageOf,
  reads,
  walkOf,
  writes,
} from './conditions.ts';
import type { Lesson } from './lesson.ts';

/** A page of the kernel's own, in which it forges a table. */
const OWN = 0xc020_0000;
/** Where the kernel sees the entry that maps that page. */
const OWN_ENTRY = FIRST_TABLE + ((OWN >>> 12) & 1023) * 4;
/** An entry that maps Xen's image, at machine address 1 MiB: present, writable. */
const XEN_ENTRY = 0x0010_0063;
/** What links a forged table: present, writable, accessed. */
const LINK = 0x63;
/** The address that the forged table translates: slot 0 of the directory, entry 0. */
const STOLEN = 0;

const TRY = writes(DIRECTORY, 0);

export const tables: Lesson = {
  id: 'tables',
  scenario: DEFAULT_SCENARIO,
  sources: {
    manual: ['Determination of Access Rights', 'Page-Fault Exceptions'],
    document: 'docs/xen-1.2.md',
  },
  steps: [
    {
      where: '[data-places]',
      look: { linear: KERNEL, access: READ, step: undefined, panel: 'map' },
      check: ({ view }) => pageOf(view.linear) === pageOf(DIRECTORY),
    },
    { look: { linear: DIRECTORY, access: WRITE }, veils: true, predict: TRY, where: '.column:last-of-type' },
    { acts: () => [TRY], where: '[data-act="0"]' },
    { right: 1, where: '[data-result]' },
    {
      where: '[data-entry="PTE"] [data-bit="1"]',
      look: { linear: DIRECTORY, access: WRITE, step: undefined },
      check: ({ session }) => flagOf(session, DIRECTORY, 'RW'),
    },
    { right: 1 },
    { acts: () => [writes(FIRST_TABLE, XEN_ENTRY)], where: '[data-act="0"]' },
    {
      where: '[data-act="0"]',
      acts: (session) => [
        writes(OWN, XEN_ENTRY),
        reads(OWN_ENTRY),
        writes(DIRECTORY, (frameBase(session, OWN) | LINK) >>> 0),
      ],
    },
    { look: { linear: STOLEN, access: READ }, veils: true, right: 2 },
    { acts: () => [reads(STOLEN)], where: '[data-act="0"]' },
    {
      where: '[data-tool="reset"]',
      check: ({ session }) => !flagOf(session, DIRECTORY, 'RW') && !walkOf(session, STOLEN).ok,
    },
    { look: { linear: DIRECTORY, access: WRITE }, right: 0 },
  ],
};
