/** Small address spaces, one for each paging mode, with what other tools treat in ways of their own. */

import { lowHalf, PTE_RW, PTE_US } from '../../../src/arch/index.ts';
import type { Machine } from '../../../src/machine/index.ts';
import { PhysicalMemory } from '../../../src/memory/index.ts';
import { Mapper, type TableMode } from '../../../src/tables/index.ts';
import { explainWalk } from '../../../src/walk/index.ts';

/** Where the tables lie in RAM. */
export const TABLES = 0x10_0000;
/** Bytes from there on that hold all of them. */
export const TABLE_BYTES = 0x4_0000;
/** Where a ROM of 64 KiB runs, which is mapped one to one. */
const ROM = 0xf_0000;

/** The paging modes, each with the first address of its upper half; without halves, of the upper GiB. */
export const GUESTS: Readonly<Record<TableMode, { readonly upper: bigint }>> = {
  '32-bit': { upper: 0xc000_0000n },
  PAE: { upper: 0xc000_0000n },
  '4-level': { upper: 0xffff_8000_0000_0000n },
  '5-level': { upper: 0xff00_0000_0000_0000n },
};

/** An address space that a ROM runs in, of the same content each time. */
export function guestOf(mode: TableMode): Machine {
  const memory = new PhysicalMemory(64 * 2 ** 20);
  let next = TABLES / 4096;
  const mapper = new Mapper(memory, { mode, allocateFrame: () => next++ });
  const { upper } = GUESTS[mode];
  const hasNx = mode !== '32-bit';
  const large = mode === '32-bit' ? 0x40_0000 : 0x20_0000;
  mapper.map(ROM, ROM, 0x1_0000, { writable: true, accessed: true });

  // User pages that differ in all that an entry can say.
  mapper.map(0x40_0000, 0x20_0000, 0x3000, { user: true, writable: true });
  mapper.map(0x40_3000, 0x20_3000, 0x1000, { user: true, accessed: true });
  mapper.map(0x40_4000, 0x30_0000, 0x2000, { user: true, writable: true, dirty: true, accessed: true });
  for (let i = 0; i < 4; i++) mapper.map(0x40_8000 + i * 0x1000, 0x30_0000, 0x1000, { user: true });
  mapper.map(0x40_d000, 0x31_0000, 0x1000, { user: true, ...(hasNx && { executable: false }) });
  mapper.map(0x40_e000, 0x31_1000, 0x1000, { pwt: true, pcd: true, user: true });
  mapper.map(0x40_f000, 0x31_2000, 0x1000, { pat: true, user: true });
  // Pages of two sizes in a row.
  mapper.map(0x80_0000, 0x80_0000, 2 * large, { pageSize: large, writable: true });
  mapper.map(0x80_0000 + 2 * large, 0x80_0000 + 2 * large, 0x2000, { writable: true });

  // The upper part: its first page, large pages, and its last page.
  mapper.map(upper, 0, 0x1000, { writable: true, global: true });
  mapper.map(upper + 0x2000_0000n, 0x100_0000, large, {
    pageSize: large,
    pat: true,
    global: true,
  });
  mapper.map(mode === '32-bit' || mode === 'PAE' ? 0xffff_f000 : 0xffff_ffff_ffff_f000n, 0x20_0000, 0x1000, {
    writable: true,
  });
  if (mode === '4-level' || mode === '5-level') {
    // The last page of the lower half, so that a stretch goes on over the canonical hole.
    const half = mode === '4-level' ? 0x8000_0000_0000n : 0x100_0000_0000_0000n;
    mapper.map(half - 0x1000n, 0x20_1000, 0x1000, { writable: true });
  }
  const machine = { memory, cpu: mapper.cpu, registers: mapper.registers };

  // Rights that an upper level takes away.
  mapper.map(0x1000_0000, 0x20_0000, 0x2000, { user: true, writable: true });
  const above = explainWalk(machine, 0x1000_0000, 0).steps.at(-2)!;
  memory.storeWord(above.entryAddress, lowHalf(above.entry) & ~(PTE_RW | PTE_US));
  return machine;
}
