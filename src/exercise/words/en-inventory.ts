/** The words of the concept inventory, in English. */

const MISCONCEPTION_TEXTS = {
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

/** The name of a misconception; each wrong option of a question stands for one. */
export type Misconception = keyof typeof MISCONCEPTION_TEXTS;

/** What somebody believes who takes a wrong option. */
export const MISCONCEPTIONS: Readonly<Record<Misconception, string>> = MISCONCEPTION_TEXTS;

const GOES_THROUGH = 'It goes through.';
const FAULT = 'A page fault.';
const READS_0 = 'It reads 0.';

export const INVENTORY = {
  title: (name: string) => `Concept inventory on paging: ${name}`,
  key: (name: string) => `Key to the concept inventory on paging: ${name}`,
  forms: { pre: 'before the course', post: 'after the course' } as Readonly<Record<'pre' | 'post', string>>,
  /** What tells a form from others. */
  name: (form: string, seed: number) => `${form}, number ${seed}`,
  question: (number: number) => `Question ${number}`,
  given: 'Each question has one right answer. Tables are given as "physical address: word"; all else is 0.',
  right: 'right',
  misconceptions: MISCONCEPTIONS as Readonly<Record<Misconception, string>>,
  goesThrough: GOES_THROUGH as string,
  fault: FAULT as string,
  faults: (code: number, bits: string) => `A page fault with error code ${code} (${bits}).`,
  deed: {
    kernelWrites: 'The kernel, in ring 0, writes to',
    kernelReads: 'The kernel, in ring 0, reads',
    ring1Reads: 'Code in ring 1 reads',
    programReads: 'A program, in ring 3, reads',
    programWrites: 'A program, in ring 3, writes to',
  },
  happens: (deed: string, linear: string) => `${deed} ${linear}. What happens?`,
  reads0: READS_0 as string,
  readsFrame: 'It reads what lies in the frame that the entry names.',
  cr2: (linear: string) => `The instruction at 0x0804_8123 writes to ${linear}, and faults. What is in CR2?`,
  leads: (linear: string) => `To which physical address does the linear address ${linear} lead?`,
  readFirst: (linear: string) =>
    `Which physical address does the CPU read first when it walks for ${linear}?`,
  readSecond: (linear: string) =>
    `Which physical address does the CPU read second when it walks for ${linear}?`,
  searched: (from: string) => `${from}, and from there on until the address is found`,
  reads: {
    ask: (linear: string) =>
      `The TLB is empty. How often does the CPU read memory before it can read the byte at ${linear}?`,
    twice: 'Twice: an entry of the directory, and one of a table.',
    place: 'Never: the address is the place.',
    search: 'As often as there are entries before the right one.',
    inside: 'Never: the tables are inside the CPU.',
  },
  nextPage: (linear: string, physical: string, next: string) =>
    `${linear} leads to ${physical}. Where does ${next} lead?`,
  nextByte: (linear: string, physical: string, next: string) =>
    `${linear} leads to ${physical}. Where does ${next}, in the same page, lead?`,
  cr3: {
    ask: 'What is the number in CR3?',
    physical: 'The physical address of the directory.',
    linear: 'The linear address of the directory.',
    same: 'The same number for every program.',
    inside: 'The number of a set of tables inside the CPU.',
  },
  bitsAfterRead: (linear: string, entry: string) =>
    `The kernel reads ${linear}. What are A and D in the entry at ${entry} afterwards?`,
  bitsAfterWrite: (linear: string, entry: string) =>
    `The kernel writes to ${linear}. What are A and D in the entry at ${entry} afterwards?`,
  writtenBack: 'A = 1, D = 0, until the TLB is written back',
  stale: {
    ask: (linear: string, entry: string) =>
      `The kernel reads ${linear}, then clears P in the entry at ${entry}, does nothing else, and reads ${linear} again. What may happen?`,
    may: (outcome: string) => `${outcome} The CPU may use what its TLB holds.`,
    follows: `${FAULT} The entry is read at each access.`,
    stops: 'The machine stops: a page in use must not go.',
  },
  fresh: {
    ask: (linear: string, entry: string) =>
      `The kernel reads ${linear}, and faults. Its handler sets P in the entry at ${entry}, does nothing else, and returns. What does the same read do?`,
    invlpg: `${FAULT} It needs an INVLPG first.`,
    nothing: 'Nothing: what has faulted does not run again.',
    empty: 'It reads 0, since the page was never filled.',
  },
  load: {
    ask: (linear: string, entry: string) =>
      `The kernel reads ${linear}, clears P in the entry at ${entry}, loads CR3 with the value that it has, and reads ${linear} again. No page is global. What happens?`,
    same: `${GOES_THROUGH} CR3 has not changed.`,
    only: `${GOES_THROUGH} Only INVLPG drops a translation.`,
  },
  programs: {
    ask: (linear: string) =>
      `Another program runs with another value in CR3, and reads ${linear} too. Where does that lead?`,
    own: 'To wherever its own tables say.',
    here: (physical: string) => `To ${physical}, as here.`,
    to: (linear: string) => `To ${linear}.`,
    used: 'To a fault: the address is in use by the first program.',
  },
  shared: {
    ask: (entry: string, frame: string) =>
      `The kernel copies the word at ${entry} into another entry of the same table. What holds for the frame at ${frame}?`,
    both: 'It can be reached by two linear addresses; what is written by one is read by the other.',
    moves: 'It moves to the second address; the first one faults.',
    copied: 'Its bytes are copied into the frame behind it.',
    old: 'Nothing: the entry still names its old linear address.',
  },
  cost: {
    ask: 'One page of 4 KiB is to be mapped, and nothing else. How much memory do its tables take?',
    two: '8 KiB: a directory and one table.',
    none: 'None: tables are part of the CPU.',
    flat: '4 MiB: one entry of 4 bytes for each of 2^20 pages.',
    bytes: '8 bytes: two entries.',
  },
  demand: {
    ask: (linear: string) => `A program reads ${linear}, and faults. What becomes of it?`,
    kernel: 'The kernel decides: it may end it, or map a page and let it try again.',
    ended: 'It is ended: a page fault is an error of the program.',
    zero: 'It goes on with the value 0.',
    waits: 'It waits until the CPU has set P.',
  },
};
