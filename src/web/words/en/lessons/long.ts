import type { LessonWords } from '../../shape.ts';

export const long: LessonWords = {
  title: 'Four levels, 48 bits',
  goal: 'How your own computer does it.',
  steps: [
    {
      body: [
        'In *long mode*, since 2003, a walk passes four tables of 512 entries. An address has 64 bits, but the walk does not use all of them.',
      ],
      task: 'How many does it use?',
      choices: ['32', '48', '64'],
      wrong: ['Two levels did that.', '', 'Count: four indices of 9 bits, and an offset of 12.'],
      hint: '4 × 9 + 12.',
      after: '48 bits are 256 TiB of addresses.',
    },
    {
      body: ['This is the program’s stack, at the upper end of what a program has.'],
      task: 'Go through this walk, step by step, to its end.',
      hint: 'The button ▶ below the drawing, or the arrow key →.',
      after: 'PML4E, PDPTE, PDE, PTE, byte: four reads before the fifth. Without a TLB this would be slow.',
    },
    {
      body: ['Instead of four levels there could be one, with an entry for each page.'],
      task: 'How large would that one table be?',
      choices: ['4 KiB', '2 MiB', '512 GiB'],
      wrong: [
        'That holds 512 entries. There are 2 to the 36 pages.',
        'That holds 2 to the 18 entries. There are 2 to the 36 pages.',
        '',
      ],
      hint: '2 to the 36 entries of 8 bytes.',
      after: 'For each program. A tree needs tables only where something is mapped.',
    },
    {
      body: [
        'The kernel maps all RAM for itself, from `0xffff_8880_0000_0000` on, with large pages of 2 MiB.',
      ],
      task: 'How many entries does the CPU read on the way there?',
      choices: ['four', 'three', 'two'],
      wrong: [
        'The fourth would lie in a page table. With PS in the PDE there is none.',
        '',
        'That would be a page of 1 GiB. These have 2 MiB.',
      ],
      hint: 'A page of 2 MiB is named by a PDE.',
      after: 'PML4E, PDPTE, PDE.',
    },
    {
      body: ['See.'],
      task: 'Go through this walk, step by step, to its end.',
      hint: 'The button ▶ below the drawing, or the arrow key →.',
      after: 'The offset has 21 bits.',
    },
    {
      body: [
        'Bits 63–48 must all be copies of bit 47. Such an address is called *canonical*. So there is a lower half for programs, an upper half for the kernel, and a gap between.',
      ],
      task: 'The kernel reads `0x0000_8000_0000_0000`: bit 47 is 1, its copies are 0. What happens?',
      choices: ['It reads the upper half.', 'A page fault, #PF.', 'A general protection fault, #GP.'],
      wrong: [
        'The CPU does not repair an address: somebody meant something else.',
        'For a page fault the tables would have to be asked. They are not.',
        '',
      ],
      hint: 'Before any table is read, the address itself is looked at.',
      after: 'No table is asked.',
    },
    {
      body: ['See.'],
      task: 'Let the kernel run.',
      hint: 'Press “Run” here.',
      after: '#GP, and no walk at all.',
    },
    {
      body: [
        'In the drawing you can only make canonical addresses: where you flip bit 47, its copies follow.',
      ],
      task: 'Go to an address of the upper half.',
      hint: 'Flip bit 47 twice, or any other bit, and look at the field on top.',
      after:
        'Since 2019 there is a fifth level, for 57 bits. You find it in the panel “CPU”, under “Tables”.',
    },
  ],
};
