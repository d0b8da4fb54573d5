import { formatBytes } from '../../../render/index.ts';

/** The drawing: what its parts are called and what is said of them. */
export const DRAWING = {
  title: 'The walk',
  describe: (all: string) => `The walk as a drawing. ${all}`,
  address: 'Bits of the address',
  addressBit: (bit: number, value: number) => `address bit ${bit}: ${value}`,
  fields: {
    PML5E: 'PML5',
    PML4E: 'PML4',
    PDPTE: 'PDPT',
    PDE: 'directory',
    PTE: 'table',
    offset: 'offset',
  },
  tables: {
    PML5E: 'PML5 table',
    PML4E: 'PML4 table',
    PDPTE: 'PDPT',
    PDE: 'page directory',
    PTE: 'page table',
  },
  registers: 'PDPTE registers',
  inCpu: 'inside the CPU',
  readAt: (sum: string) => `read at ${sum}`,
  goToEntry: (kind: string, index: number) => `Go to ${kind}[${index}]`,
  bitsOf: (_kind: string, name: string) => `Bits of ${name}`,
  entryBit: (bit: number, label: string, value: number, meaning: string | undefined) => {
    const name = label === '' || label === '–' ? `bit ${bit}` : `${label}, bit ${bit}`;
    return meaning === undefined ? `${name}: ${value}` : `${name}: ${value}, ${meaning}`;
  },
  showBits: (name: string, value: string) => `${name}, ${value}: show its bits`,
  rights: { writable: 'writable', user: 'ring 3 too', executable: 'executable' },
  absent: 'P = 0: nothing is here',
  reserved: (bits: readonly number[]) => `reserved bit ${bits.join(', ')} is 1`,
  registerNote:
    'PAE keeps these four entries inside the CPU: a change in memory counts only once CR3 is loaded again.',
  openBus: 'There is no RAM at this address: all bits read as 1.',
  pageOf: (size: number) => `page of ${formatBytes(size)}`,
  physical: 'physical address',
  byte: (value: string) => `byte ${value}`,
  noRam: 'no RAM here: reads as 0xff',
  global: 'Global: it outlives a load of CR3.',
  willSet: (bits: string, entry: string) => `The access will set ${bits} in ${entry}.`,
  tlbHit: 'The TLB holds it: no walk is needed.',
  tlbStale: 'The TLB holds an older translation, and the CPU will use that one.',
  veiled: 'What happens? Decide first.',
  veiledWhy: 'Decide first what will happen; then it is shown.',
};
