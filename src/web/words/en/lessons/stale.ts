import type { LessonWords } from '../../shape.ts';

export const stale: LessonWords = {
  title: 'The stale TLB',
  goal: 'Why changing a table is only half of the work.',
  steps: [
    {
      body: [
        'A walk costs two reads of memory for each access. So the CPU keeps the last translations in a small cache, the *TLB*.',
      ],
      task: 'Let the kernel read `0xc030_0000`, and find the translation in the panel below.',
      hint: 'Press “Run” here. The panel “TLB” then has a line.',
      after: 'There it is. The next access to this page needs no walk.',
    },
    {
      body: ['Now take the page away from the guest, as Xen does that needs the frame for somebody else.'],
      task: 'Clear P, bit 0, in the PTE.',
      hint: 'It is the last bit of the purple entry.',
      after: 'In memory the page is gone.',
    },
    {
      body: ['The kernel does not know, and reads the same page again.'],
      task: 'What happens?',
      choices: ['It goes through.', 'A page fault.'],
      wrong: ['', 'So says the walk. But does the CPU walk? Look at the TLB.'],
      hint: 'Look at the line in the TLB: who has told the CPU to forget it?',
      after: 'The CPU believes its TLB.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel read.',
      hint: 'Press “Run” here.',
      after:
        'The walk says fault, and yet the read went through. Whoever gets this frame next shares it with a ghost.',
    },
    {
      body: [
        'The line is *stale*: memory says something else. That is no error of the CPU. It must be told, by INVLPG.',
      ],
      task: 'Let Xen do that, and the kernel read again.',
      hint: 'Press “Run” twice.',
      after: 'Now it faults, as it should.',
    },
    {
      body: ['And the other way round: the page comes back.'],
      task: 'Set P again.',
      hint: 'It is the red bit 0.',
      after: 'In memory the page is there again.',
    },
    {
      body: ['The kernel will read it.'],
      task: 'Must the CPU be told this time, too?',
      choices: ['Yes, else it goes on faulting.', 'No.'],
      wrong: ['For that it would have to remember that the page was absent. Look whether the TLB does.', ''],
      hint: 'Does the TLB hold anything about this page?',
      after: 'What is not present is never in the TLB, so there is nothing to forget.',
    },
    {
      body: ['See; and let Xen read a page of its own, too.'],
      task: 'Let both run.',
      hint: 'Press “Run” twice.',
      after: 'The TLB has a line for each. Xen’s has a G: *global*.',
    },
    {
      body: [
        'Loading CR3 makes the CPU forget everything at once, since another directory may mean another world.',
      ],
      task: 'What does the TLB hold after Xen has loaded CR3 with the value that it has?',
      choices: ['both lines', 'neither', 'Xen’s line'],
      wrong: [
        'The value is the same, but the CPU does not compare: it forgets.',
        'Almost: entries with G stay, since they are the same in every world.',
        '',
      ],
      hint: 'Look for the G in the column “rights”.',
      after: 'G keeps Xen’s pages, which are the same in every guest.',
    },
    {
      body: ['See.'],
      task: 'Let Xen load CR3.',
      hint: 'Press “Run” here.',
      after: 'The guest’s page is forgotten, Xen’s is still there.',
    },
  ],
};
