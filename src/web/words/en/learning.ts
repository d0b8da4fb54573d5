/** What stands around lessons and exercises. */

export const HOME = {
  lead: 'Two programs use the same address, and get different memory. The CPU looks every address up in page tables: here you see it do so.',
  touch:
    'This is a whole computer to look into: a Linux guest as Xen built it in February 2004. Flip any bit of any table, and see at once where an address leads, or why it faults.',
  start: (number: number) => `Start lesson ${number}`,
  resume: 'Go on with the lesson',
  free: 'Look around freely',
  minutes: 'about ten minutes to the reason why a kernel may not write its own page tables',
  forget: 'Forget my progress',
  forgotten: 'Your progress on this computer is forgotten.',
  progress: (done: number, all: number) => `${done} of ${all} lessons done`,
};

export const LESSONS_UI = {
  title: 'Lessons',
  label: 'Lesson',
  step: (step: number, of: number) => `Step ${step} of ${of}`,
  next: 'Next',
  finish: 'Finish',
  again: 'Start this lesson again',
  sources: (inManual: boolean): string => (inManual ? 'To read on, in Intel’s manual 3A:' : 'To read on:'),
  nextLesson: (title: string) => `Next lesson: ${title}`,
  close: 'All lessons',
  hint: 'Hint',
  where: 'Show me where',
  todo: 'Your turn',
  met: 'Yes.',
  finished: 'Lesson done.',
  all: 'All lessons are done. You know paging.',
  done: 'done',
  check: 'Check',
};

export const REQUESTS = {
  position: (done: number, count: number) => `${done} of ${count} requests done`,
  none: 'Nothing yet: directory and tables are empty, and every address leads nowhere.',
  taken: 'pages taken for tables so far, from the last one down',
  page: (page: number) => `page ${page}`,
  restart: 'From the beginning',
  back: 'Back',
  forward: 'Next request',
  table: 'To the next table',
  readOnly: 'To the next read-only page',
  all: 'To the end',
  pin: () =>
    'Hold this page as a page directory, and check all that comes into it. Xen puts its own entries in.',
  pde: (value: string) => `A new table: put ${value} into the directory.`,
  pte: (value: string, page: number) => `Map page ${page}: put ${value} into its table.`,
  m2p: (_value: string, page: number) => `Note for the way back: this frame is page ${page} of the guest.`,
};

/** Who teaches reads what a class has handed in. */
export const TEACHER = {
  title: 'For who teaches: read what a class has handed in',
  what: 'Every answer is checked here again. The files stay on this computer.',
  open: 'Files of answers',
  read: (count: number) => (count === 1 ? '1 file read.' : `${count} files read.`),
  refused: (names: string) => `No files of answers: ${names}.`,
  marks: 'Answers by exercise',
  student: 'Name',
  nameless: 'no name',
  sum: 'right',
};

export const EXERCISES = {
  title: 'Exercises',
  subtitle:
    'a sheet for a class: the same number is the same sheet everywhere, a name makes another one of it',
  seed: 'Sheet number',
  size: 'Exercises',
  sizes: ['short', 'usual', 'long'] as readonly string[],
  student: 'For a student (name, may be empty)',
  exports: {
    sheet: 'Sheet as text',
    key: 'Key as text',
    gift: 'For Moodle (GIFT)',
    qti: 'For ILIAS, TAO, Canvas (QTI)',
  },
  print: { sheet: 'Print the sheet', key: 'Print the key' },
  handIn: (count: number) => `Save my ${count} checked answers, to hand in`,
  answer: 'Your answer',
  right: 'right',
  showKey: 'Show the answer',
  hideKey: 'Hide the answer',
  open: 'Open in the emulator',
};
