/**
 * Turns frame numbers into page-table entries, many at a time, with the updates that say the same to Xen: the inner loops
 * of building a domain, in some hundred bytes of WebAssembly where the host runs it, else in JavaScript, to the same
 * effect. Both work in scratch memory of one shape, which is theirs for the time of a call.
 */

import { MMU_MACHPHYS_UPDATE } from '../abi/xen.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { WasmRam } from '../memory/wasm-ram.ts';
import { type WasmMemory, wasmFunctions, wasmMemory } from '../wasm/host.ts';
import { type TableFunctions, tableModule } from './table-module.ts';

/** Entries of the tables in scratch memory: four tables, so that they stay in the first-level cache. */
export const SCRATCH_ENTRIES = 4096;
/** Frames that a 32-bit entry reaches, and pages that 32-bit addresses do. */
const FRAMES_OF_32_BITS = 0x10_0000;

/** Tables, from this address of scratch memory on. */
export const SCRATCH_TABLES = 0;
/** A byte for each frame: whether it is in use. */
export const SCRATCH_USED: number = SCRATCH_TABLES + 4 * SCRATCH_ENTRIES;
/** The update list: room for that of every page that there can be, of every table and of the directory. */
export const SCRATCH_LIST: number = SCRATCH_USED + FRAMES_OF_32_BITS;
const SCRATCH_BYTES: number = SCRATCH_LIST + 16 * FRAMES_OF_32_BITS + 8 * (1 + 1024);

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
}

/** The same in JavaScript: what the WebAssembly must agree with, and what runs where it is not to be had. */
export function jsTableKernel(): TableKernel {
  const { words, bytes } = viewsOf(new ArrayBuffer(SCRATCH_BYTES), 0);
  return {
    kind: 'js',
    base: 0,
    inPlace: false,
    words,
    bytes,
    entries(source, target, end, flags) {
      const shift = (target - source) >> 2;
      for (let i = source >>> 2; i < end >>> 2; i++) words[i + shift] = (words[i]! << 12) | flags;
    },
    records(source, target, list, end, pointer, page, flags) {
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
    },
    take(source, end, used, limit) {
      for (let at = source; at < end; at += 4) {
        const frame = words[at >>> 2]!;
        if (frame >= limit || bytes[used + frame] !== 0) return at;
        bytes[used + frame] = 1;
      }
      return end;
    },
  };
}

/** @returns undefined where the host has no WebAssembly with vectors, or a page's Content-Security-Policy forbids it. */
export function wasmTableKernel(): TableKernel | undefined {
  const memory = wasmMemory(SCRATCH_BYTES);
  return memory === undefined ? undefined : kernelIn(memory, 0, false);
}

function kernelIn(memory: WasmMemory, base: number, inPlace: boolean): TableKernel | undefined {
  const functions = wasmFunctions<TableFunctions>(tableModule(), memory);
  if (functions === undefined) return undefined;
  const { entries, records, take } = functions;
  return { kind: 'wasm', base, inPlace, ...viewsOf(memory.buffer, base), entries, records, take };
}

function viewsOf(buffer: ArrayBuffer, base: number): Pick<TableKernel, 'words' | 'bytes'> {
  return {
    words: new Uint32Array(buffer, base, SCRATCH_BYTES >>> 2),
    bytes: new Uint8Array(buffer, base, SCRATCH_BYTES),
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
    own = (desk && kernelIn(desk.memory, desk.base, true)) ?? tableKernel();
    inRam.set(wasm, own);
  }
  return own;
}
