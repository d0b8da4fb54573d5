import type { LessonWords } from '../../shape.ts';

export const tables: LessonWords = {
  title: 'Why the tables are read-only',
  goal: 'Why a kernel’s write to its own page directory faults, and what it would do if it did not.',
  steps: [
    {
      body: [
        'This machine runs Xen in ring 0, and on top of it a Linux guest, whose kernel runs in ring 1. The guest’s page tables lie in its own memory, mapped like any other page. Its directory is the very last page.',
      ],
      task: 'Look at the directory as an address of the guest: `0xc0ff_f000`.',
      hint: 'Choose “page directory” in the list “Go to …” at the upper right, or click it in the map.',
      after: 'The CPU walks through the directory to find the directory. Nothing is wrong with that.',
    },
    {
      body: ['The kernel wants to map a page, so it writes to its directory.'],
      task: 'What will the CPU do?',
      hint: 'Look at RW, bit 1, in both entries. CR0.WP is 1: RW binds the kernel too. And who acts?',
      after: 'P: all is present. W: it is a write. U is 0: ring 1 counts as the supervisor.',
    },
    {
      body: ['Let the kernel try.'],
      task: 'Let it run.',
      hint: 'Press “Run” here.',
      after: 'The kernel may not write its own page directory.',
    },
    {
      body: ['The bit to blame is red.'],
      task: 'Why did it fault?',
      choices: [
        'The directory is not mapped.',
        'Its PTE has RW = 0, and CR0.WP = 1 binds even the kernel to that.',
        'The kernel runs in ring 3.',
      ],
      wrong: [
        'Then P would be 0 in the error code. It is 1: the page was there, a right was missing.',
        '',
        'Then U would be 1 in the error code. The guest’s kernel runs in ring 1.',
      ],
      hint: 'P = 1: the page was there. U = 0: it was not ring 3.',
      after: 'So much for how. Now to why anybody would want that.',
    },
    {
      body: [
        'All memory that a guest may use is in its tables; all other memory is out of reach. Unless it can write its tables.',
        'Suppose Xen makes one mistake and opens the directory. You play the mistake, from outside the machine.',
      ],
      task: 'Set RW in PTE[1023], the entry that maps the directory.',
      hint: 'It is the red bit 1 in the purple entry.',
      after: 'Now the directory, and it alone, is open to the kernel.',
    },
    {
      body: ['The directory has 1024 entries. The tables that they lead to lie on pages of their own.'],
      task: 'Which entries can the kernel write now?',
      choices: ['every entry of every table', 'those of the directory, and no others', 'none: WP is still 1'],
      wrong: [
        'The other tables are mapped by other PTEs, and these still have RW = 0.',
        '',
        'WP makes RW = 0 binding. In the PTE of the directory RW is 1 now.',
      ],
      hint: 'Which page did you open? Look at `0xc0ff_e000`, the first page table.',
      after: 'The first page table is as closed as before. Let the kernel try.',
    },
    {
      body: ['It would like to write an entry of the first page table.'],
      task: 'Let it run.',
      hint: 'Press “Run” here.',
      after:
        'A fault again. But a kernel that can write its directory needs no old table: it makes a new one.',
    },
    {
      body: [
        'It takes a page of its own, writes an entry into it that names Xen’s memory, finds out which frame that page lies in, and links it into its directory as a page table.',
      ],
      task: 'Let it run, one instruction after the other.',
      hint: 'Press “Run” three times, and look at who writes what where.',
      after: 'Not one of these faulted. A page that was data is a page table now.',
    },
    {
      body: ['The forged table hangs in slot 0 of the directory, for the addresses from 0 on.'],
      task: 'The kernel reads address 0. Where does that lead?',
      choices: [
        'nowhere: slot 0 is not present',
        'to the page in which it forged the table',
        'to Xen’s memory',
      ],
      wrong: [
        'It was not, but the kernel has just written it.',
        'That page is the table now. Its entry 0 names the page that is read.',
        '',
      ],
      hint: 'Entry 0 of the forged table is `0x0010_0063`: which physical address is that?',
      after: 'Physical `0x0010_0000` is where Xen itself lies.',
    },
    {
      body: ['See.'],
      task: 'Let it run.',
      hint: 'Press “Run” here.',
      after:
        'The guest reads Xen, and RW is 1 all the way: it could write it as well. Whoever writes page tables owns the machine.',
    },
    {
      body: ['Good that this is only a page. Put everything back as Xen had it.'],
      task: 'Start over.',
      hint: 'The button “Start over” is at the upper right; “Undo” takes back one thing at a time.',
      after: 'The directory is read-only again, the forged table is gone, and the guest is locked in.',
    },
    {
      body: ['But a kernel must change its tables all day long, for each program that starts.'],
      task: 'So how does it change them under Xen?',
      choices: [
        'It asks Xen, which checks every entry and writes it.',
        'It clears CR0.WP first.',
        'It lets a program in ring 3 write them.',
      ],
      wrong: [
        '',
        'Control registers can only be written in ring 0, and there is Xen.',
        'Ring 3 may less than the kernel: US is 0 in these entries.',
      ],
      hint: 'Who runs in ring 0?',
      after:
        'The write faults because RW is 0 in the PTE of the directory, and CR0.WP binds the kernel to it. It must be so: whoever writes page tables reaches all memory. Therefore Xen alone writes them, on request.',
    },
  ],
};
