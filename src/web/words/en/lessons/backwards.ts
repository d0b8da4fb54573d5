import type { LessonWords } from '../../shape.ts';

export const backwards: LessonWords = {
  title: 'Building backwards from the last page',
  goal: 'How Xen’s builder lays out a new guest, and what it asks of Xen.',
  steps: [
    {
      body: [
        'Who makes the first tables of a guest, before it runs? The *domain builder*, a program in the one guest that may manage the others. It puts the kernel first, then the initrd, which is the kernel’s first disk.',
        'Tables it takes from the other end: each that it needs is the last page that is still free.',
      ],
      task: 'The first that it needs is the directory. Which page does it take?',
      choices: ['the first page', 'the page behind the initrd', 'the very last page'],
      wrong: ['There lies the kernel.', 'That would be forwards. It counts from the other end.', ''],
      hint: 'It takes the last page that is still free, and none is taken yet.',
      after: 'Page n − 1.',
    },
    {
      body: ['The map shows the guest’s memory as it was laid out.'],
      task: 'Go there.',
      hint: 'Click “page directory” at the right end of the map’s second bar, or choose it in “Go to …”.',
      after: '0xc0ff_f000, the last page of all.',
    },
    {
      body: ['Then it goes through all pages from the first on. For the first page it needs a page table.'],
      task: 'Go to the page that becomes the first page table.',
      hint: 'The page before the directory: click the last but one of the map’s 16 pages.',
      after: 'Page n − 2. The second table will be n − 3: the tables lie in reverse order.',
    },
    {
      body: ['The guest has 4096 pages. A table has 1024 entries.'],
      task: 'How many page tables are needed?',
      choices: ['1', '4', '5'],
      wrong: [
        'One table has room for 1024 pages only.',
        '',
        'Its addresses begin at a multiple of 4 MiB, so no table is used in part.',
      ],
      hint: '4096 divided by 1024.',
      after: 'Four, from `0xc0ff_e000` down to `0xc0ff_b000`.',
    },
    {
      body: [
        'The builder does not write the entries itself: for each it sends Xen a request of two numbers, where and what. Xen checks and writes.',
      ],
      task: 'Go back to the beginning, and then on, until the first page is mapped.',
      hint: 'Press “From the beginning”, then “Next request” three times, and watch the drawing.',
      after:
        'First the directory was held, still empty but for Xen’s own entries; then it got its first table, and that its first entry.',
    },
    {
      body: [
        'Most entries end in `23`: present, writable, accessed. The pages of the tables must be read-only from the start.',
      ],
      task: 'Go on to the first request that maps a page read-only.',
      hint: 'There is a button that goes to the next one.',
      after: 'It ends in `21`: RW is 0. Else Xen would refuse to hold the directory.',
    },
    {
      body: [
        'Below the lowest table the builder leaves one page unused: it took its running index minus one. Real software has such corners.',
      ],
      task: 'Build to the end, then go to start_info, the page below, which the kernel reads first.',
      hint: 'Press “To the end”, then choose “start_info” in “Go to …”.',
      after: 'Here the guest finds its memory, its directory, its command line. It starts.',
    },
  ],
};
