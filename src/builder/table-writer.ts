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
import { writeDirectory } from './directory.ts';
import {
  SCRATCH_FRAMES,
  SCRATCH_LIST,
  SCRATCH_TABLE_FRAMES,
  TABLES_AT_ONCE,
  type TableKernel,
  tableKernel,
  tableKernelOf,
} from './table-kernel.ts';

/** Entries of a page table or directory. */
const ENTRIES = 1024;

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
 * @param reused - Receives the list, if it is long enough; else, one is made.
 */
export function writeUpdates(
  memory: PhysicalMemory | undefined,
  plan: TablePlan,
  reused?: Uint32Array,
  kernel: TableKernel = memory === undefined ? tableKernel() : tableKernelOf(memory),
): Uint32Array {
  const { words } = kernel;
  const list = SCRATCH_LIST >>> 2;
  const length = 2 * (1 + plan.tableFrames.length + 2 * plan.frames.length);
  const into = roomIn(reused, length);
  words[list] = (plan.directoryFrame * PAGE_SIZE) | MMU_EXTENDED_COMMAND;
  words[list + 1] = MMUEXT_PIN_L2_TABLE;
  makeTables(plan, kernel, memory, new UpdateList(words, into));
  // A copy made so need not be cleared first.
  return into ?? new Uint32Array(words.subarray(list, list + length));
}

/** So many words of an array that is used again, if it is long enough. */
export function roomIn(reused: Uint32Array | undefined, length: number): Uint32Array | undefined {
  if (reused === undefined || reused.length < length) return undefined;
  return reused.length === length ? reused : reused.subarray(0, length);
}

/** Where in scratch memory the next updates go, which are then copied to where they are wanted. */
class UpdateList {
  /** Bytes from scratch memory's start. */
  at: number = SCRATCH_LIST + 8;
  readonly #words: Uint32Array;
  readonly #into: Uint32Array | undefined;
  #copied = 0;

  constructor(words: Uint32Array, into: Uint32Array | undefined) {
    this.#words = words;
    this.#into = into;
  }

  /** Copies what has been made, while it is in the cache; a list that is yet to be made is copied whole. */
  copy(): void {
    if (this.#into === undefined) return;
    const made = this.#words.subarray(SCRATCH_LIST >>> 2, this.at >>> 2);
    this.#into.set(made, this.#copied);
    this.#copied += made.length;
    this.at = SCRATCH_LIST;
  }
}

/** Flags of ordinary pages, of the tables among them, and of the pages after these. */
const PARTS = [L1_FLAGS, L1_TABLE_FLAGS, L1_FLAGS] as const;

/**
 * The tables are made in scratch memory, some at a time, and copied to their frames whole; or made where they belong.
 * @param list - Receives the updates that each table needs: the one for the directory, then two for each page.
 */
function makeTables(
  plan: TablePlan,
  kernel: TableKernel,
  memory: PhysicalMemory | undefined,
  list: UpdateList | undefined,
): void {
  const { loadAddress, tableFrames, lowestTablePage } = plan;
  /** Entries of the first table below the load address: entry `i` of all tables maps page `i - skipped`. */
  const skipped = (loadAddress >>> 12) % ENTRIES;
  kernel.words.set(tableFrames, SCRATCH_TABLE_FRAMES >>> 2);
  const work = { plan, kernel, memory, list, skipped };
  /** From the first table that is full of ordinary pages to the last. */
  const [wholeStart, wholeEnd] = [skipped > 0 ? 1 : 0, Math.floor((skipped + lowestTablePage) / ENTRIES)];

  for (let table = 0; table < tableFrames.length; ) {
    const whole = table < wholeStart ? 0 : Math.min(wholeEnd - table, TABLES_AT_ONCE);
    if (whole > 0) makeWhole(work, table, whole);
    else makePart(work, table);
    list?.copy();
    table += Math.max(whole, 1);
  }
  if (memory === undefined) return;
  const { directoryFrame } = plan;
  writeDirectory(memory, kernel, {
    directoryFrame,
    slot: loadAddress >>> 22,
    frames: tableFrames,
    flags: L2_FLAGS,
  });
}

interface TableWork {
  readonly plan: TablePlan;
  readonly kernel: TableKernel;
  readonly memory: PhysicalMemory | undefined;
  readonly list: UpdateList | undefined;
  readonly skipped: number;
}

/** Tables that are full of ordinary pages, as nearly all are. */
function makeWhole({ plan, kernel, memory, list, skipped }: TableWork, first: number, count: number): void {
  const { base, words } = kernel;
  const { tableFrames } = plan;
  const firstPage = first * ENTRIES - skipped;
  words.set(plan.frames.subarray(firstPage, firstPage + count * ENTRIES), SCRATCH_FRAMES >>> 2);
  const source = base + SCRATCH_FRAMES;
  const end = source + count * PAGE_SIZE;
  const frames = base + SCRATCH_TABLE_FRAMES + first * 4;
  const inPlace = kernel.inPlace && memory !== undefined;
  if (inPlace) for (let i = 0; i < count; i++) memory.touchFrame(tableFrames[first + i]!);
  if (list !== undefined) {
    const target = inPlace ? 0 : source;
    const at = base + list.at;
    kernel.listedTables(source, end, target, frames, at, slotOf(plan, first), firstPage, L1_FLAGS);
    list.at += count * (8 + 16 * ENTRIES);
  } else if (inPlace) kernel.tables(source, end, frames, L1_FLAGS);
  else kernel.entries(source, source, end, L1_FLAGS);
  if (memory === undefined || inPlace) return;
  for (let i = 0; i < count; i++) memory.write(tableFrames[first + i]! * PAGE_SIZE, kernel.views[i]!);
}

/** One table of any kind. */
function makePart({ plan, kernel, memory, list, skipped }: TableWork, table: number): void {
  const { base, words } = kernel;
  const { frames, lowestTablePage, tablesEnd = frames.length } = plan;
  const address = plan.tableFrames[table]! * PAGE_SIZE;
  const first = table * ENTRIES - skipped;
  const within = (page: number): number => Math.min(Math.max(page - first, 0), ENTRIES);
  const borders = [within(0), within(lowestTablePage), within(tablesEnd), within(frames.length)] as const;
  if (list !== undefined) {
    words[list.at >>> 2] = slotOf(plan, table) + MMU_NORMAL_PT_UPDATE;
    words[(list.at >>> 2) + 1] = address | L2_FLAGS;
    list.at += 8;
  }
  const scratch = SCRATCH_FRAMES >>> 2;
  const [start] = borders;
  words.fill(0, scratch, scratch + ENTRIES);
  words.set(frames.subarray(first + start, first + borders[3]), scratch + start);
  const source = base + SCRATCH_FRAMES;
  for (const [part, flags] of PARTS.entries()) {
    const [begin, end] = [borders[part]! * 4, borders[part + 1]! * 4];
    if (list === undefined) {
      kernel.entries(source + begin, source + begin, source + end, flags);
      continue;
    }
    const pointer = address + begin + MMU_NORMAL_PT_UPDATE;
    const page = first + begin / 4;
    kernel.records(source + begin, source + begin, base + list.at, source + end, pointer, page, flags);
    list.at += 4 * (end - begin);
  }
  memory?.write(address, kernel.views[0]!);
}

/** Where the directory's entry for a table lies. */
const slotOf = ({ directoryFrame, loadAddress }: TablePlan, table: number): number =>
  directoryFrame * PAGE_SIZE + ((loadAddress >>> 22) + table) * 4;
