import type { LessonWords } from '../../shape.ts';

export const demand: LessonWords = {
  title: 'Memory on demand',
  goal: 'How a kernel gives a page only once it is touched. You complete its handler.',
  steps: [
    {
      body: [
        'A program asked its kernel for 32 KiB more memory. The kernel said yes, and did nothing: no frame, no entry.',
        'Now the program writes to that memory for the first time.',
      ],
      task: 'What will the CPU do?',
      hint: 'Look at bit P of the PTE; it is a write; ring 3 does it.',
      after: 'Not present, a write, by ring 3.',
    },
    {
      body: ['See.'],
      task: 'Let the program run.',
      hint: 'Press “Run” here.',
      after: 'A fault. The CPU calls the kernel’s handler, in ring 0.',
    },
    {
      body: ['The handler must know what was wanted.'],
      task: 'Where does it find the address that the program wanted to write?',
      choices: ['in CR3', 'in CR2', 'in the error code'],
      wrong: [
        'CR3 holds the directory’s address, and stays.',
        '',
        'The error code has a few bits only: what kind of access it was.',
      ],
      hint: 'Look at the lower edge of the red box.',
      after: 'CR2 for where, the error code for how.',
    },
    {
      body: ['This is the handler. Complete it: what you choose is really run.'],
      task: 'Complete the handler, and run it.',
      hint: 'CR2 has the address. Bits 21–12 choose in a page table. The program runs in ring 3, and writes.',
      code: [
        'page ← the page of the address in {0}',
        'frame ← a free frame, filled with zeros',
        'in the page table, entry {1} of that address ← frame | {2}',
        'return, so that {3}',
      ],
      blanks: [
        [
          ['CR2', ''],
          ['CR3', 'CR3 says where the directory lies, not what was wanted.'],
          ['EIP', 'EIP says where the instruction lies, not what it wanted to write.'],
        ],
        [
          ['bits 31–22', 'Bits 31–22 choose in the directory. This is the page table.'],
          ['bits 21–12', ''],
          ['bits 11–0', 'Bits 11–0 are the offset in the page, no index.'],
        ],
        [
          ['P', 'P alone: ring 3 may not even read it.'],
          ['P | US', 'P and US: ring 3 may read it, but it wants to write.'],
          ['P | RW', 'P and RW: the kernel may write it, but ring 3 may not touch it.'],
          ['P | RW | US', ''],
        ],
        [
          ['the instruction runs again', ''],
          ['the program goes on behind it', 'Then what the program wanted to write is never written.'],
        ],
      ],
      after: 'The instruction ran again and went through. The program never noticed.',
    },
    {
      body: ['Other changes of an entry need an INVLPG.'],
      task: 'Does this handler need one?',
      choices: [
        'Yes, else the CPU goes on believing that nothing is there.',
        'No: the TLB never holds what is not present.',
      ],
      wrong: ['The TLB holds translations only. It has none for a page that was absent.', ''],
      hint: 'Think of the lesson on the stale TLB, where the page came back.',
      after: 'There is nothing to forget.',
    },
    {
      body: ['The program now fills all 8 pages of its new memory, byte by byte.'],
      task: 'How many more faults will there be?',
      choices: ['none', '7', '28,672: one for each byte'],
      wrong: [
        'The handler gave one page. The other seven are still absent.',
        '',
        'A fault brings a whole page, and the next 4095 bytes come with it.',
      ],
      hint: 'One page is there already.',
      after:
        'One for each page that is touched, and none for a page that never is. That is why programs may ask for more than they use.',
    },
  ],
};
