/** Page tables of PAE and long mode that map a domain exactly as its own 32-bit tables do. */

import type { Domain } from '../builder/index.ts';
import type { FrameAllocator, PhysicalMemory } from '../index.ts';

/** Where such tables lie: numbers of frames. */
export interface WideTables {
  /** The topmost table: what CR3 points to. */
  readonly root: number;
  /** Every table by frame, with its name, from the root down. */
  readonly tables: readonly { readonly frame: number; readonly name: string; readonly firstLinear: number }[];
}

const TABLE_FLAGS = 0x67;
/** A PDPTE of PAE has no rights of its own; their bits are reserved. */
const PDPTE_FLAGS = 0x01;

/** Writes the tables to free frames. The domain's own stay where they are, as ordinary memory. */
export function writeWideTables(
  memory: PhysicalMemory,
  domain: Domain,
  allocator: FrameAllocator,
  format: 'PAE' | '4-level',
): WideTables {
  const tables: { frame: number; name: string; firstLinear: number }[] = [];
  const table = (name: string, firstLinear: number): number => {
    const frame = allocator.allocate(1)[0]!;
    tables.push({ frame, name, firstLinear });
    return frame;
  };
  const link = (from: number, index: number, to: number, flags: number): void => {
    memory.writeUint32(from * 4096 + index * 8, ((to * 4096) | flags) >>> 0);
  };

  let root: number;
  let pdpt: number;
  if (format === '4-level') {
    root = table('PML4', 0);
    pdpt = table('PDPT', 0);
    link(root, 0, pdpt, TABLE_FLAGS);
  } else {
    root = table('PDPT', 0);
    pdpt = root;
  }
  const directories = new Map<number, number>();
  const leaves = new Map<number, number>();
  for (let page = 0; page < domain.pageCount; page++) {
    const linear = domain.loadAddress + page * 4096;
    const gigabyte = Math.floor(linear / 2 ** 30);
    let directory = directories.get(gigabyte);
    if (directory === undefined) {
      directory = table('directory', gigabyte * 2 ** 30);
      directories.set(gigabyte, directory);
      link(pdpt, gigabyte, directory, format === 'PAE' ? PDPTE_FLAGS : TABLE_FLAGS);
    }
    const slot = Math.floor(linear / 2 ** 21);
    let leaf = leaves.get(slot);
    if (leaf === undefined) {
      leaf = table('table', slot * 2 ** 21);
      leaves.set(slot, leaf);
      link(directory, slot & 511, leaf, TABLE_FLAGS);
    }
    const own = memory.readUint32(
      domain.pageTables[(linear >>> 22) - (domain.loadAddress >>> 22)]! * 4096 + ((linear >>> 12) & 1023) * 4,
    );
    memory.writeUint32(leaf * 4096 + ((linear >>> 12) & 511) * 8, own);
  }
  return { root, tables };
}
