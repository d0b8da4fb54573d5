import type { LessonWords } from '../../shape.ts';

export const reach: LessonWords = {
  title: 'How far a TLB reaches',
  goal: 'Why a loop over much memory can be slow although every byte of it is there.',
  steps: [
    {
      body: [
        'Here an ordinary kernel runs in ring 0 and a program in ring 3, on a Pentium III. Its TLB holds 64 translations of small pages.',
        'The program reads one word in each of 32 pages of its heap.',
      ],
      task: 'Let it run, and see how often the CPU had to walk.',
      hint: 'Press “Run” here. The line below the drawing says it.',
      after: '32 pages, 32 walks: each was new.',
    },
    {
      body: ['The same loop a second time.'],
      task: 'How often must the CPU walk now?',
      choices: ['never', '32 times', '64 times'],
      wrong: [
        '',
        'What was walked once is in the TLB. Is there room for 32 lines?',
        'There are only 32 pages, and they were walked already.',
      ],
      hint: 'Look at the panel: the 32 lines are still there.',
      after: 'All 32 are in the TLB.',
    },
    {
      body: ['See.'],
      task: 'Let it run.',
      hint: 'Press “Run” here.',
      after:
        '32 hits. This loop runs at full speed. On the time axis in the panel it is a flat line: no table was read.',
    },
    {
      body: [
        'Now the loop goes over 128 pages, twice. The line that was used longest ago gives way to a new one.',
      ],
      task: 'How often must the CPU walk in the second round?',
      choices: ['never', '64 times: half of them are still there', '128 times'],
      wrong: [
        '128 lines do not fit into a TLB of 64.',
        'When the loop comes to page 0 again, which lines have just been used, and which have given way?',
        '',
      ],
      hint: 'After the first round the TLB holds the last 64 pages. The second round begins with the first.',
      after: 'Each page is pushed out just before its turn comes.',
    },
    {
      body: ['See.'],
      task: 'Let it run twice.',
      hint: 'Press “Run” twice, and read the line below the drawing.',
      after:
        'A walk for every single access, as the bars of the time axis show. Nothing is wrong, it is only slow.',
    },
    {
      body: [
        'From `0x8000_0000` on the kernel has given the program one *large page* of 4 MiB. The program reads 1024 words there, each 4096 bytes further.',
      ],
      task: 'How often must the CPU walk?',
      choices: ['1024 times', '64 times', 'once'],
      wrong: [
        'One walk translates a whole page. How large is this one?',
        '64 is the number of lines for small pages. How many pages are these?',
        '',
      ],
      hint: 'The drawing shows one entry fewer: the PDE names the page itself.',
      after: 'It is one page, so it is one walk and one line.',
    },
    {
      body: ['See.'],
      task: 'Let it run.',
      hint: 'Press “Run” here.',
      after: '1023 hits.',
    },
    {
      body: ['The *reach* of a TLB is how much memory it translates without a walk.'],
      task: 'How far do the 64 lines for small pages reach?',
      choices: ['256 KiB', '256 MiB', '4 GiB'],
      wrong: [
        '',
        '64 lines of 4 MiB would reach that far. Small pages have 4 KiB.',
        'That is all there is to address. 64 lines of 4 KiB are much less.',
      ],
      hint: '64 × 4 KiB.',
      after:
        'A quarter of a MiB: less than the caches of the same CPU. Its 8 lines for large pages reach 32 MiB. That is why databases ask for large pages.',
    },
  ],
};
