import type { LessonWords } from '../shape.ts';

/** The lessons' words. `x` in backquotes is code, *x* is a term where it first matters. */
export const LESSONS: Readonly<Record<string, LessonWords>> = {
  walk: {
    title: 'What a walk is',
    goal: 'How an address that a program says becomes a place in memory.',
    steps: [
      {
        body: [
          'Programs do not say where in memory their data lies. They say a *linear* address, such as `0xc000_0000`, and for every one the CPU looks up the *physical* address in tables. The look-up is called a walk.',
          'It starts at the register CR3, which holds the physical address of the first table, the *page directory*.',
        ],
        task: 'Press “Next step” in the walk, once, and see where the CPU reads first.',
        hint: 'The button stands under the coloured bits. Or press Tab until it has the focus, then Enter.',
        after:
          'It read one entry of the directory. Which one? The blue bits of the address say: they are its index.',
      },
      {
        body: [
          'The directory has 1024 entries of 4 bytes. Bits 31–22 choose one, here number 768. This entry, a PDE, names the next table.',
          'Bits 21–12 choose an entry there, a PTE. That names the page of 4096 bytes. Bits 11–0 say which byte of it.',
        ],
        task: 'Go on, step by step, until you arrive at the byte.',
        hint: 'Press “Next step” until it can be pressed no more.',
        after:
          'Two look-ups, and the CPU knows the physical address. Your own computer does this all the time.',
      },
      {
        body: ['Now you choose where the CPU goes. Bits can be clicked, and the address can be typed.'],
        task: 'Keep directory index 768 and make the table index 5.',
        hint: 'Five is binary 101: set bits 14 and 12. Or type c0005000 as the address.',
        after:
          'PTE[5] it is. One entry further in a table is one page further in the address space, 4096 bytes.',
      },
      {
        body: [
          'Look at the last card: the physical address is the start of the page plus the offset. Change the lowest bits of the address and watch which cards follow.',
        ],
        task: 'Which part of the linear address appears unchanged in the physical address?',
        choices: ['the directory index', 'the table index', 'the offset'],
        hint: 'Flip bit 0 of the address, then bit 12, and compare what the result does.',
        after: 'Right: tables translate whole pages. Inside a page nothing moves.',
      },
      {
        body: [
          'The guest has 16 MiB of memory, but there are 4 GiB of addresses. Most of them lead nowhere: the entry has bit P, *present*, at 0.',
        ],
        task: 'Find an address that leads nowhere.',
        hint: 'Drag the slider far to the left, or look at the map for “nothing mapped”.',
        after:
          'A page fault: the CPU stops, keeps the address in CR2, and calls the kernel with an error code. You now know what a walk is.',
      },
    ],
  },
  tables: {
    title: 'Why the tables are read-only',
    goal: 'Why a kernel’s write to its own page directory faults, and why it must.',
    steps: [
      {
        body: [
          'The tables lie in memory like everything else, and they are pages of the guest like any others. So they have linear addresses, too. The directory is the very last page.',
        ],
        task: 'Go to the page directory, as an address of the guest.',
        hint: 'Press “page directory” under Places, or type c0fff000.',
        after: 'Here the CPU walks through the directory to find the directory. Nothing is wrong with that.',
      },
      {
        body: [
          'Look at the card of the PTE, the violet one: RW is 0, and at its lower right it says “read only”. Reading is allowed.',
          'Now be the guest’s kernel. It runs in ring 1, and for the tables rings 0 to 2 are all one: the *supervisor*. It wants to map a page, so it writes to its directory.',
        ],
        task: 'Choose “write”, and press “Do the access”.',
        hint: 'Both stand at the top of the walk. “Who” stays at the kernel.',
        after: 'It faults. The kernel may not write its own page directory.',
      },
      {
        body: ['The red card says why, and the error code says it in bits: P = 1, W = 1, U = 0.'],
        task: 'Why did it fault?',
        choices: [
          'The directory is not mapped.',
          'Its PTE has RW = 0, and CR0.WP = 1 binds even the kernel to that.',
          'The kernel runs in ring 3.',
        ],
        hint: 'P = 1 in the error code: the page was there. U = 0: it was not ring 3.',
        after: 'So much for how. Now to why anybody would want that.',
      },
      {
        body: [
          'This guest shares the machine with other guests, and with Xen, the program that keeps them apart. All memory that it may use is in its tables; all other memory is out of reach. Unless it can write its tables.',
          'Be careless for once: give the kernel what it asks for.',
        ],
        task: 'Set RW in the PTE of the directory, and do the write again.',
        hint: 'Click the flag RW on the card PTE[1023]. Then press “Do the access”.',
        after: 'The write went through. The kernel now rules over its own tables.',
      },
      {
        body: [
          'Physical memory is cut into *frames* of 4096 bytes, each the place for one page. Your first page, `0xc000_0000`, has a PTE that names one of your frames. But a PTE is just a number, and now you can write it. Be a wicked kernel.',
          'Xen’s own memory is the first 44 MiB, all frames below `0x2c00`.',
        ],
        task: 'Make `0xc000_0000` lead to a frame of Xen. It is one bit.',
        hint: 'On the card PTE[0], click address bit 25, the higher of the first two ones. Watch the result.',
        after:
          'You read Xen’s memory, and RW is set: you could write it. Whoever writes page tables owns the whole machine.',
      },
      {
        body: ['Good that this is only a page. Put everything back as Xen had it.'],
        task: 'Undo until the tables are as they were built.',
        hint: 'The button “Undo” is at the top of the page. Twice is enough, or once for each thing you did.',
        after: 'The tables are read-only again, and the guest is locked in.',
      },
      {
        body: [
          'But a kernel must change its tables all day long, for each program that starts. It cannot write them itself.',
        ],
        task: 'So how does it change them?',
        choices: [
          'It asks Xen, which checks every entry and writes it.',
          'It clears CR0.WP first.',
          'It lets a program in ring 3 write them.',
        ],
        hint: 'Control registers can only be written in ring 0, and that is Xen.',
        after:
          'So now you can say it: the write faults because RW is 0 in the PTE of the directory and CR0.WP makes that binding for the kernel. It must be so, because whoever writes page tables can reach all memory. Therefore Xen alone writes them, on request.',
      },
    ],
  },
  wp: {
    title: 'Why WP matters',
    goal: 'What a read-only page is worth without CR0.WP.',
    steps: [
      {
        body: [
          'You see a kernel’s write to the page directory. On this Pentium III it faults. The 386 of 1985 is older than the switch CR0.WP.',
        ],
        task: 'Put in an `i386`, and do the write.',
        hint: 'The CPU is chosen below the walk, under “CPU”. Then press “Do the access”.',
        after: 'No fault! On a 386 RW counts for ring 3 only. No Xen could keep its guests in there.',
      },
      {
        body: ['Newer CPUs can behave like the 386: CR0.WP is a switch.'],
        task: 'Put in any CPU from the 486 on, switch CR0.WP off, and do the write.',
        hint: 'Choose `i486` or later, then clear the box CR0.WP beside it.',
        after: 'Again no fault: with WP = 0 the kernel writes where it likes.',
      },
      {
        body: [
          'Think of the four kinds of accesses: kernel or program, read or write. Try them if you like.',
        ],
        task: 'Which of them does CR0.WP change?',
        choices: ['all writes', 'writes by the kernel, ring 0 to 2', 'writes by programs, ring 3'],
        hint: 'Ring 3 never could write a page with RW = 0.',
        after: 'Exactly: it makes read-only mean read-only for the kernel, too.',
      },
      {
        body: ['Xen runs with WP set, always.'],
        task: 'Switch CR0.WP on again, and see the write fault.',
        hint: 'Set the box, then do the access once more, as a write by the kernel.',
        after: 'One bit in one register, and the walls of every guest stand on it.',
      },
    ],
  },
  dirty: {
    title: 'Accessed and dirty',
    goal: 'The two bits that the CPU itself writes into your tables.',
    steps: [
      {
        body: [
          'All bits so far were written by software. Two are written by the CPU: A, *accessed*, when an entry is used; D, *dirty*, when the page is written. Software can clear them, and look later.',
        ],
        task: 'Clear A in the PTE of `0xc020_0000`.',
        hint: 'Click the flag A on the card of the PTE, so that it becomes 0.',
        after: 'That is what a kernel does that wants to know which pages are still in use.',
      },
      {
        body: ['The green card says what the access will change.'],
        task: 'Do a read.',
        hint: 'Kernel, read, “Do the access”.',
        after: 'A is 1 again: the CPU wrote it. D is still 0, since nothing was written.',
      },
      {
        body: ['The page was filled from disk, say. When it must go, does it have to be written back?'],
        task: 'Do a write.',
        hint: 'Choose “write”, then “Do the access”.',
        after: 'D is 1: the page in memory is newer than the one on disk.',
      },
      {
        body: ['Say the kernel has written the page to disk. It clears D, to learn of the next write.'],
        task: 'Clear D in the PTE, and do another write. Watch D.',
        hint: 'Click the flag D, then press “Do the access”.',
        after: 'D stayed 0, although the page was written! The kernel would now lose data.',
      },
      {
        body: [
          'The CPU remembers translations in its TLB, and with this one also that D is set already. So it did not walk, and wrote nothing into the table.',
        ],
        task: 'Make the CPU forget the page with INVLPG, and write once more.',
        hint: 'The button INVLPG is in the panel “The TLB”. Then do the access.',
        after: 'D is 1. Who changes an entry must tell the TLB: that is the next lesson.',
      },
    ],
  },
  stale: {
    title: 'The stale TLB',
    goal: 'Why changing a table is only half of the work.',
    steps: [
      {
        body: [
          'A walk costs two reads of memory for each access. So the CPU keeps the last translations in a small cache, the TLB.',
        ],
        task: 'Do a read, and find the translation in the panel “The TLB”.',
        hint: 'Press “Do the access”. The TLB is further down.',
        after: 'There it is. The next access to this page needs no walk.',
      },
      {
        body: [
          'Take the page away from the guest, as a kernel does that needs the memory for something else.',
        ],
        task: 'Clear P in the PTE, then do the read again.',
        hint: 'Click the flag P on the card of the PTE, then “Do the access”.',
        after:
          'The walk says fault, and yet the read went through, from the TLB. Whoever gets this frame next shares it with a ghost.',
      },
      {
        body: [
          'The entry is *stale*: memory says something else. That is no error of the CPU. It believes its TLB until it is told.',
        ],
        task: 'Tell it: INVLPG for this page, then read again.',
        hint: 'INVLPG stands beside the entry in the TLB panel. Then do the access.',
        after: 'Now it faults, as it should.',
      },
      {
        body: ['And the other way round: the page comes back.'],
        task: 'Set P again and do the read. Do not use INVLPG.',
        hint: 'Click P on the card of the PTE, then do the access.',
        after: 'No INVLPG was needed: what is not present is never in the TLB.',
      },
      {
        body: [
          'Loading CR3 makes the CPU forget everything at once, since another directory may mean another world. Almost everything: entries with G, *global*, stay. Xen’s pages have it, since they are the same in every world.',
        ],
        task: 'Read `0xfc50_0000`, which is Xen, then load CR3.',
        hint: 'Type the address and do the access. “Load CR3” is in the TLB panel.',
        after: 'The guest’s page is forgotten, Xen’s is still there.',
      },
    ],
  },
  large: {
    title: 'Pages of 4 MiB',
    goal: 'How a walk can end one level early.',
    steps: [
      {
        body: [
          'Xen maps itself with large pages. Its directory entries have the flag PS: they name no table but a page of 4 MiB.',
        ],
        task: 'Go through this walk, step by step, to its end.',
        hint: 'Press “Next step” until the end.',
        after: 'No PTE. One look-up less, and one TLB entry for 1024 small pages.',
      },
      {
        body: ['Look at how the address is cut now.'],
        task: 'How many bits of offset does a page of 4 MiB have?',
        choices: ['10', '12', '22'],
        hint: 'It is what remains after the directory index of 10 bits.',
        after: 'Right: 2 to the 22 is 4 MiB. The table index has become part of the offset.',
      },
      {
        body: [
          'PS counts only if CR4.PSE is set. Without it a CPU reads the very same entry as a pointer to a table.',
        ],
        task: 'Switch CR4.PSE off and see where the walk goes.',
        hint: 'The switches stand below the walk.',
        after:
          'The CPU takes physical address 0 for a page table, and finds nothing good. The same bits, another meaning.',
      },
      {
        body: [
          'An entry for 4 MiB needs ten address bits only: 31–22. What about the bits below? Some of them this CPU uses for memory above 4 GiB, the rest must be 0.',
        ],
        task: 'Switch PSE on again, and set bit 21 of the PDE.',
        hint: 'Bit 21 is the eleventh address bit from the left, right after the first two groups and a half.',
        after:
          'Error code 0b1001: present, and R, a reserved bit is set. The CPU says: this table is broken.',
      },
    ],
  },
  segments: {
    title: 'Why paging cannot keep ring 1 out of Xen',
    goal: 'Where the page tables’ protection ends, and what Xen did about it.',
    steps: [
      {
        body: [
          'Xen lives in the top 64 MiB of every guest’s address space. It is mapped, so that a call into Xen needs no change of tables. A program must not get at it.',
        ],
        task: 'Be a program, and read `0xfc50_0000`.',
        hint: 'Choose “program (ring 3)”, then do the access.',
        after: 'Fault: US is 0. Programs are kept out by the page tables.',
      },
      {
        body: ['Xen runs in ring 0. The guest’s kernel runs in ring 1, so that it is less than Xen.'],
        task: 'Be the guest’s kernel, and read the same address.',
        hint: 'Choose “kernel (ring 0–2)”, then do the access.',
        after:
          'It went through! The guest’s kernel reads Xen as it likes. And RW is set here: it could write, too.',
      },
      {
        body: ['Look at the flags of the entry. The CPU has four rings.'],
        task: 'Which bit would let ring 0 in and keep ring 1 out?',
        choices: ['US', 'RW', 'G', 'none of them'],
        hint: 'US tells ring 3 from the rest. For the page tables rings 0, 1 and 2 are the same.',
        after: 'None. Paging knows two kinds of people, and Xen has three.',
      },
      {
        body: [
          'So Xen uses an older wall: segments. Every access goes through a segment, and that has a limit, checked before the page tables are asked. Xen’s segments for ring 1 and 3 end at `0xfc3f_ffff`.',
        ],
        task: 'Switch the segment limit on, and do the kernel’s read again.',
        hint: '“Segment limit” is among the switches below the walk.',
        after: 'General protection, #GP. There is no walk at all: paging was never asked.',
      },
      {
        body: [
          'The limit is not at `0xfc00_0000`, where Xen’s area begins, but 4 MiB above. There lies a table which tells the guest what its frames are called. Guests may read it, and only read.',
        ],
        task: 'With the limit on, read this table at `0xfc00_0000`, as the kernel.',
        hint: 'Type fc000000 and do the access.',
        after:
          'Allowed. Segments keep the guest out of Xen, paging makes this table read-only, and both together are Xen’s wall of 2004.',
      },
    ],
  },
  backwards: {
    title: 'Building backwards from the last page',
    goal: 'How Xen’s builder lays out a new guest, and what it tells Xen.',
    steps: [
      {
        body: [
          'Who makes the first tables of a guest, before it runs? The domain builder, a program in the one guest that may manage the others. It has a list of frames, and puts the kernel first, then the initrd, which is the kernel’s first disk.',
          'The tables it makes from the other end. It counts backwards: each table it needs is the last page that is still free.',
        ],
        task: 'The first that it needs is the directory. Go to the page that it takes.',
        hint: 'The last page of the domain: 0xc0fff000. Choose it in the map.',
        after: 'Page n − 1, the last of all.',
      },
      {
        body: ['Then it goes through all pages from the first. For the first page it needs a page table.'],
        task: 'Go to the page that becomes the first page table.',
        hint: 'The last page still free is the one before the directory: 0xc0ffe000.',
        after: 'Page n − 2. The second table will be n − 3: the tables lie in reverse order.',
      },
      {
        body: ['The guest has 4096 pages. A table has 1024 entries.'],
        task: 'How many page tables are needed?',
        choices: ['1', '4', '5'],
        hint: 'Its addresses begin at a multiple of 4 MiB, so no table is used in part.',
        after: 'Four, from `0xc0ff_e000` down to `0xc0ff_b000`.',
      },
      {
        body: [
          'Watch the builder. It does not write the entries itself: for each it sends Xen a request of two numbers, where and what. Xen checks and writes. Walk, map and memory show what is there after each.',
        ],
        task: 'Go back to the beginning, and then on, until the first page is mapped.',
        hint: 'Press “From the beginning”, then “Next request” three times. Watch the walk meanwhile.',
        after:
          'First the directory was held, still empty but for Xen’s own entries; then it got its first table, and that its first entry.',
      },
      {
        body: [
          'Most entries end in `23`: present, writable, accessed. But the pages of the tables must be read-only, and the builder maps them so from the start.',
        ],
        task: 'Go on to the first request that maps a page read-only.',
        hint: 'It is page 4091, the lowest table. There is a button that goes to the next one.',
        after:
          'It ends in `21`: RW is 0. Were one of the tables mapped writable, Xen would refuse to hold the directory.',
      },
      {
        body: [
          'Between the lowest table and start_info the builder leaves one page unused: it took its running index minus one. The document of that month draws it otherwise. Real software has such corners.',
        ],
        task: 'Build to the end, then go to start_info, the page that the kernel reads first.',
        hint: 'Press “To the end”, then “start_info” under Places, or type c0ff9000.',
        after:
          'Here the guest finds how much memory it has, where its directory is, and its command line. It starts.',
      },
    ],
  },
};
