import type { StepWords } from '../shape.ts';

/** The first picture, and the toy with tables of four entries. */
export const TOY = {
  title: 'The idea, in five minutes',
  begin: 'Begin: the idea in five minutes',
  goal: 'Two programs, one address, and tables small enough to see all of them.',
  picture: {
    alt: (address: number, a: string, b: string) =>
      `Program A and program B both read address ${address}. A’s tables lead to ${a}, B’s tables to ${b}.`,
    letter: (letter: string) => `the letter ${letter}`,
    nothing: 'nothing',
    reads: (address: number) => `reads address ${address}`,
    address: 'Drag the address',
    tables: (program: string) => `tables of ${program}`,
    memory: 'memory',
    who: (program: string) => `program ${program}`,
  },
  program: 'Program',
  programs: { A: 'A', B: 'B' },
  memory: 'All of memory: 8 frames of 4 cells',
  frame: (frame: number) => `frame ${frame}`,
  frames: {
    kernel: 'kernel',
    dirA: 'A’s directory',
    dirB: 'B’s directory',
    tableA: 'A’s table',
    tableB: 'B’s table',
    pageA: 'a page',
    pageB: 'a page',
    shared: 'a page',
  },
  frameBit: 'a bit of the frame’s number',
  page: 'page of 4 cells',
  fault: 'The entry’s bit P is 0: nothing is here. The CPU stops the program and calls the kernel.',
  describe: (program: string, address: number, letter: string | undefined) =>
    letter === undefined
      ? `Program ${program} reads address ${address}: a page fault.`
      : `Program ${program} reads address ${address}, and finds “${letter}”.`,
  real: 'Now the real thing: lesson 1',
  steps: [
    {
      body: [
        'Program A reads address 6. The CPU does not go to cell 6 of memory: it looks the address up in tables that belong to A. There it finds “m”.',
        'Now program B runs, and reads address 6 as well.',
      ],
      task: 'Will it find the same letter?',
      choices: ['Yes: the same address is the same place.', 'No: B has tables of its own.'],
      wrong: [
        'Then one program could read and spoil what another has. The address is only what is looked up.',
        '',
      ],
      after:
        'B finds “r”. Each program has all addresses for itself, and none can even name what is another’s.',
    },
    {
      body: [
        'An address has six bits here. The blue two choose an entry of the directory, the purple two an entry of the table to which that leads, the green two a cell of the page.',
        'An entry has four bits: three are the number of a frame, the last one is P, *present*.',
      ],
      task: 'Program A reads address 7, which is 00 01 11. What will it find?',
      choices: ['“e”', '“k”', '“o”'],
      wrong: [
        '',
        'That is what B finds there, through B’s tables.',
        'That is cell 1 of the page. Which cell does 11 mean?',
      ],
      after:
        'Entry 0, then entry 1, then cell 3. That is all that a CPU does, several billion times a second.',
    },
    {
      body: ['Most addresses lead nowhere, since nobody uses them. Their entries have P = 0.'],
      task: 'Program A reads address 40, which is 10 10 00. What will happen?',
      choices: ['It reads a zero.', 'It reads frame 0.', 'A fault: the kernel is called.'],
      wrong: [
        'Somebody would have to put a zero there. There is no page at all.',
        'The other bits are 0, but P says that they mean nothing.',
        '',
      ],
      after: 'A page fault. The kernel can end the program, or give it the page and let it try again.',
    },
    {
      body: [
        'Two programs can also share a page: both have an entry that names its frame. At address 8 A finds “b”, in frame 7.',
      ],
      task: 'Flip one bit of an entry, so that B finds it as well.',
      hint: 'The entry names frame 7 already: 111. Only its last bit, P, is 0.',
      after:
        'The same cell of memory, through two tables. Libraries are shared so, and fork makes a child by it.',
    },
    {
      body: [
        'Why two tables, one after the other? With a single one each program would need an entry for each of its 16 pages, whether it uses it or not.',
      ],
      task: 'How many entries do A’s tables have now, directory and all?',
      choices: ['16', '8', '4'],
      wrong: [
        'That would be the single one. Look at how many tables A has.',
        '',
        'That is the table alone. The directory has entries, too.',
      ],
      after:
        'Half. A real program has 2 to the 20 pages of 4096 bytes: one table would take 4 MiB, a directory and one table take 8 KiB.',
    },
  ] as readonly StepWords[],
};
