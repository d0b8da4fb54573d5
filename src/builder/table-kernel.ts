/**
 * Turns frame numbers into page-table entries, many at a time, with the updates that say the same to Xen: the inner loops
 * of building a domain, in some hundred bytes of WebAssembly where the host runs it, else in JavaScript, to the same
 * effect. Both work in scratch memory of one shape, which is theirs for the time of a call.
 */

import { L2_FLAGS, MMU_MACHPHYS_UPDATE, MMU_NORMAL_PT_UPDATE } from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import type { ListRegion } from '../memory/list-region.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { WasmRam } from '../memory/wasm-ram.ts';
import { OFF_PAGE_BYTES, type WasmMemory, wasmFunctions, wasmMemory } from '../wasm/host.ts';
import { type TableFunctions, tableModule } from './table-module.ts';

/** Frames that a 32-bit entry reaches, and pages that 32-bit addresses do. */
export const FRAMES_OF_32_BITS = 0x10_0000;
/** Tables that are made at once: so few that they stay in the first-level cache. */
export const TABLES_AT_ONCE = 4;
/** Frames that are in scratch memory at once. */
export const FRAMES_AT_ONCE: number = TABLES_AT_ONCE * 1024;

/** The frames of page tables, from this address of scratch memory on: as many as a directory has entries. */
export const SCRATCH_TABLE_FRAMES = 0;
/**
 * Frames, and the tables that they become where tables are copied elsewhere: in one place, the two are half as much for the
 * first-level cache to hold.
 */
export const SCRATCH_FRAMES: number = SCRATCH_TABLE_FRAMES + PAGE_SIZE + OFF_PAGE_BYTES;
/** A directory that is copied elsewhere. */
export const SCRATCH_DIRECTORY: number = SCRATCH_FRAMES + 4 * FRAMES_AT_ONCE;
/** A bit for each frame: whether it is in use. All are 0 between calls. */
export const SCRATCH_BITS: number = SCRATCH_DIRECTORY + 2 * PAGE_SIZE - OFF_PAGE_BYTES;
/** 1, 2, 4 … 128, a byte each. */
export const SCRATCH_MASKS: number = SCRATCH_BITS + FRAMES_OF_32_BITS / 8;
/** The update list: room for that of every page that there can be, of every table and of the directory. */
export const SCRATCH_LIST: number = SCRATCH_MASKS + 16;
const SCRATCH_BYTES: number = SCRATCH_LIST + 16 * FRAMES_OF_32_BITS + 8 * (1 + 1024);

/** The directory that was made last: the next differs in few entries, and need not be cleared first. */
export interface ScratchDirectory {
  readonly bytes: Uint8Array;
  /** Entries from `start` to before `end` may be other than 0. */
  start: number;
  end: number;
}

/** Scratch memory with the functions that work in it. The host gives it memory as it is touched. */
export interface TableKernel extends TableFunctions {
  readonly kind: 'wasm' | 'js';
  /** The address of scratch memory: the functions count from 0 of the memory that it lies in. */
  readonly base: number;
  /** Physical address 0 is address 0 of the same memory: tables can be written where they belong. */
  readonly inPlace: boolean;
  /** All of scratch memory as words. */
  readonly words: Uint32Array;
  /** The same as bytes. */
  readonly bytes: Uint8Array;
  /** The tables in scratch memory as bytes, made once: copying is fast, and making views is not. */
  readonly views: readonly Uint8Array[];
  /** The directory in scratch memory. */
  readonly directory: ScratchDirectory;
  /** Where a list lies in the same memory; 0 if it does not. */
  addressOf(list: Uint32Array): number;
}

/**
 * @param at - As for {@link copiedIn}.
 * @returns The address of the first of some elements of a list: where they lie, or of a copy.
 */
export function addressIn(
  kernel: TableKernel,
  list: Uint32Array,
  start: number,
  end: number,
  at = 0,
): number {
  const address = kernel.addressOf(list);
  return address === 0 ? copiedIn(kernel, list, start, end, at) : address + 4 * start;
}

/**
 * @param at - How many elements from {@link SCRATCH_FRAMES} on they are copied to.
 * @returns The address of the first of some elements of a list in scratch memory, where they may be overwritten.
 */
export function copiedIn(
  { base, words }: TableKernel,
  list: Uint32Array,
  start: number,
  end: number,
  at = 0,
): number {
  // To make a view takes as long as to copy a small list.
  const part = end - start === list.length ? list : list.subarray(start, end);
  words.set(part, (SCRATCH_FRAMES >>> 2) + at);
  return base + SCRATCH_FRAMES + 4 * at;
}

/** The same in JavaScript: what the WebAssembly must agree with, and what runs where it is not to be had. */
export function jsTableKernel(): TableKernel {
  const own = viewsOf(new ArrayBuffer(SCRATCH_BYTES), 0);
  const { words, bytes } = own;
  const entries: TableKernel['entries'] = (source, target, end, flags) => {
    const shift = (target - source) >> 2;
    for (let i = source >>> 2; i < end >>> 2; i++) words[i + shift] = (words[i]! << 12) | flags;
  };
  const records: TableKernel['records'] = (source, target, list, end, pointer, page, flags) => {
    const shift = (target - source) >> 2;
    let at = list >>> 2;
    let [nextPointer, nextPage] = [pointer, page];
    for (let i = source >>> 2; i < end >>> 2; i++) {
      const base = words[i]! << 12;
      words[i + shift] = base | flags;
      words[at] = nextPointer;
      words[at + 1] = base | flags;
      words[at + 2] = base | MMU_MACHPHYS_UPDATE;
      words[at + 3] = nextPage;
      at += 4;
      nextPointer = (nextPointer + 4) | 0;
      nextPage++;
    }
  };
  return {
    kind: 'js',
    base: 0,
    inPlace: false,
    ...own,
    addressOf: () => 0,
    entries,
    tables() {
      throw new Error('RAM is never behind the JavaScript kernel');
    },
    records,
    listedTables(source, end, target, frames, list, slot, page, flags) {
      for (let table = 0; source + table * PAGE_SIZE < end; table++) {
        const pointer = (words[(frames >>> 2) + table]! << 12) | MMU_NORMAL_PT_UPDATE;
        const at = list + table * (8 + 4 * PAGE_SIZE);
        words[at >>> 2] = (slot + 4 * table) | MMU_NORMAL_PT_UPDATE;
        words[(at >>> 2) + 1] = pointer | L2_FLAGS;
        const from = source + table * PAGE_SIZE;
        const to = target + table * PAGE_SIZE;
        records(from, to, at + 8, from + PAGE_SIZE, pointer, page + table * 1024, flags);
      }
    },
    mark(source, end, limit) {
      const list = words.subarray(source >>> 2, end >>> 2);
      if (list.some((frame) => frame >= limit)) return 0;
      for (const frame of list) bytes[SCRATCH_BITS + (frame >>> 3)]! |= 1 << (frame & 7);
      return 1;
    },
    count(bits, end) {
      let ones = 0;
      for (let at = bits; at < end; at++) for (let rest = bytes[at]!; rest !== 0; rest &= rest - 1) ones++;
      bytes.fill(0, bits, end);
      return ones;
    },
  };
}

/** @returns undefined where the host has no WebAssembly with vectors, or a page's Content-Security-Policy forbids it. */
export function wasmTableKernel(): TableKernel | undefined {
  const memory = wasmMemory(SCRATCH_BYTES);
  return memory === undefined ? undefined : kernelIn(memory, 0, undefined);
}

/** @param lists - Where it works on lists in place, and on RAM too: physical address 0 is address 0. */
function kernelIn(memory: WasmMemory, base: number, lists: ListRegion | undefined): TableKernel | undefined {
  const functions = wasmFunctions<TableFunctions>(
    tableModule(base + SCRATCH_BITS, base + SCRATCH_MASKS),
    memory,
  );
  if (functions === undefined) return undefined;
  const views = viewsOf(memory.buffer, base);
  for (let bit = 0; bit < 8; bit++) views.bytes[SCRATCH_MASKS + bit] = 1 << bit;
  return {
    kind: 'wasm',
    base,
    inPlace: lists !== undefined,
    addressOf: (list) => lists?.addressOf(list) ?? 0,
    ...views,
    ...functions,
  };
}

function viewsOf(
  buffer: ArrayBuffer,
  base: number,
): Pick<TableKernel, 'words' | 'bytes' | 'views' | 'directory'> {
  const page = (at: number): Uint8Array => new Uint8Array(buffer, base + at, PAGE_SIZE);
  return {
    words: new Uint32Array(buffer, base, SCRATCH_BYTES >>> 2),
    bytes: new Uint8Array(buffer, base, SCRATCH_BYTES),
    views: Array.from({ length: TABLES_AT_ONCE }, (_, i) => page(SCRATCH_FRAMES + i * PAGE_SIZE)),
    directory: { bytes: page(SCRATCH_DIRECTORY), start: 0, end: 0 },
  };
}

let kernel: TableKernel | undefined;

/** The fastest kernel that the host allows, made once. */
export function tableKernel(): TableKernel {
  kernel ??= wasmTableKernel() ?? jsTableKernel();
  return kernel;
}

const inRam = new WeakMap<WasmRam, TableKernel>();

/** The kernel for tables in a RAM: inside it, where it lies in WebAssembly memory with room to spare. */
export function tableKernelOf({ wasm }: PhysicalMemory): TableKernel {
  if (wasm === undefined) return tableKernel();
  let own = inRam.get(wasm);
  if (own === undefined) {
    const desk = wasm.lend(wasm);
    own = (desk && kernelIn(desk.memory, desk.base, wasm.lists)) ?? tableKernel();
    inRam.set(wasm, own);
  }
  return own;
}
