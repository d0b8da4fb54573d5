import { describeRefusal } from '../../../xen/index.ts';
import type { AskName } from '../../asks.ts';

/** Asking Xen to change the tables. */
export const XEN = {
  lead: 'A guest changes its tables by a call to Xen, mmu_update. While this panel is open, a bit that you flip in the drawing is asked of Xen too.',
  absent: 'No Xen lies below this machine. A guest of Xen has one:',
  build: 'Build it',
  what: 'The kernel asks for',
  /** What is asked for, by its name. */
  asks: {
    'read-only': 'its own page, read-only',
    'own-table': 'RW for its own directory',
    foreign: 'a page of another domain',
    'xen-frame': 'a page of Xen',
    'xen-slot': 'an entry in Xen’s slots',
    'data-as-table': 'a page of data as a page table',
    global: 'a global page',
    list: 'three updates, one forbidden',
    'linear-map': 'its directory as a table, without RW',
    'linear-writable': 'the same with RW',
  } as Readonly<Record<AskName, string>>,
  columns: ['entry at', 'new value'] as readonly [string, string],
  pointer: (number: number) => `Address of entry ${number}`,
  value: (number: number) => `Value of entry ${number}`,
  bad: 'Write up to 8 hexadecimal digits',
  ask: 'Ask Xen',
  write: 'Write it itself',
  own: 'A write of its own',
  answer: 'Asked of Xen',
  notYet: 'not tried yet',
  fault: (name: string, code: string) =>
    `${name}, error code ${code}. The CPU refuses, whatever the value: no guest may write this page.`,
  through: (physical: string) => `It goes through, to ${physical}: nobody looks at the value.`,
  notSeen: 'The kernel sees no such address: nothing to write to.',
  done: (count: number) =>
    count === 1
      ? 'Xen has looked at the value and written it.'
      : `Xen has looked at all ${count} and written them.`,
  /** What became of a list before its end. */
  before: (applied: number, count: number) =>
    `Update ${applied + 1} of ${count} was refused. ${applied === 1 ? 'The one before it is done and stays.' : applied === 0 ? 'None was done.' : `The ${applied} before it are done and stay.`}`,
  because: describeRefusal,
  granted: (count: number) =>
    `The kernel asks Xen for ${count === 1 ? 'an update' : `${count} updates`}: granted.`,
  refused: (number: string, why: string) => `The kernel asks Xen: refused with ${number}, since ${why}.`,
};
