/**
 * RAM as the MMU uses it: chunks that it may index by itself, and functions for all else. `PhysicalMemory` is such a
 * RAM; any other {@link Ram} becomes one here, with no chunk to index, so that every access asks its functions.
 */

import { PhysicalMemory } from './physical-memory.ts';
import type { Ram } from './ram.ts';
import type { WasmRam } from './wasm-ram.ts';

/** What the MMU needs. None of it throws, whatever the address: reads give ones and writes are lost outside RAM. */
export interface DirectRam extends Ram {
  /** The chunks that may be indexed: frames 0 to `frameCount - 1`, {@link CHUNK_BYTES} each, and empty ones up to 4 GiB. */
  readonly words: readonly Int32Array[];
  /** How many frames lie in `words`. */
  readonly frameCount: number;
  /** Whether a chunk stays the same array from now on. One that was never written to is another once it is. */
  isOwn(words: Int32Array): boolean;
  /** The memory that WebAssembly works in, where there is one; then physical address 0 is its address 0. */
  readonly wasm?: WasmRam | undefined;
  /** Reads a byte. */
  loadByte(physical: number): number;
  /** Writes the low 8 bits of a value. */
  storeByte(physical: number, value: number): void;
}

/** The RAM itself where it is a `PhysicalMemory`, else a wrapper. @throws TypeError for what is no RAM. */
export function directRam(ram: Ram): DirectRam {
  if (ram instanceof PhysicalMemory) return ram;
  checkRam(ram);
  return new IndirectRam(ram);
}

/** Somebody else's RAM. Bytes are made of words, and unaligned words of bytes, where it does not know them itself. */
class IndirectRam implements DirectRam {
  readonly words: readonly Int32Array[] = [];
  readonly frameCount = 0;
  readonly sizeBytes: number;
  readonly #ram: Ram;

  constructor(ram: Ram) {
    this.sizeBytes = ram.sizeBytes;
    this.#ram = ram;
  }

  isOwn(): boolean {
    return false;
  }

  loadWord(physical: number): number {
    if (physical % 4 === 0) return this.#ram.loadWord(physical) | 0;
    return (
      this.loadByte(physical) |
      (this.loadByte(physical + 1) << 8) |
      (this.loadByte(physical + 2) << 16) |
      (this.loadByte(physical + 3) << 24)
    );
  }

  storeWord(physical: number, value: number): void {
    if (physical % 4 === 0) {
      this.#ram.storeWord(physical, value | 0);
      return;
    }
    for (let i = 0; i < 4; i++) this.storeByte(physical + i, value >>> (8 * i));
  }

  loadByte(physical: number): number {
    if (this.#ram.loadByte !== undefined) return this.#ram.loadByte(physical) & 0xff;
    const at = physical % 4;
    return (this.#ram.loadWord(physical - at) >>> (8 * at)) & 0xff;
  }

  storeByte(physical: number, value: number): void {
    if (this.#ram.storeByte !== undefined) {
      this.#ram.storeByte(physical, value & 0xff);
      return;
    }
    const at = physical % 4;
    const word = this.#ram.loadWord(physical - at) & ~(0xff << (8 * at));
    this.#ram.storeWord(physical - at, word | ((value & 0xff) << (8 * at)));
  }
}

function checkRam(ram: unknown): void {
  const { sizeBytes, loadWord, storeWord } = (ram ?? {}) as Partial<Ram>;
  if (typeof loadWord !== 'function' || typeof storeWord !== 'function') {
    throw new TypeError(
      `${String(ram)} is no RAM: an MMU needs sizeBytes, loadWord and storeWord, as PhysicalMemory has them`,
    );
  }
  if (!(Number.isSafeInteger(sizeBytes) && sizeBytes! >= 0)) {
    throw new RangeError(`sizeBytes ${sizeBytes} of the RAM is not a whole number of bytes`);
  }
}
