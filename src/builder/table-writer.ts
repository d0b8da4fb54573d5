import { L1_FLAGS, L1_TABLE_FLAGS, L2_FLAGS } from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { type EntryKernel, entryKernel, SCRATCH_ENTRIES } from './entry-kernel.ts';

/** Entries of a page table or directory. */
const ENTRIES = 1024;
const TABLES_AT_ONCE: number = SCRATCH_ENTRIES / ENTRIES;

/** What the tables of a domain map, and where they lie. */
export interface TablePlan {
  /** Machine frames of the domain that are mapped, in pseudo-physical order. */
  readonly frames: Uint32Array;
  /** Linear address of page 0, a multiple of 4096. */
  readonly loadAddress: number;
  /** Frames of the page tables, that for the lowest addresses first. */
  readonly tableFrames: Uint32Array;
  /** Frame of the page directory. */
  readonly directoryFrame: number;
  /** The first page that is a page table: from here on, pages are mapped read-only. */
  readonly lowestTablePage: number;
  /** The first page after the tables: from here on, pages are writable again. Absent: there is none. */
  readonly tablesEnd?: number;
}

/**
 * Writes the page tables and the directory of a domain: each page of it mapped in order from the load address up,
 * and nothing else (docs/xen-1.2.md §3).
 *
 * The tables are made in scratch memory, four at a time, and copied to their frames whole.
 */
export function writePageTables(
  memory: PhysicalMemory,
  plan: TablePlan,
  kernel: EntryKernel = entryKernel(),
): void {
  const { frames, loadAddress, tableFrames, directoryFrame, lowestTablePage } = plan;
  const { tablesEnd = frames.length } = plan;
  const { scratch } = kernel;
  const scratchTables = viewsOfTables(scratch);
  /** Entries of the first table below the load address. */
  const skipped = (loadAddress >>> 12) % ENTRIES;

  for (let table = 0; table < tableFrames.length; table += TABLES_AT_ONCE) {
    const tables = Math.min(TABLES_AT_ONCE, tableFrames.length - table);
    // Scratch entry `at` maps page `at + shift`.
    const shift = table * ENTRIES - skipped;
    const start = table === 0 ? skipped : 0;
    const end = Math.min(frames.length - shift, tables * ENTRIES);
    const within = (page: number): number => Math.min(Math.max(page - shift, start), end);
    const [readOnly, writable] = [within(lowestTablePage), within(tablesEnd)];
    if (start > 0) scratch.fill(0, 0, start);
    if (end < tables * ENTRIES) scratch.fill(0, end, tables * ENTRIES);
    scratch.set(frames.subarray(start + shift, end + shift), start);
    kernel.makeEntries(start, readOnly, L1_FLAGS);
    kernel.makeEntries(readOnly, writable, L1_TABLE_FLAGS);
    kernel.makeEntries(writable, end, L1_FLAGS);
    for (let i = 0; i < tables; i++) memory.write(tableFrames[table + i]! * PAGE_SIZE, scratchTables[i]!);
  }

  scratch.fill(0, 0, ENTRIES);
  scratch.set(tableFrames, loadAddress >>> 22);
  kernel.makeEntries(loadAddress >>> 22, (loadAddress >>> 22) + tableFrames.length, L2_FLAGS);
  memory.write(directoryFrame * PAGE_SIZE, scratchTables[0]!);
}

const views = new WeakMap<Uint32Array, readonly Uint8Array[]>();

/** The tables in scratch memory as bytes, made once: copying is fast, and making views is not. */
function viewsOfTables(scratch: Uint32Array): readonly Uint8Array[] {
  let tables = views.get(scratch);
  if (tables === undefined) {
    tables = Array.from(
      { length: TABLES_AT_ONCE },
      (_, i) => new Uint8Array(scratch.buffer, i * PAGE_SIZE, PAGE_SIZE),
    );
    views.set(scratch, tables);
  }
  return tables;
}
