/** The machine, the flags of its entries, and its faults. */

export const MACHINE = {
  title: 'The machine',
  cpu: 'CPU',
  cpuYear: (name: string, year: number) => `${name} (${year})`,
  registers: 'Switches',
  switches: {
    wp: 'CR0.WP',
    pse: 'CR4.PSE',
    pge: 'CR4.PGE',
    nx: 'EFER.NXE',
    smep: 'CR4.SMEP',
    smap: 'CR4.SMAP',
  },
  hints: {
    wp: 'read-only binds the kernel too',
    pse: 'directory entries may map 4 MiB',
    pge: 'pages with G outlive a load of CR3',
    nx: 'bit 63 of an entry forbids code',
    smep: 'the kernel may not run code of user pages',
    smap: 'the kernel may not touch data of user pages',
  },
  limit: 'Segment limit',
  limitHint: '0xfc3f_ffff: what Xen gives ring 1 and 3, asked before paging',
  absent: (cpu: string) => `the ${cpu} has no such bit`,
  scenario: 'Another machine',
  setting: 'What runs',
  settings: {
    xen: 'a guest of Xen, 2004',
    plain: 'a kernel and a program',
    fork: 'the same after a fork',
  },
  size: 'Domain',
  profile: 'Layout',
  profiles: { 'xen-1.2': 'as the program built it', document: 'as the document drew it' },
  frames: 'Frames scattered by seed',
  format: 'Tables',
  formats: {
    '32-bit': '32-bit, two levels',
    PAE: 'PAE, three levels',
    '4-level': 'long mode, four levels',
    '5-level': 'long mode, five levels',
  },
  noPaging: 'no paging',
  build: 'Build it',
  built: 'A new machine. What was done before is gone.',
};

/** What each flag says when it is set and when it is clear. */
export const FLAGS: Readonly<Record<string, readonly [string, string]>> = {
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
};

export const FAULT = {
  names: { 12: '#SS, stack fault', 13: '#GP, general protection', 14: '#PF, page fault' } as Readonly<
    Record<number, string>
  >,
  code: 'error code',
  cr2: 'CR2',
  /** Bits of the error code from bit 0: name, meaning when set, meaning when clear. */
  bits: [
    ['P', 'all was present: a right was missing', 'something was not present'],
    ['W', 'a write', 'no write'],
    ['U', 'ring 3 did it', 'ring 0, 1 or 2 did it'],
    ['R', 'a reserved bit was set', 'no reserved bit was set'],
    ['I', 'a fetch of code', 'not known as a fetch of code'],
    ['K', 'a protection key forbade it', 'no protection key forbade it'],
  ] as readonly (readonly [string, string, string])[],
  /** Why, by the reason; `-user` where ring 3 has one of its own. */
  why: {
    'not-present': (entry: string) =>
      `${entry} is not present: its bit P is 0, so the address leads nowhere.`,
    'reserved-bit': (entry: string) => `${entry} has a bit set that this CPU reserves.`,
    'user-access-to-supervisor-page': (entry: string) =>
      `Ring 3 asked for a page of the supervisor: US is 0 in ${entry}.`,
    'write-to-read-only-page': (entry: string) =>
      `The page is read-only: RW is 0 in ${entry}, and CR0.WP binds the supervisor to it.`,
    'write-to-read-only-page-user': (entry: string) => `The page is read-only: RW is 0 in ${entry}.`,
    'fetch-from-no-execute-page': (entry: string) => `The page holds no code: NX is 1 in ${entry}.`,
    'supervisor-fetch-from-user-page': (entry: string) =>
      `SMEP: the supervisor may not run code of a user page, and US is 1 in ${entry}.`,
    'supervisor-access-to-user-page': (entry: string) =>
      `SMAP: the supervisor may not touch a user page, and US is 1 in ${entry}.`,
    'protection-key': (entry: string) => `The protection key in ${entry} forbids it.`,
    'not-canonical': () => 'The address is not canonical: its upper bits are not all alike.',
    'segment-limit': () => 'The address lies beyond the limit of the segment; paging is not asked.',
    'segment-type': () => 'The segment forbids this kind of access; paging is not asked.',
  } as Readonly<Record<string, (entry: string) => string>>,
};
