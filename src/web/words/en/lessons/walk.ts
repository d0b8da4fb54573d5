import type { LessonWords } from '../../shape.ts';

export const walk: LessonWords = {
  title: 'What a walk is',
  goal: 'How an address that a program says becomes a place in memory.',
  steps: [
    {
      body: [
        'Programs do not say where in memory their data lies. They say a *linear* address, such as `0xc000_0000`, and for every one the CPU looks up the *physical* address in tables. The look-up is called a *walk*.',
        'It starts at the register CR3, which holds the physical address of the first table, the *page directory*.',
      ],
      task: 'How often does the CPU read memory before it can read the byte itself?',
      choices: [
        'Never: the address is the place.',
        'Twice: one entry of the directory, one of a table.',
        '1024 times: it searches the directory for the address.',
      ],
      wrong: [
        'Then two programs could not use the same address for different data. The address is only what the CPU looks up.',
        '',
        'It need not search: a part of the address is the number of the entry, as a page number leads to a page of a book.',
      ],
      hint: 'The address on top is cut into three coloured parts. Two of them choose an entry; the third is the place in the page.',
      after: 'Two entries, then the byte. Watch it do so.',
    },
    {
      body: [
        'Blue: bits 31–22 choose one of 1024 entries of the directory, a PDE. It names the next table.',
        'Purple: bits 21–12 choose an entry there, a PTE. It names a page of 4096 bytes. Green: bits 11–0 say which byte of it.',
      ],
      task: 'Go on step by step until you arrive at the byte: with the button ▶ below the drawing, or the arrow key →.',
      hint: 'The buttons stand between the drawing and the map. They stay where they are.',
      after: 'CR3, PDE, PTE, byte. Your own computer does this all the time.',
    },
    {
      body: [
        'Now you choose where the CPU goes. Every bit of the address can be clicked, and so can every line of a table.',
      ],
      task: 'Keep directory entry 768, make the table index 5 and the offset 0xabc.',
      hint: 'Five is 101 in binary: set bits 14 and 12 in the purple part, or click line 5 of the page table. 0xabc is 1010 1011 1100. Or type c0005abc in the field on top.',
      after: 'PTE[5] it is. One entry further in a table is one page further in the address space.',
    },
    {
      body: ['The green part is called the *offset*. Look at the sum below the physical address.'],
      task: 'You will flip bit 0 of the address. How far does the physical address move?',
      choices: ['by 1 byte', 'by 4096 bytes', 'to a place that cannot be foretold'],
      wrong: [
        '',
        'That is what bit 12 would do to the page. Bit 0 belongs to the green part.',
        'Frames are scattered, so bits of the blue and the purple part lead anywhere. The green part passes unchanged.',
      ],
      hint: 'Bit 0 is the last of the green part, which is added to where the page begins.',
      after: 'Tables translate whole pages. Inside a page nothing moves.',
    },
    {
      body: ['And a page further? See for yourself how scattered the frames are.'],
      task: 'Flip bit 12, so that the table index becomes 4, and compare the physical addresses.',
      hint: 'Bit 12 is the last of the purple part.',
      after:
        'The next page lies somewhere else entirely. A program does not notice: its addresses are one after the other.',
    },
    {
      body: [
        'The guest has 16 MiB of memory, but there are 4 GiB of addresses. Most lead nowhere: an entry has bit P, *present*, at 0. Then the CPU raises a *page fault*, with an *error code*.',
        'Its bit P is 1 if all entries were present. W: it was a write. U: ring 3 did it.',
      ],
      task: 'The kernel reads `0x0804_8000`. What will happen?',
      hint: 'Look at bit 0 of the entry PDE[32]. The kernel reads: no write, no ring 3.',
      after: 'All bits are 0: something was not present, it was no write, and not ring 3.',
    },
    {
      body: ['Let it happen.'],
      task: 'Let the kernel run its instruction.',
      hint: 'Press “Run” here.',
      after:
        'A page fault: the CPU keeps the address in CR2 and calls the kernel’s handler. You now know what a walk is.',
    },
  ],
};
