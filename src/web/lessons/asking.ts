import { PTE_RW, WRITE } from '../../arch/index.ts';
import { askFor, entryOf } from '../asks.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import type { Action, Session } from '../session.ts';
import { DIRECTORY, FIRST_TABLE, reads, writes } from './conditions.ts';
import type { Lesson } from './lesson.ts';

/** A page of the kernel's own, the first of its free ones, and the entry that maps it, as the kernel sees it. */
const OWN = 0xc018_0000;
const OWN_ENTRY = FIRST_TABLE + ((OWN >>> 12) & 1023) * 4;
/** Once the directory is mapped as a page table by its slot 0, its own entries are the page at address 0. */
const SELF = 0;
/** An entry for the 4 MiB from machine address 0 on, in which Xen lies: present, writable, accessed, dirty, large. */
const XENS_MEMORY = 0xe3;
/** Xen's image, at machine address 1 MiB, through slot 1. */
const STOLEN = 0x0050_0000;

type Asked = Parameters<typeof askFor>[0];
const asks = (name: Asked, session: Session): Action => ({
  kind: 'ask',
  updates: askFor(name, session),
});

export const asking: Lesson = {
  id: 'asking',
  scenario: DEFAULT_SCENARIO,
  sources: { document: 'docs/xen-hypervisor.md' },
  steps: [
    {
      look: { linear: OWN_ENTRY, access: WRITE, step: undefined, panel: 'map' },
      veils: true,
      predict: writes(OWN_ENTRY, 0),
      where: '.column:last-of-type',
    },
    {
      where: '[data-act="0"]',
      look: { linear: OWN, access: WRITE },
      acts: (session) => [
        writes(OWN_ENTRY, readOnly(session)),
        { kind: 'ask', updates: [[entryOf(session.mmu, OWN)[0], readOnly(session)]] },
      ],
    },
    { look: { linear: DIRECTORY, access: WRITE }, right: 2 },
    { acts: (session) => [asks('own-table', session)], where: '[data-act="0"]' },
    {
      acts: (session) => [asks('foreign', session), asks('xen-frame', session)],
      look: { linear: OWN, access: WRITE },
      where: '[data-act="0"]',
    },
    { right: 1 },
    {
      acts: (session) => [asks('list', session)],
      look: { linear: OWN, access: WRITE },
      where: '[data-act="0"]',
    },
    {
      acts: (session) => [asks('linear-map', session), asks('linear-writable', session)],
      look: { linear: SELF, access: WRITE },
      where: '[data-act="0"]',
    },
    { acts: () => [writes(SELF + 4, XENS_MEMORY), reads(STOLEN)], where: '[data-act="0"]' },
    { right: 0 },
  ],
};

/** The entry of the kernel's page without RW, also once it has none. */
function readOnly({ mmu }: Session): number {
  return (entryOf(mmu, OWN)[1] & ~PTE_RW) >>> 0;
}
