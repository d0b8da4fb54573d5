import type { Ram } from '../../src/memory/index.ts';
import { Mapper, type TableMode } from '../../src/tables/index.ts';

/** A mapper for tests that name addresses: its tables lie in frame 1, the root, and in 2, 3, … as they are needed. */
export function tablesAt(memory: Ram, mode: TableMode): Mapper {
  let frame = 0;
  return new Mapper(memory, { mode, allocateFrame: () => ++frame });
}
