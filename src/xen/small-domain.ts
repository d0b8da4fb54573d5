import type { Xen } from './hypervisor.ts';

/**
 * A domain small enough to be drawn: its first frame is its directory, the second its page table at slot 768, frames 2
 * to 5 are mapped nowhere, and the rest is writable data. Frame `i` is page `i` from 0xc000_0000; the two tables are
 * mapped read-only.
 */
export interface SmallDomain {
  /** Its number. */
  readonly id: number;
  /** The first of its frames, which follow one another. */
  readonly first: number;
  /** How many: at least 7, at most 1024. */
  readonly count: number;
  /** The frame of its per-domain table. */
  readonly perDomainFrame: number;
  /** The frame of its shared_info. */
  readonly sharedInfoFrame: number;
}

/** Directory slot of the page table. */
export const SMALL_DOMAIN_SLOT = 768;
/** Linear address of the first frame. */
export const SMALL_DOMAIN_BASE = 0xc000_0000;
/** The first data frame. */
export const SMALL_DOMAIN_DATA = 6;

/**
 * Makes the domain and starts it, in domain 0's name; domain 0 must be the first.
 * @throws RangeError if the frames are not free.
 */
export function makeSmallDomain(xen: Xen, domain: SmallDomain): void {
  const { id, first, count, perDomainFrame, sharedInfoFrame } = domain;
  const frames = Array.from({ length: count }, (_, i) => first + i);
  xen.createDomain({ id, frames, perDomainFrame, sharedInfoFrame });
  const [directory, table] = [first * 4096, (first + 1) * 4096];
  xen.memory.writeUint32(directory + 4 * SMALL_DOMAIN_SLOT, table | 0x67);
  xen.memory.writeUint32(table, directory | 0x61);
  xen.memory.writeUint32(table + 4, table | 0x61);
  for (let i = SMALL_DOMAIN_DATA; i < count; i++) {
    xen.memory.writeUint32(table + 4 * i, (first + i) * 4096 + 0x63);
  }
  xen.mmuUpdate(0, Uint32Array.of(directory | 3, 1));
  xen.setBase(0, id, directory);
}
