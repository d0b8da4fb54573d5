import type { LessonWords } from '../../shape.ts';

export const cow: LessonWords = {
  title: 'Fork, and copy on write',
  goal: 'How a program with much memory is doubled in no time.',
  steps: [
    {
      body: [
        'The program has just called `fork`: now there are two, parent and child, with equal memory. Each has tables of its own.',
      ],
      task: 'How much of the program’s data did the kernel copy for that?',
      choices: ['all of it', 'half of it', 'nothing'],
      wrong: [
        'Most children call another program at once, and the copy would be for nothing.',
        'Which half would be needed first? Nobody can know.',
        '',
      ],
      hint: 'Different tables can name the same frames.',
      after: 'The child’s tables name the parent’s frames.',
    },
    {
      body: [
        'The parent runs; then the kernel lets the child run, by loading CR3 with the child’s directory.',
      ],
      task: 'Let all three run, and compare where the reads go.',
      hint: 'Press “Run” three times. The map marks the frame.',
      after: 'Two directories, one frame. And look at RW: it is 0 in both.',
    },
    {
      body: ['Now the child writes to its data, which it may, as it thinks.'],
      task: 'What will the CPU do?',
      hint: 'Look at RW in the PTE; all is present; ring 3 writes.',
      after: 'Present, but not writable.',
    },
    {
      body: ['See.'],
      task: 'Let the child run.',
      hint: 'Press “Run” here.',
      after: 'The handler is called.',
    },
    {
      body: ['A program that writes where it must not gives the very same error code, and is killed for it.'],
      task: 'How does the handler tell the two apart?',
      choices: [
        'by CR2',
        'by its own list of what the program may write',
        'it cannot, and tries the write itself',
      ],
      wrong: [
        'CR2 says where. Whether the program may write there, it does not say.',
        '',
        'The kernel’s own write would fault as well: CR0.WP is 1.',
      ],
      hint: 'RW = 0 in the entry does not say why. Somebody must remember.',
      after: 'The entry is read-only, the list says writable: so the page is shared, and it is time to copy.',
    },
    {
      body: [
        'The kernel copies the one page, puts the copy into the child’s table with RW = 1, and tells the TLB.',
      ],
      task: 'Let it run, and then the child’s instruction again.',
      hint: 'Press “Run” four times. The kernel uses its own mapping of all RAM, from `0xc000_0000` on.',
      after: 'The child has written to a frame of its own.',
    },
    {
      body: ['The word was `0x0000_0010` before; the child wrote `0x0000_0063`.'],
      task: 'What does the parent read there now?',
      choices: ['`0x0000_0010`', '`0x0000_0063`', 'a page fault'],
      wrong: [
        '',
        'That is in the child’s copy. The parent’s entry was not changed.',
        'The parent’s page is present, and reading is allowed.',
      ],
      hint: 'Which frame does the parent’s entry name?',
      after: 'For the parent nothing has happened.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel load the parent’s directory, and the parent read.',
      hint: 'Press “Run” twice.',
      after: 'One fork, one written page, one copy.',
    },
    {
      body: ['Now the parent writes to the same page. Its entry still has RW = 0, so it faults.'],
      task: 'Must the kernel copy again?',
      choices: [
        'Yes, each writer gets a copy.',
        'No: nobody shares the frame any more, so RW = 1 is enough.',
      ],
      wrong: ['For whom would the old frame be kept? The child does not use it any more.', ''],
      hint: 'How many entries still name the old frame?',
      after: 'A kernel counts how many entries name a frame. Who is last keeps it.',
    },
  ],
};
