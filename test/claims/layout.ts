/** A small kernel's address space in any paging mode, and the claims that describe it: all of them hold. */

import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu } from '../../src/mmu/index.ts';
import { Mapper, type TableMode } from '../../src/tables/index.ts';

export const MODES: readonly TableMode[] = ['32-bit', 'PAE', '4-level', '5-level'];

export const TEXT = 0xc000_0000;
export const DATA = 0xc000_8000;
export const USER = 0x40_0000;
export const DEVICE = 0xd000_0000;
export const TABLES = 0xe000_0000;
export const TEXT_PHYSICAL = 0x10_0000;
/** In the order of its eight pages. */
export const DATA_FRAMES: readonly number[] = [0x208, 0x203, 0x201, 0x20f, 0x204, 0x20a, 0x202, 0x20b];

export interface SmallKernel {
  readonly memory: PhysicalMemory;
  readonly mapper: Mapper;
  readonly mmu: Mmu;
}

/** Text read-only, data without NX where there is none, two user pages, a device, and the tables read-only. */
export function smallKernel(mode: TableMode): SmallKernel {
  const memory = new PhysicalMemory(16 * 2 ** 20);
  let next = 1;
  const mapper = new Mapper(memory, { mode, allocateFrame: () => next++ });
  const data = mode === '32-bit' ? { writable: true } : { writable: true, executable: false };
  mapper.map(TEXT, TEXT_PHYSICAL, 0x8000, { global: true });
  for (const [i, frame] of DATA_FRAMES.entries()) mapper.map(DATA + i * 4096, frame * 4096, 4096, data);
  mapper.map(USER, 0x30_0000, 0x2000, { user: true, ...data });
  mapper.map(DEVICE, 0xb_8000, 0x1000, { cacheType: 'UC', ...data });
  // To map a table may make another.
  for (let i = 0; i < mapper.tableFrames.length; i++) {
    mapper.map(TABLES + i * 4096, mapper.tableFrames[i]! * 4096, 4096);
  }
  return { memory, mapper, mmu: new Mmu(memory, mapper.registers) };
}
