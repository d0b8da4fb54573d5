/**
 * A small higher-half kernel, loaded at 1 MiB and linked to run at 0xc010_0000: read-only text and constants, data, a
 * stack with nothing below it to run into, the screen, and the tables mapped into themselves at the top.
 */

import {
  atMost,
  cacheType,
  closedTo,
  global,
  type LayoutClaim,
  maps,
  only,
  readOnly,
  unmapped,
} from 'x86-paging/claims';
import { PhysicalMemory } from 'x86-paging/memory';
import { Mmu } from 'x86-paging/mmu';
import { Mapper } from 'x86-paging/tables';

const KERNEL = 0xc000_0000;
const TEXT = [KERNEL + 0x10_0000, KERNEL + 0x14_0000] as const;
const DATA = [KERNEL + 0x14_0000, KERNEL + 0x16_0000] as const;
const GUARD = [KERNEL + 0x16_0000, KERNEL + 0x16_1000] as const;
const STACK = [KERNEL + 0x16_1000, KERNEL + 0x16_3000] as const;
const SCREEN = [KERNEL + 0xb_8000, KERNEL + 0xc_0000] as const;
/** Where page table n is seen as page n: the last entry of the directory leads to the directory. */
const TABLES = [0xffc0_0000, 0x1_0000_0000] as const;

export function higherHalf(): { mmu: Mmu; claims: LayoutClaim[] } {
  const memory = new PhysicalMemory(16 * 2 ** 20);
  let free = 0x200;
  const mapper = new Mapper(memory, { mode: '32-bit', allocateFrame: () => free++ });
  const map = ([start, end]: readonly [number, number], options: object): void =>
    mapper.map(start, start - KERNEL, end - start, { global: true, ...options });
  map(TEXT, {});
  map(DATA, { writable: true });
  map(STACK, { writable: true });
  map(SCREEN, { writable: true, cacheType: 'UC' });
  memory.writeUint32(mapper.root + 4 * 1023, mapper.root | 0b11); // P, RW

  const [tableOfKernel] = mapper.tableFrames.slice(1);
  const claims = [
    maps(TEXT, 0x10_0000, { writable: false }),
    maps(DATA, 0x14_0000, { writable: true }),
    unmapped(GUARD),
    maps(STACK, 0x16_1000, { writable: true }),
    maps(SCREEN, 0xb_8000, { writable: true }),
    cacheType(SCREEN, 'UC'),
    cacheType([TEXT[0], STACK[1]], 'WB'),
    global([SCREEN[0], STACK[1]]),
    // In the window there are two tables: the kernel's, and the directory itself.
    maps([0xfff0_0000, 0xfff0_1000], tableOfKernel! * 4096, { writable: true }),
    maps([0xffff_f000, 0x1_0000_0000], mapper.root, { writable: true }),
    only([SCREEN, TEXT, DATA, STACK, [0xfff0_0000, 0xfff0_1000], [0xffff_f000, 0x1_0000_0000]]),
    readOnly('tables', { except: [TABLES] }),
    closedTo('user'),
    atMost({ tables: 2 }),
  ];
  return { mmu: new Mmu(memory, mapper.registers), claims };
}
