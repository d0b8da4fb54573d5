/**
 * RAM in the memory of a WebAssembly module: physical address 0 is the module's address 0. Behind RAM lies room for those
 * whose inner loops run inside: scratch memory, TLBs, lists on their way in and out. Behind that, room for lists that need
 * not be copied in and out.
 */

import { type WasmMemory, wasmMemory } from '../wasm/host.ts';
import { ListRegion } from './list-region.ts';

/** Room that is lent as a whole: for the builder, or for one MMU. */
export const DESK_BYTES = 0x180_0000;
const DESKS = 12;
/** Room for lists: eight million addresses of 32 bits with their results. The host gives memory as it is touched. */
const LIST_BYTES = 0x400_0000;
/** All that lies behind RAM. */
const BEHIND_RAM_BYTES: number = DESKS * DESK_BYTES + LIST_BYTES;
/** What a memory of 32-bit addresses holds at most. */
const MOST_BYTES = 0x1_0000_0000;
/** The largest RAM that fits such a memory with the room behind it. */
export const MAX_WASM_RAM_BYTES: number = MOST_BYTES - BEHIND_RAM_BYTES;

/** Views that every part of such a memory has. */
export interface Desk {
  /** Its first address in the memory. */
  readonly base: number;
  /** The memory, for a module that is to run in it. */
  readonly memory: WasmMemory;
}

export class WasmRam {
  readonly memory: WasmMemory;
  /** Lists of callers. */
  readonly lists: ListRegion;
  readonly #free: number[] = [];
  readonly #used = new Set<number>();
  readonly #registry: FinalizationRegistry<number> = new FinalizationRegistry((base) => {
    this.#free.push(base);
  });

  private constructor(memory: WasmMemory, start: number) {
    this.memory = memory;
    this.lists = new ListRegion(memory.buffer, start + DESKS * DESK_BYTES);
    for (let desk = DESKS - 1; desk >= 0; desk--) this.#free.push(start + desk * DESK_BYTES);
  }

  /** @returns The RAM; or in words why the host has none of this kind. */
  static make(sizeBytes: number): WasmRam | string {
    if (sizeBytes > MAX_WASM_RAM_BYTES) {
      return `a WebAssembly memory holds RAM up to ${MAX_WASM_RAM_BYTES} bytes, and this has ${sizeBytes}`;
    }
    const memory = wasmMemory(sizeBytes + BEHIND_RAM_BYTES);
    if (memory === undefined) {
      return 'the host gives no WebAssembly memory: it has none, a Content-Security-Policy forbids it, or address space has run out';
    }
    // Whole pages, so that what follows is aligned to anything.
    return new WasmRam(memory, memory.buffer.byteLength - BEHIND_RAM_BYTES);
  }

  /**
   * Lends a desk, all of it zero, for as long as its holder lives.
   * @returns undefined while all are lent.
   */
  lend(holder: object): Desk | undefined {
    const base = this.#free.pop();
    if (base === undefined) return undefined;
    if (this.#used.has(base)) new Uint8Array(this.memory.buffer, base, DESK_BYTES).fill(0);
    this.#used.add(base);
    this.#registry.register(holder, base);
    return { base, memory: this.memory };
  }
}
