import type { LessonWords } from '../../shape.ts';

export const dirty: LessonWords = {
  title: 'Accessed and dirty',
  goal: 'The two bits that the CPU itself writes into the tables.',
  steps: [
    {
      body: [
        'All bits so far were written by software. Two are written by the CPU: A, *accessed*, when an entry is used; D, *dirty*, when the page is written. Software clears them, and looks later.',
      ],
      task: 'Clear A, bit 5, in the PTE of `0xc020_0000`. You do it from outside, in Xen’s place.',
      hint: 'Bit 5 is in the lowest row of the purple entry, with an A below it.',
      after: 'So does a system that wants to know which pages are still in use.',
    },
    {
      body: ['The kernel will read the page.'],
      task: 'Which of the two bits will the CPU set in the PTE?',
      choices: ['neither', 'A', 'D', 'both'],
      wrong: [
        'The entry is used for the walk, and the CPU notes that.',
        '',
        'D is for writes. This is a read.',
        'A, yes. But D is for writes, and this is a read.',
      ],
      hint: 'A says “was used”, D says “was written”.',
      after: 'Used, but not written.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel read.',
      hint: 'Press “Run” here, and watch bit 5.',
      after: 'A is 1: the CPU wrote it. D is still 0.',
    },
    {
      body: ['Say the page was filled from disk. When it must go, does it have to be written back? D tells.'],
      task: 'Let the kernel write.',
      hint: 'Press “Run” here, and watch bit 6.',
      after: 'D is 1: the page in memory is newer than the one on disk.',
    },
    {
      body: ['Say it has been written to disk. D is cleared, to learn of the next write.'],
      task: 'Clear D, bit 6, in the PTE.',
      hint: 'It stands left of A in the lowest row of the purple entry.',
      after: 'As if the page had never been written.',
    },
    {
      body: [
        'The CPU remembers translations in its *TLB*; you see them in the panel below. This one says that D is set already.',
      ],
      task: 'The kernel writes again. What is D in memory afterwards?',
      choices: ['1', '0'],
      wrong: ['Only a walk sets D. Will the CPU walk, if its TLB holds the translation, and D with it?', ''],
      hint: 'Look at the line of the TLB: it is stale, since D is clear in memory only.',
      after: 'It does not walk, so it writes nothing into the table.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel write.',
      hint: 'Press “Run” here, and watch bit 6.',
      after: 'D stayed 0, although the page was written! The system would now lose data.',
    },
    {
      body: ['Whoever changes an entry must tell the TLB: INVLPG makes the CPU forget one page.'],
      task: 'Let Xen do that, and let the kernel write once more.',
      hint: 'Press “Run” twice.',
      after: 'D is 1. The next lesson is about those who forget to tell.',
    },
  ],
};
