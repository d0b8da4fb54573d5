import type { LessonWords } from '../../shape.ts';

export const guards: LessonWords = {
  title: 'What NX, SMEP and SMAP stop',
  goal: 'Three bits against three attacks.',
  steps: [
    {
      body: [
        'The oldest attack: bytes that came from outside, as data, are run as code. *NX*, bit 63 of an entry, forbids that for its page.',
        'The error code has a bit I for it: code was fetched.',
      ],
      task: 'The program jumps into its own data. What will the CPU do?',
      hint: 'NX is 1 in the PTE. All is present; ring 3 fetches code.',
      after: 'Present, ring 3, a fetch of code.',
    },
    {
      body: ['See.'],
      task: 'Let the program run.',
      hint: 'Press “Run” here.',
      after: 'Stopped before the first instruction.',
    },
    {
      body: ['Before 2004 x86 had no such bit.'],
      task: 'From outside, clear NX in the PTE.',
      hint: 'Bit 63 is the very first of the bits below the tables.',
      after: 'Now the page is as all pages were then.',
    },
    {
      body: ['The same jump once more.'],
      task: 'Let the program run.',
      hint: 'Press “Run” here.',
      after: 'The CPU runs whatever lies there.',
    },
    {
      body: [
        'The second attack: a bug in the kernel makes it jump to an address that the program chose, with all rights of ring 0.',
      ],
      task: 'The kernel jumps into the program’s code. What will the CPU do?',
      hint: 'NX is 0 in this page, and US = 1 lets ring 3 in; whom does it keep out?',
      after: 'US = 1 lets ring 3 in. It keeps nobody out.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: 'Ring 0 runs the program’s code. The machine belongs to the program.',
    },
    {
      body: ['*SMEP* of 2011: the supervisor may not run code of user pages.'],
      task: 'Let the kernel switch CR4.SMEP on.',
      hint: 'The box CR4.SMEP is in the panel “CPU”.',
      after: 'Now US = 1 counts against ring 0.',
    },
    {
      body: ['The same jump once more.'],
      task: 'What will the CPU do?',
      hint: 'All is present; it is no write; ring 0; a fetch of code.',
      after: 'Present, ring 0, a fetch of code.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: 'Stopped.',
    },
    {
      body: [
        'The third attack: the bug does not make the kernel run something, but read or write at an address that the program chose.',
      ],
      task: 'Would SMEP stop that?',
      choices: ['Yes.', 'No: it is about code only.'],
      wrong: ['SMEP looks at fetches of code. Reading and writing data are none.', ''],
      hint: 'The E stands for execution.',
      after: '*SMAP* of 2014 does: the A stands for access.',
    },
    {
      body: ['With SMAP the supervisor may not touch data in user pages.'],
      task: 'Let the kernel switch CR4.SMAP on.',
      hint: 'The box CR4.SMAP is in the panel “CPU”.',
      after: 'Both are on now.',
    },
    {
      body: ['The kernel reads the program’s data, by a pointer that the program gave.'],
      task: 'What will the CPU do?',
      hint: 'All is present; no write; ring 0; no fetch.',
      after: 'Present, and nothing else.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after:
        'Where a kernel means to read a program’s memory, as `read` and `write` must, it says so for as long as it takes: with the instruction STAC, and CLAC after it.',
    },
  ],
};
