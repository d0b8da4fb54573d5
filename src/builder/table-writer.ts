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
  addressIn,
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
  const length = 2 * (1 + plan.tableFrames.length + 2 * plan.frames.length);
  const list = new UpdateList(kernel, roomIn(reused, length));
  list.add((plan.directoryFrame * PAGE_SIZE) | MMU_EXTENDED_COMMAND, MMUEXT_PIN_L2_TABLE);
  makeTables(plan, kernel, memory, list);
  return list.made();
}

/** So many words of an array that is used again, if it is long enough. */
export function roomIn(reused: Uint32Array | undefined, length: number): Uint32Array | undefined {
  if (reused === undefined || reused.length < length) return undefined;
  return reused.length === length ? reused : reused.subarray(0, length);
}

/** The list as it is made: where it is wanted, if the kernel sees that, else in scratch memory, to be copied. */
class UpdateList {
  /** Where the next update goes, as the kernel counts. */
  at: number;
  readonly #words: Uint32Array;
  readonly #into: Uint32Array | undefined;
  /** Where `#words` begins. */
  readonly #base: number;
  /** Where updates are made anew once they are copied; undefined if they need not be. */
  readonly #scratch: number | undefined;
  #copied = 0;

  constructor(kernel: TableKernel, into: Uint32Array | undefined) {
    const own = into === undefined ? 0 : kernel.addressOf(into);
    this.#into = into;
    this.#words = into !== undefined && own !== 0 ? into : kernel.words;
    this.#base = own !== 0 ? own : kernel.base;
    this.#scratch = own !== 0 ? undefined : kernel.base + SCRATCH_LIST;
    this.at = this.#scratch ?? own;
  }

  /** Whether it is made in scratch memory and copied piece by piece. */
  get isCopied(): boolean {
    return this.#scratch !== undefined && this.#into !== undefined;
  }

  add(pointer: number, value: number): void {
    const at = (this.at - this.#base) >>> 2;
    this.#words[at] = pointer;
    this.#words[at + 1] = value;
    this.at += 8;
  }

  /** Copies what has been made, while it is in the cache; a list that is yet to be made is copied whole. */
  copy(): void {
    if (this.#into === undefined || this.#scratch === undefined) return;
    const made = this.#inScratch(this.#scratch);
    this.#into.set(made, this.#copied);
    this.#copied += made.length;
    this.at = this.#scratch;
  }

  made(): Uint32Array {
    // A copy made so need not be cleared first.
    return this.#into ?? new Uint32Array(this.#inScratch(this.#base + SCRATCH_LIST));
  }

  #inScratch(start: number): Uint32Array {
    return this.#words.subarray((start - this.#base) >>> 2, (this.at - this.#base) >>> 2);
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

  const atOnce = tablesAtOnce(work);

  for (let table = 0; table < tableFrames.length; ) {
    const whole = table < wholeStart ? 0 : Math.min(wholeEnd - table, atOnce);
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

/** How many whole tables one call makes: few where something is copied, so that it is still in the first-level cache. */
function tablesAtOnce({ plan, kernel, memory, list }: TableWork): number {
  // A table's updates are four times as long as it.
  if (list?.isCopied === true) return 1;
  const copiesNothing = writesInPlace(kernel, memory) && kernel.addressOf(plan.frames) !== 0;
  return copiesNothing ? plan.tableFrames.length : TABLES_AT_ONCE;
}

/** Whether tables are made where they belong. */
function writesInPlace(kernel: TableKernel, memory: PhysicalMemory | undefined): boolean {
  return kernel.inPlace && memory !== undefined;
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
  const { tableFrames, frames } = plan;
  const firstPage = first * ENTRIES - skipped;
  const lastPage = firstPage + count * ENTRIES;
  const inPlace = writesInPlace(kernel, memory);
  const source = addressIn(kernel, frames, firstPage, lastPage);
  const scratch = kernel.base + SCRATCH_FRAMES;
  const end = source + count * PAGE_SIZE;
  const tables = kernel.base + SCRATCH_TABLE_FRAMES + first * 4;
  if (inPlace) for (let i = 0; i < count; i++) memory?.touchFrame(tableFrames[first + i]!);
  if (list !== undefined) {
    const target = inPlace ? 0 : scratch;
    kernel.listedTables(source, end, target, tables, list.at, slotOf(plan, first), firstPage, L1_FLAGS);
    list.at += count * (8 + 16 * ENTRIES);
  } else if (inPlace) kernel.tables(source, end, tables, L1_FLAGS);
  else kernel.entries(source, scratch, end, L1_FLAGS);
  if (memory === undefined || inPlace) return;
  for (let i = 0; i < count; i++) memory.write(tableFrames[first + i]! * PAGE_SIZE, kernel.views[i]!);
}

/** One table of any kind. */
function makePart({ plan, kernel, memory, list, skipped }: TableWork, table: number): void {
  const { frames, lowestTablePage, tablesEnd = frames.length } = plan;
  const frame = plan.tableFrames[table]!;
  const address = frame * PAGE_SIZE;
  const first = table * ENTRIES - skipped;
  const within = (page: number): number => Math.min(Math.max(page - first, 0), ENTRIES);
  const borders = [within(0), within(lowestTablePage), within(tablesEnd), within(frames.length)] as const;
  const [start, , , end] = borders;
  list?.add(slotOf(plan, table) + MMU_NORMAL_PT_UPDATE, address | L2_FLAGS);

  const inPlace = writesInPlace(kernel, memory);
  if (inPlace) memory?.touchFrame(frame);
  if (start > 0 || end < ENTRIES) {
    const bytes = inPlace ? memory!.frame(frame) : kernel.views[0]!;
    bytes.fill(0, 0, start * 4).fill(0, end * 4);
  }
  const target = inPlace ? address : kernel.base + SCRATCH_FRAMES;
  /** Where the frame for entry 0 stands, or would stand. */
  const source = addressIn(kernel, frames, first + start, first + end, start) - 4 * start;
  for (const [part, flags] of PARTS.entries()) {
    const [from, to] = [borders[part]! * 4, borders[part + 1]! * 4];
    if (list === undefined) {
      kernel.entries(source + from, target + from, source + to, flags);
      continue;
    }
    const pointer = address + from + MMU_NORMAL_PT_UPDATE;
    const page = first + from / 4;
    kernel.records(source + from, target + from, list.at, source + to, pointer, page, flags);
    list.at += 4 * (to - from);
  }
  if (!inPlace) memory?.write(address, kernel.views[0]!);
}

/** Where the directory's entry for a table lies. */
const slotOf = ({ directoryFrame, loadAddress }: TablePlan, table: number): number =>
  directoryFrame * PAGE_SIZE + ((loadAddress >>> 22) + table) * 4;
