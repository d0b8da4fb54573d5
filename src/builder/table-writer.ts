import {
  L1_FLAGS,
  L1_TABLE_FLAGS,
  L2_FLAGS,
  MMU_EXTENDED_COMMAND,
  MMU_NORMAL_PT_UPDATE,
  MMUEXT_PIN_L2_TABLE,
} from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import {
  SCRATCH_ENTRIES,
  SCRATCH_LIST,
  SCRATCH_TABLES,
  type TableKernel,
  tableKernel,
  tableKernelOf,
} from './table-kernel.ts';

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
 */
export function writePageTables(
  memory: PhysicalMemory,
  plan: TablePlan,
  kernel: TableKernel = tableKernelOf(memory),
): void {
  makeTables(plan, kernel, memory, undefined);
}

/**
 * The update list, which in 2004 says to Xen what the tables say (docs/xen-1.2.md §5), made in one pass with them.
 * @param memory - Receives the tables as well; undefined: nothing is written, Xen is to do that.
 */
export function writeUpdates(
  memory: PhysicalMemory | undefined,
  plan: TablePlan,
  kernel: TableKernel = memory === undefined ? tableKernel() : tableKernelOf(memory),
): Uint32Array {
  const { frames, tableFrames, directoryFrame } = plan;
  const { words } = kernel;
  const list = SCRATCH_LIST >>> 2;
  words[list] = (directoryFrame * PAGE_SIZE) | MMU_EXTENDED_COMMAND;
  words[list + 1] = MMUEXT_PIN_L2_TABLE;
  makeTables(plan, kernel, memory, SCRATCH_LIST + 8);
  // A copy made so need not be cleared first.
  return new Uint32Array(words.subarray(list, list + 2 * (1 + tableFrames.length + 2 * frames.length)));
}

/**
 * The tables are made in scratch memory, four at a time, and copied to their frames whole; or made where they belong.
 * @param list - Where in scratch memory the updates go that each table needs: the one for the directory, then two for
 * each page.
 */
function makeTables(
  plan: TablePlan,
  kernel: TableKernel,
  memory: PhysicalMemory | undefined,
  list: number | undefined,
): void {
  const { frames, loadAddress, tableFrames, directoryFrame, lowestTablePage } = plan;
  const { tablesEnd = frames.length } = plan;
  const { words, base } = kernel;
  const scratch = viewsOfTables(kernel);
  /** Entries of the first table below the load address. */
  const skipped = (loadAddress >>> 12) % ENTRIES;
  const firstSlot = loadAddress >>> 22;
  let listAt = list ?? 0;

  for (let first = 0; first < tableFrames.length; first += TABLES_AT_ONCE) {
    const count = Math.min(TABLES_AT_ONCE, tableFrames.length - first);
    // Scratch entry `at` maps page `at + shift`.
    const shift = first * ENTRIES - skipped;
    const start = first === 0 ? skipped : 0;
    const end = Math.min(frames.length - shift, count * ENTRIES);
    const within = (page: number): number => Math.min(Math.max(page - shift, start), end);
    const borders = [start, within(lowestTablePage), within(tablesEnd), end] as const;
    if (start > 0) words.fill(0, 0, start);
    if (end < count * ENTRIES) words.fill(0, end, count * ENTRIES);
    words.set(frames.subarray(start + shift, end + shift), start);
    for (let i = 0; i < count; i++) {
      const table = first + i;
      const tableAddress = tableFrames[table]! * PAGE_SIZE;
      const inPlace = kernel.inPlace && memory !== undefined;
      /** From the place of an entry in scratch memory to where it goes. */
      const away = inPlace ? tableAddress - (base + i * PAGE_SIZE) : 0;
      const [from, to] = [i * ENTRIES, (i + 1) * ENTRIES];
      if (inPlace && (start > from || end < to)) memory.write(tableAddress, scratch[i]!);
      else if (inPlace) memory.touchFrame(tableFrames[table]!);
      if (list !== undefined) {
        words[listAt >>> 2] = directoryFrame * PAGE_SIZE + (firstSlot + table) * 4 + MMU_NORMAL_PT_UPDATE;
        words[(listAt >>> 2) + 1] = tableAddress | L2_FLAGS;
        listAt += 8;
      }
      for (let part = 0; part < PARTS.length; part++) {
        const begin = Math.max(borders[part]!, from);
        const stop = Math.min(borders[part + 1]!, to);
        if (begin >= stop) continue;
        const flags = PARTS[part]!;
        const source = base + begin * 4;
        if (list === undefined) {
          kernel.entries(source, source + away, base + stop * 4, flags);
          continue;
        }
        const pointer = tableAddress + (begin - from) * 4 + MMU_NORMAL_PT_UPDATE;
        const records = base + listAt;
        kernel.records(source, source + away, records, base + stop * 4, pointer, begin + shift, flags);
        listAt += 16 * (stop - begin);
      }
      if (memory !== undefined && !inPlace) memory.write(tableAddress, scratch[i]!);
    }
  }

  if (memory === undefined) return;
  words.fill(0, 0, ENTRIES);
  words.set(tableFrames, firstSlot);
  const [begin, stop] = [firstSlot, firstSlot + tableFrames.length].map((slot) => base + slot * 4);
  kernel.entries(begin!, begin!, stop!, L2_FLAGS);
  memory.write(directoryFrame * PAGE_SIZE, scratch[0]!);
}

/** Flags of ordinary pages, of the tables among them, and of the pages after these. */
const PARTS = [L1_FLAGS, L1_TABLE_FLAGS, L1_FLAGS] as const;

const views = new WeakMap<TableKernel, readonly Uint8Array[]>();

/** The tables in scratch memory as bytes, made once: copying is fast, and making views is not. */
function viewsOfTables(kernel: TableKernel): readonly Uint8Array[] {
  let tables = views.get(kernel);
  if (tables === undefined) {
    tables = Array.from({ length: TABLES_AT_ONCE }, (_, i) => {
      const start = SCRATCH_TABLES + i * PAGE_SIZE;
      return kernel.bytes.subarray(start, start + PAGE_SIZE);
    });
    views.set(kernel, tables);
  }
  return tables;
}
