import { CHUNK_BYTES, PhysicalMemory } from '../memory/physical-memory.ts';
import type { RamReader } from '../memory/ram.ts';

const TABLE_WORDS = 1024;

/** Who reads tables keeps room for a copy of one, made when it is first needed. */
export interface CopyHolder {
  copy: Int32Array | undefined;
}

/** Tables as arrays of words: where they lie, in emulated RAM; copies of any other memory. */
export class TableReader {
  /** Where in its words the table read last starts. */
  base = 0;
  readonly #memory: RamReader;
  readonly #chunks: readonly Int32Array[] | undefined;

  constructor(memory: RamReader) {
    this.#memory = memory;
    this.#chunks = memory instanceof PhysicalMemory ? memory.words : undefined;
  }

  /**
   * The words of a table of 4 KiB, from `base` on. Where no RAM answers, bits read as ones.
   * @param address - A multiple of 4096.
   * @param holder - Keeps the copy, where there must be one.
   */
  read(address: number, holder: CopyHolder): Int32Array {
    const memory = this.#memory;
    if (this.#chunks !== undefined && address < memory.sizeBytes) {
      this.base = (address % CHUNK_BYTES) / 4;
      return this.#chunks[Math.floor(address / CHUNK_BYTES)]!;
    }
    holder.copy ??= new Int32Array(TABLE_WORDS);
    if (memory.loadWords !== undefined) memory.loadWords(address, holder.copy);
    else for (let i = 0; i < TABLE_WORDS; i++) holder.copy[i] = memory.loadWord(address + 4 * i);
    this.base = 0;
    return holder.copy;
  }
}
