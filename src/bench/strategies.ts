import { L1_FLAGS, L1_TABLE_FLAGS, L2_FLAGS } from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { LARGE_PAGE_FLAGS } from '../builder/directory.ts';
import { type TablePlan, writePageTables } from '../builder/table-writer.ts';
import { DevMem } from '../memory/dev-mem.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';

/** A way to build page tables. */
export interface ConstructionStrategy {
  /** What it is called in tables. */
  readonly name: string;
  /**
   * Writes directory and tables into memory, so that every page of the plan is mapped in order and nothing else.
   * Frames of the plan that are tables may hold anything before.
   */
  build(memory: PhysicalMemory, plan: TablePlan): void;
}

const ENTRIES = 1024;

/** Flags of the entry for a page: page tables are mapped read-only. */
function flagsOf(page: number, { lowestTablePage }: TablePlan): number {
  return page < lowestTablePage ? L1_FLAGS : L1_TABLE_FLAGS;
}

/** Physical address of the entry for a page. */
function entryAddress(page: number, { loadAddress, tableFrames }: TablePlan): number {
  const entry = (loadAddress >>> 12) + page;
  const table = (entry >>> 10) - (loadAddress >>> 22);
  return tableFrames[table]! * PAGE_SIZE + (entry % ENTRIES) * 4;
}

/** Clears all tables and points the directory to them. */
function prepare(memory: PhysicalMemory, { tableFrames, directoryFrame, loadAddress }: TablePlan): void {
  memory.frame(directoryFrame).fill(0);
  for (const [table, frame] of tableFrames.entries()) {
    memory.frame(frame).fill(0);
    const slot = (loadAddress >>> 22) + table;
    memory.writeUint32(directoryFrame * PAGE_SIZE + slot * 4, frame * PAGE_SIZE + L2_FLAGS);
  }
}

/** The library's own: whole tables made in scratch memory by vectors, then copied. What others are compared with. */
export const BULK_FILL: ConstructionStrategy = {
  name: 'bulk fill (ours)',
  build: (memory, plan) => writePageTables(memory, plan),
};

/** From the first page to the last, in a view of each table. */
export const FORWARD: ConstructionStrategy = {
  name: 'forward, a view of each table',
  build(memory, plan) {
    const { frames, loadAddress, tableFrames } = plan;
    prepare(memory, plan);
    let entry = (loadAddress >>> 12) % ENTRIES;
    let page = 0;
    for (const frame of tableFrames) {
      const { buffer, byteOffset } = memory.frame(frame);
      const table = new Uint32Array(buffer, byteOffset, ENTRIES);
      for (; entry < ENTRIES && page < frames.length; entry++, page++) {
        table[entry] = (frames[page]! << 12) | flagsOf(page, plan);
      }
      entry = 0;
    }
  },
};

/** From the last page to the first, as the tables of 2004 lie: one physical write for each entry. */
export const BACKWARD: ConstructionStrategy = {
  name: 'backward as in 2004, an entry at a time',
  build(memory, plan) {
    prepare(memory, plan);
    for (let page = plan.frames.length - 1; page >= 0; page--) {
      memory.writeUint32(entryAddress(page, plan), plan.frames[page]! * PAGE_SIZE + flagsOf(page, plan));
    }
  },
};

/** Maps the table's frame for every single entry, as a program without a window into all of memory must. */
export const DEV_MEM: ConstructionStrategy = {
  name: 'an entry at a time through DevMem',
  build(memory, plan) {
    prepare(memory, plan);
    const devMem = new DevMem(memory);
    for (let page = 0; page < plan.frames.length; page++) {
      const address = entryAddress(page, plan);
      const value = plan.frames[page]! * PAGE_SIZE + flagsOf(page, plan);
      const table = devMem.map(Math.floor(address / PAGE_SIZE));
      const at = address % PAGE_SIZE;
      table[at] = value;
      table[at + 1] = value >>> 8;
      table[at + 2] = value >>> 16;
      table[at + 3] = value >>> 24;
      devMem.unmap(table);
    }
  },
};

/** Writes a list of (address, value) first and carries it out after, as a guest's updates go to Xen. */
export const UPDATE_LIST: ConstructionStrategy = {
  name: 'through an update list',
  build(memory, plan) {
    prepare(memory, plan);
    const updates = new Uint32Array(2 * plan.frames.length);
    for (let page = 0; page < plan.frames.length; page++) {
      updates[2 * page] = entryAddress(page, plan);
      updates[2 * page + 1] = plan.frames[page]! * PAGE_SIZE + flagsOf(page, plan);
    }
    for (let at = 0; at < updates.length; at += 2) memory.writeUint32(updates[at]!, updates[at + 1]!);
  },
};

/** 4 MiB pages wherever 1024 frames lie in a row on a 4 MiB boundary and none is a table; else 4 KiB pages. */
export const LARGE_PAGES: ConstructionStrategy = {
  name: '4 MiB pages where they fit',
  build(memory, plan) {
    const { frames, loadAddress, tableFrames, directoryFrame, lowestTablePage } = plan;
    const skipped = (loadAddress >>> 12) % ENTRIES;
    const directory = new Uint32Array(ENTRIES);
    const table = new Uint32Array(ENTRIES);
    const tableBytes = new Uint8Array(table.buffer);
    for (let t = 0; t < tableFrames.length; t++) {
      const slot = (loadAddress >>> 22) + t;
      const first = t * ENTRIES - skipped;
      if (first >= 0 && first + ENTRIES <= lowestTablePage && isLargeFrame(frames, first)) {
        directory[slot] = frames[first]! * PAGE_SIZE + LARGE_PAGE_FLAGS;
        continue;
      }
      table.fill(0);
      for (let entry = Math.max(0, -first); entry < ENTRIES && first + entry < frames.length; entry++) {
        table[entry] = (frames[first + entry]! << 12) | flagsOf(first + entry, plan);
      }
      memory.write(tableFrames[t]! * PAGE_SIZE, tableBytes);
      directory[slot] = tableFrames[t]! * PAGE_SIZE + L2_FLAGS;
    }
    memory.write(directoryFrame * PAGE_SIZE, new Uint8Array(directory.buffer));
  },
};

function isLargeFrame(frames: Uint32Array, first: number): boolean {
  const base = frames[first]!;
  if (base % ENTRIES !== 0) return false;
  for (let i = 1; i < ENTRIES; i++) if (frames[first + i] !== base + i) return false;
  return true;
}

/** All strategies that come with the library, ours first. */
export const STRATEGIES: readonly ConstructionStrategy[] = [
  BULK_FILL,
  FORWARD,
  BACKWARD,
  UPDATE_LIST,
  DEV_MEM,
  LARGE_PAGES,
];
