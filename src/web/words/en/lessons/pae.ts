import type { LessonWords } from '../../shape.ts';

export const pae: LessonWords = {
  title: 'PAE: entries of 64 bits',
  goal: 'How a 32-bit CPU came to more than 4 GiB of memory.',
  steps: [
    {
      body: [
        'An entry of 32 bits has room for a frame below 4 GiB. In 1995 *PAE* made entries twice as long: 8 bytes. A table stayed a page of 4096 bytes.',
      ],
      task: 'How many entries does a table have now?',
      choices: ['1024', '512', '2048'],
      wrong: [
        '1024 entries of 8 bytes would be 8192 bytes.',
        '',
        'Entries are longer, so fewer fit, not more.',
      ],
      hint: '4096 divided by 8.',
      after: 'So an index has 9 bits instead of 10.',
    },
    {
      body: ['9 + 9 + 12 bits make 30. Two bits of the address are left, and a third level for them.'],
      task: 'Go through this walk, step by step, to its end.',
      hint: 'The button ▶ below the drawing, or the arrow key →.',
      after: 'PDPTE, PDE, PTE, byte. The first table has four entries only.',
    },
    {
      body: ['Each of the four stands for the same share of the 4 GiB of addresses.'],
      task: 'How much is that?',
      choices: ['4 MiB', '2 MiB', '1 GiB'],
      wrong: ['That is what a PDE of the old kind stands for.', 'That is what a PDE of PAE stands for.', ''],
      hint: '4 GiB divided by 4.',
      after: 'And a PDE stands for 2 MiB, which is the size of a large page in PAE.',
    },
    {
      body: ['The upper half of an entry continues the frame’s address: bits 39–32 on this CPU.'],
      task: 'From outside, set bit 32 of the PTE, and see where the address leads.',
      hint: 'The PTE’s bits stand below the tables. Bit 32 is the last of the upper row.',
      after:
        'Above 4 GiB! This machine has no RAM there; one with 16 GiB has. Addresses of programs still end at 4 GiB.',
    },
    {
      body: ['Put it back.'],
      task: 'Clear bit 32 again.',
      hint: 'The last bit of the upper row, or “Undo”.',
      after: 'Back in RAM.',
    },
    {
      body: [
        'The four entries at the top are special: the CPU copies them into registers when CR3 is loaded, and walks from these.',
      ],
      task: 'Somebody clears P of PDPTE[0] in memory. Then the program reads. What happens?',
      choices: ['A page fault.', 'It goes through: the CPU’s copy still says present.', 'The machine stops.'],
      wrong: [
        'So it would be with every other table. Where does the CPU look for these four?',
        '',
        'Nothing is wrong yet: memory and the copy differ, and that is allowed.',
      ],
      hint: 'Above the first table stands “inside the CPU”.',
      after: 'Memory changed, the registers did not.',
    },
    {
      body: ['Do it, from outside.'],
      task: 'Click PDPTE[0], and clear its bit 0.',
      hint: 'A click on the first table’s entry shows its bits below. The drawing shows what the CPU holds, so the bit seems to stay.',
      after: 'In memory P is 0; the CPU still holds the old entry.',
    },
    {
      body: ['See what the program notices.'],
      task: 'Let it read.',
      hint: 'Press “Run” here.',
      after: 'Nothing.',
    },
    {
      body: ['Now the kernel loads CR3 with the value that it has.'],
      task: 'Let both run.',
      hint: 'Press “Run” twice.',
      after:
        'The CPU has read the four entries again, and the program faults. Some emulators forget this, and kernels that work on them fail on a real CPU.',
    },
  ],
};
