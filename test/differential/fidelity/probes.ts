/**
 * Small cases, one for each thing that emulators do differently, run by the ROM of the differential: fixed, so that a
 * cell of docs/fidelity.md can name the one that it stands on.
 */

import { DATA, ROOTS, TABLES } from '../layout.ts';
import type { Case, Operation } from '../stream.ts';

export interface Probe {
  readonly name: string;
  /** What is asked, in a few words. */
  readonly asks: string;
  readonly operations: readonly Operation[];
  /** An emulator that gets it wrong may lose the ROM, so it gets a boot of its own. */
  readonly alone?: boolean;
}

/** 32-bit paging: directory, table, two adjacent data pages at two adjacent linear pages. */
const [DIRECTORY, PDPT] = [ROOTS[0]!, ROOTS[1]!];
const [TABLE, PAE_DIRECTORY] = [TABLES[0]!, TABLES[1]!];
const [FIRST, SECOND, OTHER] = [DATA[0]!, DATA[1]!, DATA[2]!];
const LINEAR = 0xc001_0000;
const PDE = DIRECTORY + (LINEAR >>> 22) * 4;
const PTE = TABLE + ((LINEAR >>> 12) & 0x3ff) * 4;
/** The same in PAE paging; large pages of both sizes reach the data by the low bits of this address. */
const PAE_PDPTE = PDPT + 3 * 8;
const PAE_PDE = PAE_DIRECTORY + ((LINEAR >>> 21) & 0x1ff) * 8;
const PAE_PTE = TABLE + ((LINEAR >>> 12) & 0x1ff) * 8;
const LARGE_LINEAR = 0xc000_0000 + (FIRST & 0x3f_ffff);
const LARGE_BASE = FIRST - (FIRST & 0x3f_ffff);
const LARGE_LINEAR_PAE = 0xc000_0000 + (FIRST & 0x1f_ffff);
const LARGE_BASE_PAE = FIRST - (FIRST & 0x1f_ffff);
const OFFSET = 0x40;

const PSE = 0x10;
const PAE = 0x20;
const PGE = 0x80;
const WP = 0x8001_0011;
const NO_WP = 0x8000_0011;

const poke = (physical: number, value: number): Operation => ({
  op: 'poke',
  physical,
  value: BigInt(value),
  bytes: 4,
});
const poke64 = (physical: number, value: bigint): Operation => ({ op: 'poke', physical, value, bytes: 8 });
const set = (register: 'cr0' | 'cr3' | 'cr4', value: number): Operation => ({
  op: 'set',
  register,
  value: BigInt(value),
});
const access = (instruction: 'read' | 'write' | 'add', cpl: 0 | 3, linear: number): Operation => ({
  op: 'access',
  instruction,
  bytes: 4,
  cpl,
  ac: false,
  linear: BigInt(linear),
  value: 0x1234_5678n,
});
const invlpg = (linear: number): Operation => ({ op: 'invlpg', linear: BigInt(linear) });
const check: Operation = { op: 'check' };

/** Paging on, in 32-bit mode, with these entries. */
function enter32(entries: readonly Operation[], cr4 = 0, cr0 = WP, cr3 = DIRECTORY): Operation[] {
  return [...entries, set('cr4', cr4), set('cr3', cr3), set('cr0', cr0)];
}

function small(pte: number, second = SECOND | 0x07, pde = TABLE | 0x07): Operation[] {
  return [poke(PDE, pde), poke(PTE, pte), poke(PTE + 4, second)];
}

function enterPae(entries: readonly Operation[], cr4 = PAE | PSE): Operation[] {
  const path = [poke64(PAE_PDPTE, BigInt(PAE_DIRECTORY) | 1n), ...entries];
  return [...path, set('cr4', cr4), set('cr3', PDPT), set('cr0', WP)];
}

const smallPae: readonly Operation[] = [
  poke64(PAE_PDE, BigInt(TABLE) | 7n),
  poke64(PAE_PTE, BigInt(FIRST) | 7n),
];
const largePae = (extra = 0n): Operation[] => [poke64(PAE_DIRECTORY, BigInt(LARGE_BASE_PAE) | 0x87n | extra)];

export const PROBES: readonly Probe[] = [
  {
    name: 'pages-4k',
    asks: 'a read and a write by the user through directory and table',
    operations: [
      ...enter32(small(FIRST | 0x07)),
      access('read', 3, LINEAR + OFFSET),
      access('write', 3, LINEAR + OFFSET),
      check,
    ],
  },
  {
    name: 'pages-4m',
    asks: 'a page of 4 MiB',
    operations: [
      ...enter32([poke(DIRECTORY + 0xc00, LARGE_BASE | 0x87)], PSE),
      access('write', 3, LARGE_LINEAR + OFFSET),
      check,
    ],
  },
  {
    name: 'ps-without-pse',
    asks: 'PDE.PS while CR4.PSE is clear points to a table',
    operations: [...enter32(small(FIRST | 0x07, 0, TABLE | 0x87)), access('read', 3, LINEAR + OFFSET), check],
  },
  {
    name: 'pse36-reserved',
    asks: 'bit 21 of the PDE of a 4 MiB page is reserved',
    operations: [
      ...enter32([poke(DIRECTORY + 0xc00, LARGE_BASE | 0x20_0087)], PSE),
      access('read', 0, LARGE_LINEAR + OFFSET),
      check,
    ],
  },
  {
    name: 'pat-bits',
    asks: 'bit 12 of a 4 MiB page and bit 7 of a 4 KiB page are PAT, not reserved',
    operations: [
      ...enter32([poke(DIRECTORY + 0xc00, LARGE_BASE | 0x1087), ...small(FIRST | 0x87).slice(1)], PSE),
      access('read', 0, LARGE_LINEAR + OFFSET),
      poke(DIRECTORY + 0xc00, TABLE | 0x07),
      invlpg(LARGE_LINEAR),
      access('read', 0, LINEAR + OFFSET),
      check,
    ],
  },
  {
    name: 'cr3-low-bits',
    alone: true,
    asks: 'PWT and PCD in CR3 are no address',
    operations: [
      ...enter32(small(FIRST | 0x07), 0, WP, DIRECTORY | 0x18),
      access('read', 3, LINEAR + OFFSET),
      check,
    ],
  },
  {
    name: 'wp-set',
    asks: 'with CR0.WP a ring-0 write to a read-only page faults, and changes nothing',
    operations: [...enter32(small(FIRST | 0x05)), access('write', 0, LINEAR + OFFSET), check],
  },
  {
    name: 'wp-clear',
    asks: 'without it the write succeeds and sets D',
    operations: [...enter32(small(FIRST | 0x05), 0, NO_WP), access('write', 0, LINEAR + OFFSET), check],
  },
  {
    name: 'wp-clear-then-user',
    asks: 'after such a write, one by the user still faults',
    operations: [
      ...enter32(small(FIRST | 0x05), 0, NO_WP),
      access('write', 0, LINEAR + OFFSET),
      access('write', 3, LINEAR + OFFSET),
    ],
  },
  {
    name: 'error-codes',
    asks: 'absent page, supervisor page, read-only page',
    operations: [
      ...enter32(small(FIRST | 0x03, SECOND | 0x05)),
      access('read', 3, LINEAR + OFFSET),
      access('write', 3, LINEAR + 0x1000 + OFFSET),
      access('write', 3, LINEAR + 0x2000 + OFFSET),
      access('read', 0, LINEAR + 0x2000 + OFFSET),
    ],
  },
  {
    name: 'dirty-on-hit',
    asks: 'a write that hits what a read has cached sets D',
    operations: [
      ...enter32(small(FIRST | 0x07)),
      access('read', 0, LINEAR + OFFSET),
      check,
      access('write', 0, LINEAR + OFFSET),
      check,
    ],
  },
  {
    name: 'crossing',
    asks: 'a write into a second page that refuses it stores nothing; CR2 names the second page',
    operations: [...enter32(small(FIRST | 0x07, SECOND | 0x05)), access('write', 0, LINEAR + 0xffe), check],
  },
  {
    name: 'stale',
    asks: 'an edited entry counts only after INVLPG',
    operations: [
      ...enter32(small(FIRST | 0x07)),
      access('read', 0, LINEAR + OFFSET),
      poke(PTE, SECOND | 0x07),
      access('read', 0, LINEAR + OFFSET),
      invlpg(LINEAR),
      access('read', 0, LINEAR + OFFSET),
    ],
  },
  {
    name: 'global',
    asks: 'a global page survives MOV CR3, and no change of CR4.PGE',
    operations: [
      ...enter32(small(FIRST | 0x107), PGE),
      access('read', 0, LINEAR + OFFSET),
      poke(PTE, SECOND | 0x107),
      set('cr3', DIRECTORY),
      access('read', 0, LINEAR + OFFSET),
      set('cr4', 0),
      set('cr4', PGE),
      access('read', 0, LINEAR + OFFSET),
    ],
  },
  {
    name: 'invlpg-4m',
    asks: 'INVLPG anywhere in a 4 MiB page drops all of it',
    operations: [
      ...enter32([poke(DIRECTORY + 0xc00, LARGE_BASE | 0x87)], PSE),
      access('read', 0, LARGE_LINEAR + OFFSET),
      access('read', 0, LARGE_LINEAR + 0x1000 + OFFSET),
      poke(DIRECTORY + 0xc00, TABLE | 0x07),
      poke(TABLE + ((LARGE_LINEAR >>> 12) & 0x3ff) * 4, OTHER | 0x07),
      invlpg(LARGE_LINEAR + 0x1000),
      access('read', 0, LARGE_LINEAR + OFFSET),
    ],
  },
  {
    name: 'flush-cr3',
    asks: 'MOV CR3 drops what is not global',
    operations: [
      ...enter32(small(FIRST | 0x07)),
      access('read', 0, LINEAR + OFFSET),
      poke(PTE, SECOND | 0x07),
      set('cr3', DIRECTORY),
      access('read', 0, LINEAR + OFFSET),
    ],
  },
  {
    name: 'flush-pg',
    asks: 'CR0.PG off and on drops everything, global pages too',
    operations: [
      ...enter32(small(FIRST | 0x107), PGE),
      access('read', 0, LINEAR + OFFSET),
      poke(PTE, SECOND | 0x107),
      set('cr0', 0x0001_0011),
      set('cr0', WP),
      access('read', 0, LINEAR + OFFSET),
    ],
  },
  {
    name: 'read-modify-write',
    asks: 'ADD to an absent page faults as a write',
    operations: [...enter32(small(0)), access('add', 3, LINEAR + OFFSET)],
  },
  {
    name: 'pg-without-pe',
    alone: true,
    asks: 'CR0.PG without CR0.PE raises #GP',
    operations: [...enter32(small(FIRST | 0x07)), set('cr0', 0x8001_0010)],
  },
  {
    name: 'pae-4k',
    asks: 'PAE with 4 KiB pages',
    operations: [...enterPae(smallPae), access('write', 3, LINEAR + OFFSET), check],
  },
  {
    name: 'pae-2m',
    asks: 'a page of 2 MiB, with CR4.PSE',
    operations: [...enterPae(largePae()), access('write', 3, LARGE_LINEAR_PAE + OFFSET), check],
  },
  {
    name: 'pae-2m-without-pse',
    alone: true,
    asks: 'a page of 2 MiB, without CR4.PSE, which PAE ignores',
    operations: [...enterPae(largePae(), PAE), access('write', 3, LARGE_LINEAR_PAE + OFFSET), check],
  },
  {
    name: 'pae-reserved',
    asks: 'bit 62 of a PAE entry, and bit 13 of a 2 MiB page, are reserved',
    operations: [
      ...enterPae([...smallPae.slice(0, 1), poke64(PAE_PTE, BigInt(FIRST) | 7n | (1n << 62n))]),
      access('read', 0, LINEAR + OFFSET),
      poke64(PAE_DIRECTORY, BigInt(LARGE_BASE_PAE) | 0x2087n),
      invlpg(LARGE_LINEAR_PAE),
      access('read', 0, LARGE_LINEAR_PAE + OFFSET),
    ],
  },
  {
    name: 'pdpte-cached',
    asks: 'a PDPTE edited in RAM counts only after MOV CR3, not after INVLPG',
    operations: [
      ...enterPae(smallPae),
      poke64(PAE_PDPTE, 0n),
      invlpg(LINEAR),
      access('read', 0, LINEAR + OFFSET),
      set('cr3', PDPT),
      access('read', 0, LINEAR + OFFSET),
    ],
  },
  {
    name: 'pdpte-reserved',
    asks: 'a reserved bit in a PDPTE raises #GP at MOV CR3',
    operations: [...enterPae(smallPae), poke64(PAE_PDPTE, BigInt(PAE_DIRECTORY) | 3n), set('cr3', PDPT)],
  },
];

/** The probes as cases of a boot. Each ends with a check, by which the ROM learns what the next one has to undo. */
export function probeCases(): (Case & { readonly group: '32-bit' | 'PAE' })[] {
  return PROBES.map(({ name, operations }, index) => ({
    index,
    group: name.startsWith('pae') || name.startsWith('pdpte') ? 'PAE' : '32-bit',
    operations: operations.at(-1) === check ? operations : [...operations, check],
  }));
}
