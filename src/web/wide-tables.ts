/** Page tables of PAE and long mode that map a domain exactly as its own 32-bit tables do. */

import { PTE_RW } from '../arch/index.ts';
import type { Domain } from '../builder/index.ts';
import type { FrameAllocator, Memory } from '../memory/index.ts';
import { Mapper, type TableMode } from '../tables/index.ts';

/** Writes the tables to free frames. The domain's own stay where they are, as ordinary memory. */
export function writeWideTables(
  memory: Memory,
  domain: Domain,
  allocator: FrameAllocator,
  mode: TableMode,
): Mapper {
  const mapper = new Mapper(memory, { mode, allocateFrame: () => allocator.allocate(1)[0]! });
  const { loadAddress, pageCount, pageTables } = domain;
  const entryOf = (page: number): number => {
    const linear = loadAddress + page * 4096;
    const table = pageTables[(linear >>> 22) - (loadAddress >>> 22)]!;
    return memory.readUint32(table * 4096 + ((linear >>> 12) & 1023) * 4);
  };
  for (let page = 0; page < pageCount; page++) {
    const entry = entryOf(page);
    mapper.map(loadAddress + page * 4096, (entry & ~0xfff) >>> 0, 4096, {
      writable: (entry & PTE_RW) !== 0,
      accessed: true,
    });
  }
  return mapper;
}
