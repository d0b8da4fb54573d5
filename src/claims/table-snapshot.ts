import { PAGE_SIZE } from '../arch/address.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Ram, RamReader } from '../memory/ram.ts';

/**
 * A memory to walk over that is afterwards as it was before.
 *
 * A walk sets accessed and dirty bits in the entries that it uses, and writes nothing else. Neither bit decides where a
 * walk goes. So over emulated RAM, whose walks are the fastest, the tables are kept and put back; any other memory is
 * shown to the MMU without its writes.
 */
export class TableSnapshot {
  /** What the MMU is to walk over. */
  readonly ram: Ram;
  readonly #memory: PhysicalMemory | undefined;
  readonly #saved = new Map<number, Uint8Array>();

  /** @param tables - The frames that a walk may write to. Some may lie beyond RAM. */
  constructor(memory: RamReader, tables: readonly number[]) {
    if (!(memory instanceof PhysicalMemory)) {
      this.#memory = undefined;
      this.ram = withoutWrites(memory);
      return;
    }
    this.#memory = memory;
    this.ram = memory;
    for (const frame of tables) {
      if (frame >= memory.frameCount) continue;
      const bytes = memory.read(frame * PAGE_SIZE, PAGE_SIZE);
      // No walk changes a frame of zeros, and writing to it would cost host memory that RAM does not use yet.
      if (bytes.some((byte) => byte !== 0)) this.#saved.set(frame, bytes);
    }
  }

  /** Puts back what the tables held when this was made. */
  restore(): void {
    for (const [frame, bytes] of this.#saved) this.#memory?.write(frame * PAGE_SIZE, bytes);
  }
}

function withoutWrites(memory: RamReader): Ram {
  return {
    sizeBytes: memory.sizeBytes,
    loadWord: (physical) => memory.loadWord(physical),
    storeWord() {},
    ...(memory.isRam && { isRam: (physical: number) => memory.isRam!(physical) }),
  };
}
