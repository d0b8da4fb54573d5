import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import {
  DIRECT_MAP_SLOTS,
  DIRECT_MAP_START,
  FIRST_FLAT_ENTRY,
  IDLE_DIRECTORY,
  M2P_READ_ONLY_ENTRY,
  SLOT_DIRECT_MAP,
  SLOT_IOREMAP,
  SLOT_LINEAR_TABLE,
  SLOT_M2P_READ_ONLY,
  SLOT_MAP_CACHE,
  SLOT_PER_DOMAIN,
  XEN_DESCRIPTORS,
  XEN_GDT,
  XEN_LARGE_FLAGS,
  XEN_TABLE_FLAGS,
} from './layout.ts';
import type { XenState } from './state.ts';

/**
 * Xen's own address space: the idle directory, whose slots 1008–1023 every domain's directory gets, and Xen's GDT.
 * Source: docs/xen-1.2.md §7 and §9.
 */
export function writeXensOwnTables(
  memory: PhysicalMemory,
  mapCacheFrame: number,
  ioremapFrame: number,
): void {
  memory.frame(IDLE_DIRECTORY / 4096).fill(0);
  memory.frame(mapCacheFrame).fill(0);
  memory.frame(ioremapFrame).fill(0);
  const slot = (index: number, entry: number): void => memory.storeWord(IDLE_DIRECTORY + 4 * index, entry);
  slot(SLOT_M2P_READ_ONLY, M2P_READ_ONLY_ENTRY);
  for (let i = 0; i < DIRECT_MAP_SLOTS; i++) slot(SLOT_DIRECT_MAP + i, i * 0x40_0000 + XEN_LARGE_FLAGS);
  slot(SLOT_LINEAR_TABLE, IDLE_DIRECTORY + XEN_TABLE_FLAGS);
  slot(SLOT_MAP_CACHE, mapCacheFrame * 4096 + XEN_TABLE_FLAGS);
  slot(SLOT_IOREMAP, ioremapFrame * 4096 + XEN_TABLE_FLAGS);
  for (const [i, [low, high]] of XEN_DESCRIPTORS.entries()) {
    memory.storeWord(XEN_GDT + 8 * (FIRST_FLAT_ENTRY + i), low);
    memory.storeWord(XEN_GDT + 8 * (FIRST_FLAT_ENTRY + i) + 4, high);
  }
}

/** Puts Xen into a directory: the idle directory's slots, but its own linear page table and its owner's table. */
export function installXenSlots(x: XenState, directory: number): void {
  const owner = x.frames.owner(directory);
  for (let slot = XEN_FIRST_SLOT; slot < 1024; slot++) {
    x.memory.storeWord(directory * 4096 + 4 * slot, xenSlotEntry(x.memory, directory, slot, owner));
  }
}

/** What Xen puts into one of its slots of a directory, as int32. @param owner - The directory's owner word. */
export function xenSlotEntry(memory: PhysicalMemory, directory: number, slot: number, owner: number): number {
  if (slot === SLOT_LINEAR_TABLE) return (directory * 4096 + XEN_TABLE_FLAGS) | 0;
  if (slot === SLOT_PER_DOMAIN) return perDomainTable(owner) | XEN_TABLE_FLAGS;
  return memory.loadWord(IDLE_DIRECTORY + 4 * slot);
}

/** How an owner word names a domain: the linear address of its per-domain table, as an int32. */
export function domainPointer(perDomainFrame: number): number {
  return (DIRECT_MAP_START + perDomainFrame * 4096) | 0;
}

/**
 * Machine address of the per-domain table that an owner word leads to. Of a frame without owner, which only domain
 * 0 can make a directory, the original would follow a null pointer; here it is frame 0.
 */
function perDomainTable(pointer: number): number {
  return pointer >>> 0 >= DIRECT_MAP_START ? (pointer - DIRECT_MAP_START) | 0 : 0;
}
