/** Every word of the exercises, in English. */

import type { WalkReport } from '../../mmu/index.ts';
import { walkText } from '../../render/index.ts';
import type { Mistake } from '../mistake.ts';
import { INVENTORY } from './en-inventory.ts';

/** What to tell who made a mistake: what went wrong and where to look, never the answer. */
export const DIAGNOSES: Readonly<Record<Mistake, string>> = {
  unreadable: 'This cannot be read as an answer.',
  'offset-dropped':
    'The frame is right, but an entry gives only where the page begins. Which byte of it is meant? The lowest bits of the linear address, the offset, tell; they pass unchanged.',
  'physical-and-linear-mixed':
    'You mixed up linear and physical addresses. Programs use linear addresses; CR3 and the entries hold physical ones, and the tables translate from the one to the other.',
  'flags-left-in':
    'The low 12 bits of an entry are flags (P, RW, US, …), no part of an address. Clear them before you add the offset.',
  'frame-not-shifted':
    'You used the frame number where an address is needed, or the other way round. Frame number × 4096 is the address; in hexadecimal, append three zeros.',
  'entry-size-forgotten':
    "The index counts entries, and an entry is four bytes: its address is the table's base + index × 4.",
  'indices-swapped':
    'You took the wrong index at a level. The highest ten bits (31–22) select the entry of the directory, the next ten (21–12) that of the table.',
  'index-off-by-one':
    'You used the neighbour of the right entry. Count from 0, and check the binary digits of the index.',
  'stopped-at-directory':
    "You stopped too early: the directory's entry leads to a page table, not to the page. One more entry is to be read there.",
  'large-page-missed':
    "Look at bit 7 (PS) of the directory's entry, and at CR4.PSE: together they say whether the entry leads to a table or maps 4 MiB by itself.",
  'large-offset-cut': 'The page is one of 4 MiB: its offset has 22 bits, not 12.',
  'entry-address-given': 'That is where an entry lies, not what it says. Read the word there and go on.',
  'parents-rights-forgotten':
    "You looked at the last entry alone. Rights are combined with AND: what the directory's entry does not allow, no table entry can.",
  'entrys-rights-forgotten':
    "You looked at the directory's entry alone. Rights are combined with AND: the table's entry counts as well.",
  'wp-confused':
    'Look at CR0.WP. Clear: rings 0 to 2 may write any present page. Set: R/W binds them too. Ring 3 is bound in either case.',
  'ring-confused':
    'Paging knows two sorts of ring only: 0, 1 and 2 are the supervisor, 3 alone is the user. U/S protects from ring 3 alone.',
  'present-bit-confused':
    'Bit 0 (P) of the error code is 0 where an entry on the way is not present, and 1 where all are present and a right is missing.',
  'write-bit-confused':
    'Bit 1 (W/R) of the error code is 1 for a write and 0 for reads and fetches. It tells of the access, not of the page.',
  'user-bit-confused':
    'Bit 2 (U/S) of the error code is 1 where the access came from ring 3. It tells of the access, not of the page.',
  'fetch-bit-confused':
    'Bit 4 (I/D) of the error code is set for a fetch only where NX or SMEP is on. This machine has neither.',
  'cr2-wrong':
    'The error code is right. CR2 receives the linear address of the access, all 32 bits: no physical address, and the offset stays.',
  'not-present-missed':
    'Look at bit 0 (P) of each entry. Where it is clear the walk ends, whatever else stands in the entry.',
  'fault-missed': 'This access faults. Look at P, R/W and U/S of both entries, one after the other.',
  'fault-imagined':
    'This access does not fault. Look again at what each entry allows, at the ring, and at CR0.WP.',
  'read-only-is-allowed':
    'This page leads to a table, but it is read-only, and that is allowed: the guest may look at its tables. Look for the way to write one.',
  'no-table':
    'This page is mapped, but it leads to an ordinary frame, not to one that holds the directory or a page table.',
  'not-mapped': 'No page is mapped at this linear address.',
  'entry-unchanged': 'This is the value that the entry has already, and it breaks the rule.',
  'other-frame':
    'The address then translates to another physical address than asked, or not at all. Look at bits 31–12.',
  'too-few-rights':
    'The frame is right, but now somebody may not do what the rule lets them. Look at R/W (bit 1) and U/S (bit 2).',
  'too-many-rights':
    'The frame is right, but now somebody may do what the rule forbids. Look at R/W (bit 1) and U/S (bit 2).',
  other:
    'This is not the answer, nor one that a common slip leads to. Walk again step by step: index, entry, frame.',
};

export const EN = {
  /** The registers, for a prompt. */
  registers: (cr3: string, wp: number, pse: number) =>
    `32-bit paging, CR3 = ${cr3}, CR0.WP = ${wp}, CR4.PSE = ${pse}.`,
  right: 'Right.',
  translate: {
    title: 'Translate an address',
    ask: (linear: string) => `To which physical address does the linear address ${linear} translate?`,
    format: 'The physical address in hexadecimal, such as 0x0012_3456.',
  },
  fault: {
    title: 'Predict the fault',
    given: 'No NX, no SMEP; segments allow everything.',
    verbs: ['reads', 'writes', 'fetches an instruction at'] as readonly string[],
    ask: (ring: number, verb: string, linear: string) =>
      `Code in ring ${ring} ${verb} the linear address ${linear}.\nDoes the access succeed? If not, which error code does the page fault push, and what does CR2 hold?`,
    format: 'ok, or the error code and CR2 of the fault, such as: 2 0xc012_3456',
    write: (format: string) => `Write ${format}.`,
  },
  alias: {
    title: 'Find the mapping that breaks the rule',
    ask: "The guest's kernel runs in ring 1.\nThe rule: the guest may read its page directory and page tables, but may not write them; a present page that is writable and leads to one of them would let it map all of memory.\nOne page breaks this rule. Which?",
    format: 'A linear address in that page, in hexadecimal, such as 0x0840_5000.',
    directory: 'the page directory: see CR3',
    table: 'a page table: see the directory',
    maps: (entry: string, frame: string, what: string) =>
      `The entry at ${entry} maps ${frame}, which holds ${what}.`,
  },
  fix: {
    title: 'Fix a table entry',
    rule(linear: string, physical: string, user: boolean, writable: boolean): string {
      const what = writable ? 'read and write it' : 'read it but not write it';
      const who = user
        ? `Rings 0 to 3 may ${what}.`
        : `Rings 0 to 2 may ${what}; ring 3 may not use it at all.`;
      return `The rule: the page at linear ${linear} leads to physical ${physical}. ${who}`;
    },
    ask: (entry: string) =>
      `The entry at physical ${entry} breaks this. Which value must be written there? Any value that fulfils the rule counts; no other word may change.`,
    format: 'The 32-bit value of the entry in hexadecimal, such as 0x0012_3067.',
    others: 'Other values are right too: the CPU ignores bits 9–11, and A and D may be set.',
  },
  sheet: {
    title: (name: string) => `x86 paging exercises, ${name}`,
    key: (name: string) => `Key to the x86 paging exercises, ${name}`,
    name: (seed: number, student: string | undefined): string =>
      student === undefined ? `sheet ${seed}` : `sheet ${seed} for ${student}`,
    given:
      'Tables are given as "physical address: word", words of 32 bits. All words that are not shown are 0.',
    answer: 'Answer',
  },
  diagnoses: DIAGNOSES as typeof DIAGNOSES,
  inventory: INVENTORY as typeof INVENTORY,
  /** The walk that shows an answer. */
  walk: (report: WalkReport): string[] => walkText(report).split('\n'),
};

/** All words of one language: the English ones give the shape. */
export type ExerciseWords = typeof EN;
