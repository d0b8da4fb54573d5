import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { DevMem } from '../memory/dev-mem.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Domain, XenPlacement } from './domain.ts';

/** A directory entry for one of Xen's own tables: P RW A D, closed to user mode. */
const XEN_TABLE_FLAGS = 0x63;
/** A page of Xen's image: P RW A D G. */
const XEN_PAGE_FLAGS = 0x163;
/** A 4 MiB page of Xen: P RW A D PS G. */
const XEN_LARGE_FLAGS = 0x1e3;
/** The machine-to-physical table lies at machine 16 MiB; the guest sees it at slot 1008 without R/W. */
const M2P_READ_ONLY = 0x0100_01e1;
/** Slots 1009–1019 map machine memory from 0 on. */
const DIRECT_MAP_SLOTS = 11;

/** Puts Xen into directory slots 1008–1023, as asked for (docs/xen-1.2.md §7). */
export function placeXen(memory: PhysicalMemory, domain: Domain, xen: XenPlacement | undefined): void {
  const slot = (index: number, entry: number): void =>
    memory.writeUint32(domain.pageDirectory + (XEN_FIRST_SLOT + index) * 4, entry);
  if (domain.xen.kind === 'slots') {
    slot(0, M2P_READ_ONLY);
    for (let i = 0; i < DIRECT_MAP_SLOTS; i++) slot(1 + i, i * 0x40_0000 + XEN_LARGE_FLAGS);
    slot(12, domain.pageDirectory + XEN_TABLE_FLAGS);
    for (const [i, frame] of domain.xen.tables.entries()) slot(13 + i, frame * PAGE_SIZE + XEN_TABLE_FLAGS);
    return;
  }
  if (domain.xen.kind !== 'image' || xen?.kind !== 'image') return;
  const { frames, tables } = domain.xen;
  const devMem = new DevMem(memory);
  for (const [i, tableFrame] of tables.entries()) {
    memory.frame(tableFrame).fill(0);
    slot(i, tableFrame * PAGE_SIZE + XEN_TABLE_FLAGS);
  }
  for (const [i, frame] of frames.entries()) {
    const page = devMem.map(frame);
    page.fill(0);
    page.set(xen.image.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE));
    devMem.unmap(page);
    memory.writeUint32(tables[i >>> 10]! * PAGE_SIZE + (i & 1023) * 4, frame * PAGE_SIZE + XEN_PAGE_FLAGS);
  }
}
