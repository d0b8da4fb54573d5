/** Guests small enough to be written down in a test: a root table, one table, some pages. */

import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, type MmuOptions } from '../../src/mmu/index.ts';

/** Physical addresses of the tables. */
export const ROOT = 0x1000;
export const TABLE = 0x2000;
/** First linear address that the table maps; its page n begins at `BASE + n * 4096`. Bit 31 is set on purpose. */
export const BASE = 0xc000_0000;

export interface Guest {
  readonly memory: PhysicalMemory;
  readonly mmu: Mmu;
  /** Physical address of the root's entry for {@link BASE}. */
  readonly pdeAddress: number;
  /** Physical address of the table's entry for page n. */
  readonly pteAddress: (page: number) => number;
}

/** 32-bit paging: the directory's entry for {@link BASE}, and the entries of its table from page 0 on. */
export function guest32(pde: number, ptes: readonly number[], options: MmuOptions = {}): Guest {
  const memory = new PhysicalMemory(0x80_0000);
  const pdeAddress = ROOT + (BASE >>> 22) * 4;
  const pteAddress = (page: number) => TABLE + page * 4;
  memory.writeUint32(pdeAddress, pde);
  for (const [page, pte] of ptes.entries()) memory.writeUint32(pteAddress(page), pte);
  return { memory, mmu: new Mmu(memory, { cr3: ROOT, ...options }), pdeAddress, pteAddress };
}

/** PDPTEs, directory and table of a PAE guest. */
export const PDPTES = 0x1020;
export const DIRECTORY = 0x3000;

/** PAE paging: the same with entries of 64 bits, and PDPTEs at an address that is 32-byte aligned only. */
export function guestPae(pde: bigint, ptes: readonly bigint[], options: MmuOptions = {}): Guest {
  const memory = new PhysicalMemory(0x80_0000);
  const pteAddress = (page: number) => TABLE + page * 8;
  write64(memory, PDPTES + (BASE >>> 30) * 8, BigInt(DIRECTORY) | 1n);
  write64(memory, DIRECTORY, pde);
  for (const [page, pte] of ptes.entries()) write64(memory, pteAddress(page), pte);
  const mmu = new Mmu(memory, { cr3: PDPTES, cr4: 0x20, ...options });
  return { memory, mmu, pdeAddress: DIRECTORY, pteAddress };
}

export function write64(memory: PhysicalMemory, physical: number, value: bigint): void {
  memory.writeUint32(physical, Number(value & 0xffff_ffffn));
  memory.writeUint32(physical + 4, Number(value >> 32n));
}
