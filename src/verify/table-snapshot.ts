import { PAGE_SIZE } from '../arch/address.ts';
import { PDE_PS, PTE_FRAME_MASK, PTE_P } from '../arch/entry.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';

const SLOTS = 1024;

/**
 * The frames of the page tables that a directory's first `slots` entries point to: of every present entry that is not
 * a 4 MiB page. Some may lie beyond the end of RAM.
 *
 * @param directory - Machine address of the page directory.
 */
export function tableFramesOf(memory: PhysicalMemory, directory: number, slots: number): Set<number> {
  const base = (directory & PTE_FRAME_MASK) >>> 0;
  const frames = new Set<number>();
  for (let slot = 0; slot < slots; slot++) {
    const entry = memory.loadWord(base + slot * 4);
    if ((entry & PTE_P) !== 0 && (entry & PDE_PS) === 0) frames.add(entry >>> 12);
  }
  return frames;
}

/**
 * What the tables held before a walk.
 *
 * A walk sets accessed and dirty bits in the entries it uses, and writes nothing else. Neither bit decides where a walk
 * goes, so the frames it can write to are known beforehand: the directory and the tables it points to, at most 1025.
 * Putting them back undoes all of a walk.
 */
export class TableSnapshot {
  readonly #memory: PhysicalMemory;
  readonly #saved = new Map<number, Uint8Array>();

  /** @param directory - Machine address of the page directory. */
  constructor(memory: PhysicalMemory, directory: number) {
    this.#memory = memory;
    for (const frame of tableFramesOf(memory, directory, SLOTS).add(directory >>> 12)) {
      if (frame >= memory.frameCount) continue;
      const bytes = memory.read(frame * PAGE_SIZE, PAGE_SIZE);
      // No walk changes a frame of zeros, and writing to it would cost host memory that RAM does not use yet.
      if (bytes.some((byte) => byte !== 0)) this.#saved.set(frame, bytes);
    }
  }

  /** Puts back what the frames held when this was made. */
  restore(): void {
    for (const [frame, bytes] of this.#saved) this.#memory.write(frame * PAGE_SIZE, bytes);
  }
}
