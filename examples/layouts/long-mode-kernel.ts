/**
 * A 64-bit kernel with a direct map: all of RAM at 0xffff_8880_0000_0000 by pages of 2 MiB, to be written but not to be
 * run, text read-only there too; the kernel in the last 2 GiB; and stacks with guard pages below and above each.
 */

import {
  closedTo,
  executableOnly,
  type LayoutClaim,
  maps,
  noWritableAlias,
  only,
  pageSize,
  readOnly,
  unmapped,
  wxExclusive,
} from 'x86-paging/claims';
import { PhysicalMemory } from 'x86-paging/memory';
import { Mmu } from 'x86-paging/mmu';
import { Mapper } from 'x86-paging/tables';

const RAM_BYTES = 32 * 2 ** 20;
const TEXT_AT = 0x20_0000;
const DATA_AT = 0x40_0000;
const STACKS_AT = 0x60_0000;

type Range = readonly [bigint, bigint];
const range = (start: bigint, bytes: number): Range => [start, start + BigInt(bytes)];
const DIRECT = range(0xffff_8880_0000_0000n, RAM_BYTES);
const TEXT = range(0xffff_ffff_8000_0000n, 0x10_0000);
const DATA = range(0xffff_ffff_8020_0000n, 0x8_0000);
const STACK_BYTES = 0x4000;
/** Each has a page before it and one behind it that is not mapped. */
const STACKS = [0, 1, 2].map((i) =>
  range(0xffff_c900_0000_1000n + BigInt(i * (STACK_BYTES + 0x1000)), STACK_BYTES),
);
const GUARDS = [...STACKS.map(([start]) => range(start - 0x1000n, 0x1000)), range(STACKS[2]![1], 0x1000)];
const PROGRAM = range(0x40_0000n, 0x2000);

export function longModeKernel(): { mmu: Mmu; claims: LayoutClaim[] } {
  const memory = new PhysicalMemory(RAM_BYTES);
  let free = 0x800;
  const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: () => free++ });
  const data = { writable: true, executable: false };
  mapper.map(DIRECT[0], 0, RAM_BYTES, { pageSize: 0x20_0000, ...data });
  mapper.protect(DIRECT[0] + BigInt(TEXT_AT), 0x10_0000, { writable: false });
  mapper.map(TEXT[0], TEXT_AT, 0x10_0000);
  mapper.map(DATA[0], DATA_AT, 0x8_0000, data);
  for (const [i, stack] of STACKS.entries())
    mapper.map(stack[0], STACKS_AT + i * STACK_BYTES, STACK_BYTES, data);
  mapper.map(PROGRAM[0], 0x70_0000, 0x2000, { user: true });

  const textFrames = Array.from({ length: 0x100 }, (_, i) => TEXT_AT / 4096 + i);
  const behindText = [DIRECT[0] + 0x30_0000n, DIRECT[1]] as const;
  const claims = [
    maps(TEXT, TEXT_AT, { writable: false, user: false, executable: true }),
    maps(DATA, DATA_AT, { writable: true, user: false, executable: false }),
    ...STACKS.map((stack, i) =>
      maps(stack, STACKS_AT + i * STACK_BYTES, { writable: true, executable: false }),
    ),
    ...GUARDS.map((guard) => unmapped(guard)),
    maps(range(DIRECT[0], TEXT_AT), 0, { writable: true, executable: false }),
    maps(range(DIRECT[0] + BigInt(TEXT_AT), 0x10_0000), TEXT_AT, { writable: false, executable: false }),
    maps(behindText, 0x30_0000, { writable: true, executable: false }),
    pageSize([DIRECT[0] + 0x40_0000n, DIRECT[1]], 0x20_0000),
    maps(PROGRAM, 0x70_0000, { writable: false, user: true, executable: true }),
    only([PROGRAM, DIRECT, ...STACKS, TEXT, DATA]),
    closedTo('user', [0xffff_8000_0000_0000n, 0x1_0000_0000_0000_0000n]),
    wxExclusive(),
    executableOnly([PROGRAM, TEXT]),
    noWritableAlias(textFrames),
    readOnly('tables', { except: [DIRECT] }),
  ];
  return { mmu: new Mmu(memory, mapper.registers), claims };
}
