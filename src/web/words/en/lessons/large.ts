import type { LessonWords } from '../../shape.ts';

export const large: LessonWords = {
  title: 'Pages of 4 MiB',
  goal: 'How a walk can end one level early.',
  steps: [
    {
      body: [
        'Xen maps itself with *large pages*. Its directory entries have the bit PS: they name no table but a page of 4 MiB.',
      ],
      task: 'How many entries will the CPU read on the way to `0xfc50_1234`?',
      choices: ['one', 'two', 'none'],
      wrong: [
        '',
        'The second one would lie in a page table. PS says that there is none.',
        'CR3 leads to the directory, and an entry there must say where the page is.',
      ],
      hint: 'The PDE names the page itself.',
      after: 'One look-up less.',
    },
    {
      body: ['Look at how the address is cut now: there is no purple part.'],
      task: 'Go through this walk, step by step, to its end.',
      hint: 'The button ▶ below the drawing, or the arrow key →.',
      after: 'CR3, PDE, byte. What was the table index is part of the offset.',
    },
    {
      body: ['The offset has 22 bits.'],
      task: 'How many small pages does this one entry stand for?',
      choices: ['22', '512', '1024'],
      wrong: [
        '22 is the number of bits of the offset.',
        '512 is what an entry of PAE stands for, whose large pages have 2 MiB.',
        '',
      ],
      hint: '4 MiB divided by 4 KiB.',
      after: 'And it takes one line of the TLB instead of 1024.',
    },
    {
      body: ['PS counts only if the switch CR4.PSE is on. Xen will turn it off.'],
      task: 'What will the CPU take the very same PDE for?',
      choices: [
        'for the same page of 4 MiB',
        'for a pointer to a page table',
        'for a broken entry, and raise a fault',
      ],
      wrong: [
        'Without CR4.PSE the CPU does not know large pages. What does a PDE say without PS?',
        '',
        'Without CR4.PSE bit 7 means nothing, so nothing is broken.',
      ],
      hint: 'A CPU without PSE, such as the 386, does not look at bit 7.',
      after: 'It takes the bytes of Xen’s code for a table.',
    },
    {
      body: ['See.'],
      task: 'Let Xen switch CR4.PSE off.',
      hint: 'The box CR4.PSE is in the panel “CPU”.',
      after: 'The same bits, another meaning. Nothing good can come of it.',
    },
    {
      body: ['Enough.'],
      task: 'Let Xen switch CR4.PSE on again.',
      hint: 'The box CR4.PSE is in the panel “CPU”.',
      after: 'The large page is back.',
    },
    {
      body: [
        'An entry for 4 MiB needs only address bits 31–22. Below, this CPU uses bits 16–13 for memory above 4 GiB.',
      ],
      task: 'What does the CPU do if bit 21 is 1?',
      choices: [
        'The page begins 2 MiB further.',
        'It ignores the bit.',
        'It raises a fault: the bit is reserved.',
      ],
      wrong: [
        'A page of 4 MiB begins at a multiple of 4 MiB, always.',
        'It ignores bits that software may use, 9 to 11. Bit 21 is none of these.',
        '',
      ],
      hint: 'The error code has a bit R.',
      after: 'Some day it might mean something; until then it must be 0.',
    },
    {
      body: ['See.'],
      task: 'Set bit 21 of the PDE, from outside.',
      hint: 'It is the first bit of the middle row of the blue entry.',
      after: 'Error code 0b1001: present, and R, a reserved bit. The CPU says: this table is broken.',
    },
  ],
};
