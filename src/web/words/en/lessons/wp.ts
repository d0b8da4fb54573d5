import type { LessonWords } from '../../shape.ts';

export const wp: LessonWords = {
  title: 'Why WP matters',
  goal: 'What a read-only page is worth without CR0.WP.',
  steps: [
    {
      body: [
        'You see the guest’s kernel about to write its read-only page directory. The 386 of 1985 is older than the switch CR0.WP.',
      ],
      task: 'From outside, put in an `i386`.',
      hint: 'The CPU is chosen in the panel “CPU” below the drawing.',
      after: 'The switch CR0.WP is gone: this CPU has none.',
    },
    {
      body: ['On a 386, RW = 0 binds ring 3 only.'],
      task: 'The kernel writes to its directory. What will happen?',
      hint: 'The kernel runs in ring 1.',
      after: 'Nothing stops it.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: 'No fault! On a 386 no Xen could keep its guests in.',
    },
    {
      body: ['Newer CPUs can behave like the 386: CR0.WP is a switch, which ring 0 can turn.'],
      task: 'Put in any CPU from the `i486` on, and let Xen switch CR0.WP off.',
      hint: 'In the panel “CPU”: choose the CPU first, then clear the box CR0.WP.',
      after: 'WP is 0 now.',
    },
    {
      body: ['The same write once more, on a CPU that has the switch, and has it off.'],
      task: 'What will happen?',
      hint: 'WP = 0 makes a new CPU behave like a 386.',
      after: 'As on the 386.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: 'Again no fault: with WP = 0 the supervisor writes where it likes.',
    },
    {
      body: [
        'There are four kinds of access: kernel or program, read or write. Try them on top if you like.',
      ],
      task: 'Which of them does CR0.WP change?',
      choices: ['all writes', 'writes by the kernel, ring 0 to 2', 'writes by programs, ring 3'],
      wrong: [
        'A program never could write a page with RW = 0, whatever WP is.',
        '',
        'A program never could write a page with RW = 0, whatever WP is. Whom else could it bind?',
      ],
      hint: 'Choose “program” and “write” on top, and switch WP: nothing changes.',
      after: 'It makes read-only mean read-only for the supervisor, too.',
    },
    {
      body: ['Xen runs with WP set, always.'],
      task: 'Let Xen switch CR0.WP on again.',
      hint: 'The box CR0.WP is in the panel “CPU”.',
      after: 'RW = 0 binds everybody again.',
    },
    {
      body: ['One last try.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: 'A fault. One bit in one register, and the walls of every guest stand on it.',
    },
  ],
};
