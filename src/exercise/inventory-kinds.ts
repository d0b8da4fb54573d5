/** What a concept inventory is made of: plain data. */

import type { ExerciseMachine } from './exercise.ts';

/** What somebody believes who takes a wrong option; each option of a question stands for one of these. */
export const MISCONCEPTIONS = {
  'linear-is-physical': 'A linear address is the place in memory.',
  'offset-not-kept': 'An entry names a byte, not a page; the offset plays no part.',
  'flags-are-address': 'The low twelve bits of an entry belong to the address.',
  'entry-is-one-byte': 'An index counts bytes, not entries of four bytes.',
  'indices-swapped': 'The table is chosen before the directory.',
  'tables-are-searched': 'The CPU looks through a table for the address.',
  'frames-are-contiguous': 'Neighbouring pages lie in neighbouring frames.',
  'entries-hold-linear': 'Entries and CR3 hold linear addresses.',
  'one-map-for-all': 'All programs share one translation.',
  'frame-has-one-page': 'A frame can be mapped only once.',
  'absent-is-zero': 'An absent page reads as zero, or leads to frame 0.',
  'present-means-exists': 'P of the error code says that an entry was absent.',
  'last-entry-decides': 'Only the last entry gives rights.',
  'first-entry-decides': 'Only the first entry gives rights.',
  'supervisor-may-all': 'Rights bind programs only, never the supervisor.',
  'supervisor-bound-always': 'Read-only binds the supervisor, whatever CR0.WP is.',
  'rings-are-graded': 'Paging tells ring 0 from ring 1.',
  'reading-is-free': 'Only writing needs a right.',
  'error-bit-mixed-up': 'The bits of the error code are taken for one another.',
  'tlb-sees-memory': 'A change of an entry counts at once: the TLB follows memory.',
  'tlb-keeps-faults': 'The TLB remembers also what is absent.',
  'flush-is-nothing': 'A load of CR3 with the same value drops nothing.',
  'dirty-by-reading': 'Reading sets the dirty bit.',
  'software-sets-bits': 'Accessed and dirty are set by the kernel, not by the CPU.',
  'large-is-small': 'A 4 MiB page keeps only twelve bits of offset.',
  'tables-cost-nothing': 'Tables lie in the CPU and take no memory.',
  'tables-are-flat': 'There is an entry for every page, mapped or not.',
  'cr2-is-physical': 'CR2 holds a physical address, or that of the entry.',
  'cr2-is-code': 'CR2 holds the address of the instruction.',
  'fault-is-fatal': 'A page fault ends the program, always.',
} as const;

/** The name of a misconception. */
export type Misconception = keyof typeof MISCONCEPTIONS;

/** One option of a question. */
export interface InventoryOption {
  /** What is offered. */
  readonly text: string;
  /** What somebody believes who takes it; undefined: it is right. */
  readonly misconception: Misconception | undefined;
}

/** One question of a form. */
export interface InventoryQuestion {
  /** Its place in the inventory: the same in both forms, so that answers can be compared. */
  readonly id: string;
  /** What is asked, as sentences, a paragraph a line. */
  readonly prompt: string;
  /** The memory that is given, in lines of `address: word`; all else is 0. */
  readonly tables: readonly string[];
  /** Four options in an order of chance, one of them right. */
  readonly options: readonly InventoryOption[];
  /** The machine that the question is about. */
  readonly machine: ExerciseMachine;
}
