/** Every word of the page, in English. A translation is another file of this shape. */

import { accessName, formatAddress } from '../arch/index.ts';
import type { Outcome } from './session.ts';

/** One step in words. */
interface StepText {
  /** What there is to know, in paragraphs. */
  readonly body: readonly string[];
  /** What is to be done. */
  readonly task?: string;
  /** For those who are stuck. */
  readonly hint?: string;
  /** A question's choices. */
  readonly choices?: readonly string[];
  /** Said once it is done. */
  readonly after: string;
}

interface LessonText {
  readonly title: string;
  readonly goal: string;
  readonly steps: readonly StepText[];
}

/** The lessons' words. `x` in backquotes is code, *x* is a term where it first matters. */
const LESSON_TEXT: Readonly<Record<string, LessonText>> = {
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

/** All other words, and the lessons'. */
export const TEXT = {
  title: 'x86 paging, by touch',
  intro: {
    lead: 'This is a computer that you can look into: a Linux guest as Xen built it in February 2004, where every address is looked up in page tables as an x86 CPU does it.',
    touch:
      'Change an address or flip any bit of any table, and see at once where it leads, or why it faults.',
    start: (number: number) => `Start lesson ${number}`,
    resume: 'Go on with the lesson',
    free: 'Look around freely',
    minutes: 'about ten minutes to the reason why a kernel may not write its own page tables',
  },
  nav: {
    label: 'Parts of this page',
    walk: 'The walk',
    map: 'The map',
    memory: 'Memory',
    tlb: 'TLB',
    exercises: 'Exercises',
    files: 'Files',
    skip: 'Skip to the walk',
  },
  actions: {
    undo: 'Undo',
    redo: 'Redo',
    reset: 'Start over',
    share: 'Copy link',
    shared: 'The link is in the clipboard: it opens this very state.',
    shareFailed: 'The clipboard is closed to this page; the address bar holds the same link.',
    noShare: 'A machine from a file cannot be put into a link. Send the file itself.',
    print: 'Print',
    undone: 'Taken back.',
    redone: 'Done again.',
    restarted: 'A fresh machine: everything as it was built.',
    badLink: (reason: string) => `This link cannot be opened: ${reason}. You see the machine as it starts.`,
    refused: (reason: string) => `Refused: ${reason}`,
    theme: 'Colours',
    themes: { auto: 'auto', light: 'light', dark: 'dark' },
  },
  walk: {
    title: 'The walk',
    subtitle: 'from a linear address to a byte of memory, one table after another',
    address: 'Linear address',
    addressHint: 'hexadecimal',
    badAddress: 'Not an address: write up to 8 hexadecimal digits',
    badAddress48: 'Not an address: write up to 12 hexadecimal digits',
    slider: 'Drag through the address space',
    places: 'Places',
    nowhere: 'nowhere',
    xenPlaces: ['Xen: a table to read', 'Xen itself'],
    who: 'Who',
    ring: { kernel: 'kernel (ring 0–2)', user: 'program (ring 3)' },
    what: 'does what',
    kinds: ['read', 'write', 'execute'],
    do: 'Do the access',
    doHint: 'The CPU really does it: sets A and D, fills the TLB, or faults.',
    bits: 'The address in bits',
    bitOf: (bit: number, value: number) => `address bit ${bit}: ${value}`,
    fields: {
      PML5: 'PML5 index',
      PML4: 'PML4 index',
      PDPT: 'PDPT index',
      directory: 'directory index',
      table: 'table index',
      offset: 'offset in the page',
    } as Readonly<Record<string, string>>,
    controls: 'Steps of the walk',
    first: 'To the first step',
    back: 'Back',
    forward: 'Next step',
    play: 'Play',
    pause: 'Pause',
    all: 'Show all',
    position: (step: number, last: number) => `step ${step + 1} of ${last + 1}`,
    off: 'Paging is off (CR0.PG = 0): the linear address is the physical address.',
    rightsSoFar: 'allowed so far',
    right: {
      writable: ['read only', 'writable'],
      user: ['supervisor only', 'ring 3 too'],
      executable: ['no code', 'executable'],
    } as Readonly<Record<'writable' | 'user' | 'executable', readonly [string, string]>>,
    openTable: 'show in memory',
    drawing: 'The same as a drawing',
    entryAt: 'is read at',
    holds: 'holds',
    registerNote:
      'PAE keeps these four entries inside the CPU: a change in memory counts only once CR3 is loaded again.',
    openBus: 'There is no RAM at this address: all bits read as 1.',
    reserved: (bits: readonly number[]) => `This CPU reserves bit ${bits.join(', ')}: it must be 0.`,
    addressBits: 'address bits',
    flagBits: 'flags',
    bitsOf: (name: string) => `Bits of ${name}`,
    bit: (bit: number) => `bit ${bit}`,
    flip: (name: string, value: number, meaning: string | undefined) =>
      meaning === undefined ? `${name}: ${value}` : `${name} ${value}: ${meaning}`,
    tlbHit: 'The TLB holds this translation, so the CPU will not walk the tables at all.',
    tlbStale:
      'Careful: the TLB still holds an older translation. The CPU uses that one; this walk shows what memory says now.',
  },
  machine: {
    title: 'The machine',
    cpu: 'CPU',
    cpuYear: (name: string, year: number) => `${name} (${year})`,
    registers: 'Switches',
    wp: 'CR0.WP',
    wpHint: 'read-only binds the kernel too',
    pse: 'CR4.PSE',
    pseHint: 'directory entries may map 4 MiB',
    pge: 'CR4.PGE',
    pgeHint: 'pages with G outlive a load of CR3',
    limit: 'Segment limit',
    limitHint: '0xfc3f_ffff: what Xen gives ring 1 and 3, asked before paging',
    absent: (cpu: string) => `the ${cpu} has no such bit`,
    scenario: 'Another machine',
    size: 'Domain',
    profile: 'Layout',
    profiles: { 'xen-1.2': 'as the program built it', document: 'as the document drew it' },
    frames: 'Frames scattered by seed',
    framesHint: '0: in ascending order',
    format: 'Tables',
    formats: {
      '32-bit': '32-bit, two levels',
      PAE: 'PAE, three levels',
      '4-level': 'long mode, four levels',
    },
    build: 'Build it',
    built: 'A new machine. What was done before is gone.',
  },
  /** What each flag says when it is set and when it is clear. */
  flags: {
    P: ['present', 'absent: the CPU ignores all the rest'],
    RW: ['writing allowed', 'read only'],
    US: ['ring 3 allowed', 'supervisor only'],
    PWT: ['write-through', 'no write-through'],
    PCD: ['not cached', 'cached'],
    A: ['was used', 'not used since it was cleared'],
    D: ['was written', 'not written since it was cleared'],
    PS: ['maps a large page', 'points to a table'],
    PAT: ['memory type: third bit set', 'memory type: third bit clear'],
    G: ['global', 'not global'],
    AV: ['free for the system', 'free for the system'],
    NX: ['no execution', 'execution allowed'],
    '–': ['without meaning here', 'without meaning here'],
  } as Readonly<Record<string, readonly [string, string]>>,
  fault: {
    names: { 12: '#SS, stack fault', 13: '#GP, general protection', 14: '#PF, page fault' } as Readonly<
      Record<number, string>
    >,
    code: 'error code',
    cr2: 'CR2, the address that faulted',
    bits: [
      ['P', 'the entry was present: a right was missing', 'something was not present'],
      ['W', 'it was a write', 'it was no write'],
      ['U', 'ring 3 did it', 'ring 0, 1 or 2 did it'],
      ['R', 'a reserved bit was set', 'no reserved bit was set'],
      ['I', 'it was a fetch of code', 'it was not known as a fetch of code'],
    ] as readonly (readonly [string, string, string])[],
    why: {
      'not-present': (entry: string) =>
        `${entry} is not present: its bit P is 0, so the address leads nowhere.`,
      'reserved-bit': (entry: string) => `${entry} has a bit set that this CPU reserves.`,
      'user-access-to-supervisor-page': (entry: string) =>
        `Ring 3 asked for a page of the supervisor: US is 0 in ${entry}.`,
      'write-to-read-only-page': (entry: string) =>
        `The page is read-only: RW is 0 in ${entry}. CR0.WP is 1, so even the kernel must obey.`,
      'write-to-read-only-page-user': (entry: string) => `The page is read-only: RW is 0 in ${entry}.`,
      'fetch-from-no-execute-page': (entry: string) => `The page holds no code: NX is 1 in ${entry}.`,
      'supervisor-fetch-from-user-page': () => 'SMEP: the supervisor may not run code of a user page.',
      'supervisor-access-to-user-page': () => 'SMAP: the supervisor may not touch a user page.',
      'protection-key': () => 'The protection key of the page forbids it.',
      'not-canonical': () => 'The address is not canonical: its upper 17 bits are not all alike.',
      'segment-limit': () => 'The address lies beyond the limit of the segment; paging is not asked.',
      'segment-type': () => 'The segment forbids this kind of access; paging is not asked.',
    } as Readonly<Record<string, (entry: string) => string>>,
  },
  result: {
    allowed: 'Allowed',
    physical: 'physical address',
    sum: 'page + offset',
    pageOf: (size: string) => `in a page of ${size}`,
    byte: 'the byte there',
    noRam: 'no RAM there: reads as 0xff',
    frame: (frame: string, role: string) => `frame ${frame}: ${role}`,
    sets: (bits: string, entry: string) => `The access will set ${bits} in ${entry}.`,
    setsNothing: 'A and D are set already: the access will change no entry.',
    setsNothingRead: 'A is set already: the access will change no entry.',
    global: 'global',
  },
  /** The sentence read out for each step. */
  say: {
    cr3: (value: string) => `CR3 holds ${value}: there, in physical memory, the topmost table begins.`,
    entry: (name: string, index: number, at: string, value: string) =>
      `The address selects entry ${index}: ${name}, at ${at}, holds ${value}.`,
    table: (target: string) => `It is present and points to the next table, at ${target}.`,
    page: (target: string) => `It is present and names the page, at ${target}.`,
    absent: 'Its bit P is 0: nothing is here.',
    reserved: 'A reserved bit is set.',
    rights: (rights: string) => `Allowed so far: ${rights}.`,
    ok: (physical: string) => `The byte lies at physical address ${physical}. The access is allowed.`,
    fault: (name: string, why: string, code: string) => `${name}. ${why} Error code ${code}.`,
    done: {
      read: (at: string, to: string) => `Done: ${at}, physical ${to}.`,
      hit: (at: string, to: string) => `Done from the TLB, without a walk: ${at}, physical ${to}.`,
      fault: (at: string, name: string, code: string) => `Fault at ${at}: ${name}, error code ${code}.`,
      word: (at: string, value: string) => `Memory at ${at} is now ${value}.`,
      register: (name: string, value: string, dropped: number) =>
        `${name} is now ${value}.${dropped > 0 ? ` The TLB dropped ${dropped} of its entries.` : ''}`,
      invlpg: (at: string, dropped: number) =>
        dropped > 0 ? `The TLB has forgotten the page of ${at}.` : `The TLB held nothing for ${at}.`,
      built: (requests: number) =>
        requests === 0
          ? 'The tables are empty: nothing is built yet.'
          : `Building: ${requests} requests are done.`,
      cpu: (name: string) => `The CPU is now a ${name}, with an empty TLB.`,
    },
  },
  tables: { directory: 'page directory', table: (number: number) => `page table ${number}` },
  roles: {
    kernel: 'kernel',
    initrd: 'initrd',
    free: 'free',
    start_info: 'start_info',
    table: 'page table',
    directory: 'page directory',
    shared_info: 'shared_info',
    xen: 'Xen',
    spare: 'not in use',
  },
  map: {
    title: 'The map',
    subtitle: 'the address space to scale, as the document of 2004 drew it, and the memory it is made of',
    all: 'all 4 GiB',
    all48: 'the lowest 4 GiB',
    domain: (size: string) => `the domain, ${size}`,
    xen: 'Xen, its 64 MiB',
    hole: 'the area around',
    pages: 'pages here',
    physical: (size: string, frames: string) => `physical memory, ${size}: ${frames} frames`,
    region: (name: string, start: string, end: string, size: string) =>
      `${name}: ${start} to ${end}, ${size}. Go there.`,
    page: (linear: string, to: string) => `page ${linear}, ${to}`,
    toFrame: (frame: string, role: string, rights: string) => `frame ${frame}, ${role}, ${rights}`,
    toNothing: 'not mapped',
    tables: 'The tables themselves',
    tablesHint: 'Each is a page like any other. Choose one to see it in memory and where the guest sees it.',
    enlarged: 'drawn larger than its scale',
    describe: (linear: string) => `Map of the address space with ${linear} marked`,
    nothing: 'nothing mapped',
    legend: 'Kinds of memory',
    up: 'Earlier pages',
    down: 'Later pages',
    frameAt: 'Click a frame to see its bytes',
  },
  memory: {
    title: 'Memory',
    subtitle: 'the bytes of one frame, as the CPU reads them; change any',
    frame: 'Frame',
    badFrame: (last: string) => `Not a frame: 0 to ${last}`,
    role: (role: string) => `holds: ${role}`,
    page: (page: number, linear: string) => `page ${page} of the domain, seen by the guest at ${linear}`,
    bytes: 'Bytes',
    byteAt: (address: string, value: string) => `byte at ${address}: ${value}`,
    edit: 'New value',
    set: 'Write',
    badByte: 'Write two hexadecimal digits',
    previous: 'Previous 256 bytes',
    next: 'Next 256 bytes',
    keys: 'Arrow keys move, hexadecimal digits write.',
    follow: 'Follow the walk',
    following: 'follows the walk',
    asEntry: (index: number, bytes: number) => `as an entry of a table: number ${index}, ${bytes} bytes`,
  },
  tlb: {
    title: 'The TLB',
    subtitle: 'translations that the CPU remembers, and believes even when the tables have changed',
    empty: 'Empty. Do an access above, and its translation appears here.',
    head: ['linear page', 'frame', 'rights', 'filled by', 'still true?', ''],
    invlpg: 'INVLPG',
    invlpgOf: (linear: string) => `INVLPG ${linear}: forget this page`,
    loadCr3: 'Load CR3',
    loadCr3Hint: 'Loads the value that it has: forgets all that is not global',
    fresh: 'agrees with memory',
    stale: 'stale',
    why: {
      'not-present': 'memory now says: not present',
      frame: 'memory now names another frame',
      'page-size': 'memory now has another page size',
      rights: 'memory now gives other rights',
      'accessed-cleared': 'A was cleared in memory',
      'dirty-cleared': 'D was cleared in memory',
    } as Readonly<Record<string, string>>,
    noInvlpg: (cpu: string) => `the ${cpu} has no INVLPG; load CR3`,
    large: (size: string) => `part of a ${size} page`,
  },
  history: {
    title: 'What was done',
    empty: 'Nothing yet.',
    line: ({ action, fault, hit, physical }: Outcome): string => {
      const hex = (value: number): string => formatAddress(value);
      switch (action.kind) {
        case 'access': {
          const what = `${accessName(action.access)} ${hex(action.linear)}`;
          if (fault !== undefined) return `${what} ✗ fault, error code ${fault.code}`;
          return `${what} → ${hex(physical ?? 0)}${hit ? ' (from the TLB)' : ''}`;
        }
        case 'word':
          return `memory ${hex(action.physical)} ← ${hex(action.value)}`;
        case 'byte':
          return `memory ${hex(action.physical)} ← ${formatAddress(action.value, 2)}`;
        case 'register':
          return `${action.name.toUpperCase()} ← ${hex(action.value)}`;
        case 'invlpg':
          return `INVLPG ${hex(action.linear)}`;
        case 'built':
          return `built up to request ${action.requests}`;
        case 'cpu':
          return `CPU: ${action.cpu}`;
      }
    },
  },
  files: {
    title: 'Files',
    subtitle: 'open a saved machine, keep a drawing; nothing leaves this computer',
    open: 'Open a file',
    drop: 'Drop an image saved by x86-paging build, or raw RAM, anywhere on this page.',
    dropNow: 'Drop the file to open it',
    raw: 'Raw RAM has no domain: set CR3 to the directory.',
    opened: (name: string, size: string) => `Opened ${name}: ${size} of memory.`,
    failed: (name: string, reason: string) => `${name} cannot be opened: ${reason}`,
    tooLarge: (size: string, limit: string) => `it has ${size}; the page takes up to ${limit}`,
    odd: (bytes: number) => `its ${bytes} bytes are not a multiple of 4096, so it is no raw RAM`,
    exportMap: 'Map as SVG',
    exportWalk: 'Walk as SVG',
    exportSpace: 'Address space as SVG',
    save: 'Save the machine',
    cr3: 'CR3 (physical address of the directory)',
    load: 'Load CR3',
  },
  lessons: {
    title: 'Lessons',
    choose: 'Choose a lesson',
    step: (step: number, of: number) => `Step ${step} of ${of}`,
    next: 'Next',
    finish: 'Finish',
    again: 'Start this lesson again',
    nextLesson: (title: string) => `Next lesson: ${title}`,
    close: 'Leave the lesson',
    hint: 'Give me a hint',
    where: 'Show me where',
    show: 'Lesson',
    todo: 'Your turn',
    met: 'Yes.',
    finished: 'Lesson done',
    all: 'All lessons are done. You know paging.',
    done: 'done',
    answer: 'Answer',
    check: 'Check',
    wrong: 'Not quite. Look again, or take the hint.',
  },
  requests: {
    position: (done: number, count: number) => `${done} of ${count} requests done`,
    none: 'Nothing yet: directory and tables are empty, and every address leads nowhere.',
    taken: 'pages taken for tables so far, from the last one down',
    page: (page: number) => `page ${page}`,
    restart: 'From the beginning',
    back: 'Back',
    forward: 'Next request',
    table: 'To the next table',
    readOnly: 'To the next read-only page',
    all: 'To the end',
    pin: () =>
      'Hold this page as a page directory, and check all that comes into it. Xen puts its own entries in.',
    pde: (value: string) => `A new table: put ${value} into the directory.`,
    pte: (value: string, page: number) => `Map page ${page}: put ${value} into its table.`,
    m2p: (_value: string, page: number) => `Note for the way back: this frame is page ${page} of the guest.`,
  },
  exercises: {
    title: 'Exercises',
    subtitle:
      'a sheet for a class: the same seed is the same sheet everywhere, a name makes another one of it',
    seed: 'Sheet number',
    student: 'For a student (name, may be empty)',
    exports: { sheet: 'Sheet as text', key: 'Key as text', gift: 'For Moodle (GIFT)' },
    print: { sheet: 'Print the sheet', key: 'Print the key' },
    answer: 'Your answer',
    right: 'right',
    showKey: 'Show the answer',
    hideKey: 'Hide the answer',
    open: 'Open in the emulator',
  },
  footer: {
    offline: 'This file is all there is: it loads nothing, sends nothing, and works from a disk.',
    source: 'The emulator inside is the x86-paging library, checked against Bochs and QEMU.',
  },
  lesson: LESSON_TEXT,
} as const;
