/** A small kernel's address space in any paging mode, and the claims that describe it: all of them hold. */

import {
  anyOf,
  atMost,
  cacheType,
  closedTo,
  denies,
  executableOnly,
  global,
  grants,
  hidden,
  identity,
  type LayoutClaim,
  maps,
  noTables,
  not,
  noWritableAlias,
  only,
  pageSize,
  readOnly,
  unmapped,
  wxExclusive,
} from '../../src/claims/index.ts';
import type { Machine } from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ, USER_FETCH, USER_READ, USER_WRITE, WRITE } from '../../src/mmu/index.ts';
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

/** The machine of a kernel, as a file would hold it. */
export function machineOf({ memory, mapper }: SmallKernel): Machine {
  const { cpu, ...registers } = mapper.registers;
  return { memory, cpu, registers };
}

/** One of each claim; all hold of the small kernel. */
const ALL: LayoutClaim[] = [
  maps([TEXT, TEXT + 0x8000], TEXT_PHYSICAL, {
    writable: false,
    user: false,
    executable: true,
    global: true,
  }),
  maps([DATA, DATA + 0x8000], DATA_FRAMES, { writable: true, user: false }),
  maps([USER, USER + 0x2000], 0x30_0000, { writable: true, user: true }),
  unmapped([0, USER]),
  only([
    [USER, USER + 0x2000],
    [TEXT, DATA + 0x8000],
    [DEVICE, DEVICE + 0x1000],
    [TABLES, TABLES + 0x10_0000],
  ]),
  noTables([0x8000_0000, TEXT]),
  readOnly('tables'),
  noWritableAlias('tables'),
  hidden([0x300, 0x301], [0x8000_0000, 0x1_0000_0000]),
  closedTo('user', [TEXT, 0x1_0000_0000]),
  grants([DATA, DATA + 0x8000], [READ, WRITE]),
  denies([TEXT, TEXT + 0x8000], [WRITE, USER_READ, USER_FETCH]),
  global([TEXT, TEXT + 0x8000]),
  global([DATA, DATA + 0x8000], false),
  pageSize([TEXT, DATA], 0x1000),
  cacheType([DEVICE, DEVICE + 0x1000], 'UC'),
  cacheType([TEXT, DEVICE], 'WB'),
  atMost({ tables: 16 }),
  anyOf([
    unmapped([USER, USER + 0x2000]),
    closedTo('supervisor'),
    grants([USER, USER + 0x1000], [USER_WRITE]),
  ]),
  not(identity([TEXT, DATA])),
];
/** What holds only where entries have NX. */
const WITH_NX: LayoutClaim[] = [
  wxExclusive(),
  executableOnly([
    [TEXT, DATA],
    [TABLES, TABLES + 0x10_0000],
  ]),
];

/** Every claim that the small kernel of a mode keeps: one of each kind. */
export function allClaims(mode: TableMode): LayoutClaim[] {
  return mode === '32-bit' ? ALL : [...ALL, ...WITH_NX];
}
