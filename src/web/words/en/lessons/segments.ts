import type { LessonWords } from '../../shape.ts';

export const segments: LessonWords = {
  title: 'Why paging cannot keep ring 1 out of Xen',
  goal: 'Where the page tables’ protection ends, and what Xen did about it.',
  steps: [
    {
      body: [
        'Xen lives in the top 64 MiB of every guest’s address space. It is mapped there, so that a call into Xen needs no change of tables. A program must not get at it.',
      ],
      task: 'A program reads `0xfc50_0000`, in Xen. What will the CPU do?',
      hint: 'Look at US, bit 2, in the PDE. All is present; it is a read; ring 3 does it.',
      after: 'Present, no write, ring 3.',
    },
    {
      body: ['See.'],
      task: 'Let the program run.',
      hint: 'Press “Run” here.',
      after: 'Programs are kept out by the page tables.',
    },
    {
      body: ['Xen runs in ring 0. The guest’s kernel runs in ring 1, so that it is less than Xen.'],
      task: 'The guest’s kernel reads the same address. What will the CPU do?',
      hint: 'To paging, rings 0, 1 and 2 are all the supervisor.',
      after: 'Nothing is in its way.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: 'The guest’s kernel reads Xen as it likes. And RW is 1: it could write, too.',
    },
    {
      body: ['Look at the bits of the entry. The CPU has four rings.'],
      task: 'Which bit would let ring 0 in and keep ring 1 out?',
      choices: ['US', 'RW', 'G', 'none of them'],
      wrong: [
        'US tells ring 3 from the rest. Rings 0, 1 and 2 are the same to it.',
        'RW tells reading from writing, not one ring from another.',
        'G is about the TLB, not about rights.',
        '',
      ],
      hint: 'US tells ring 3 from the rest.',
      after: 'Paging knows two kinds of people, and Xen has three.',
    },
    {
      body: [
        'So Xen uses an older wall: *segments*. Every access goes through a segment, which has a limit that is checked before the page tables are asked. Xen’s segments for rings 1 and 3 end at `0xfc3f_ffff`.',
      ],
      task: 'Switch the segment limit on.',
      hint: '“Segment limit” is in the panel “CPU”.',
      after: 'From now on rings 1 and 3 go through these segments.',
    },
    {
      body: ['The kernel’s read once more.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: 'General protection, #GP. There is no walk at all: paging was never asked.',
    },
    {
      body: [
        'The limit is not at `0xfc00_0000`, where Xen’s area begins, but 4 MiB above. There lies a table that tells the guest what its frames are called.',
      ],
      task: 'The kernel reads at `0xfc00_0000`, with the limit on. What happens?',
      choices: ['It goes through.', '#GP, from the segment.', '#PF, from the page tables.'],
      wrong: [
        '',
        'The limit is `0xfc3f_ffff`. Is `0xfc00_0000` above it?',
        'The tables let the supervisor read there; only RW is 0.',
      ],
      hint: 'Compare with `0xfc3f_ffff`.',
      after: 'Below the limit, and readable.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after:
        'Segments keep the guest out of Xen, paging makes this table read-only, and both together are Xen’s wall of 2004.',
    },
  ],
};
