import { PhysicalMemory } from './physical-memory.ts';

/**
 * Machine memory as Dom0 saw it in 2004: through `/dev/mem`, one 4 KiB frame mapped at a time.
 *
 * A mapping is a real, live view: what is written to it is in RAM at once, and the other way round. This object keeps
 * account of which mappings are open, so that a program which forgets one, or undoes one twice, is found out.
 * It cannot take a view back: JavaScript has no means to. Whoever still holds an unmapped view, or a `subarray` of it,
 * reads and writes the frame as before, where the program of 2004 would have died of a segmentation fault.
 *
 * @example
 * const devMem = new DevMem(memory);
 * const page = devMem.map(0x2c00);
 * page.set(bytes);
 * devMem.unmap(page);
 * devMem.openCount; // 0: nothing was forgotten
 */
export class DevMem {
  readonly #memory: PhysicalMemory;
  readonly #mappings = new WeakMap<Uint8Array, Mapping>();
  #mapCount = 0;
  #unmapCount = 0;

  /**
   * @param memory - The machine whose frames are mapped.
   * @throws TypeError for anything else: a dump, say, has no frames that could be mapped.
   */
  constructor(memory: PhysicalMemory) {
    if (!(memory instanceof PhysicalMemory)) throw new TypeError(`${String(memory)} is no PhysicalMemory`);
    this.#memory = memory;
  }

  /** How many mappings were ever made. */
  get mapCount(): number {
    return this.#mapCount;
  }

  /** How many mappings are open now. */
  get openCount(): number {
    return this.#mapCount - this.#unmapCount;
  }

  /**
   * Maps one machine frame. A frame may be mapped more than once; each mapping is a view of its own.
   *
   * @param frame - Machine frame number.
   * @returns The frame's live 4096 bytes.
   * @throws RangeError if there is no such frame.
   */
  map(frame: number): Uint8Array {
    const mapping = this.#memory.frame(frame);
    this.#mappings.set(mapping, { frame, isOpen: true });
    this.#mapCount++;
    return mapping;
  }

  /**
   * Closes a mapping made by {@link DevMem.map}. The view itself goes on showing the frame; do not use it any more.
   * @throws Error if the mapping is already closed, or is not one of this object's.
   */
  unmap(mapping: Uint8Array): void {
    const state = this.#mappings.get(mapping);
    if (state === undefined) {
      throw new Error(
        'unmap: these bytes are not a mapping made by this DevMem; give the very array that map returned',
      );
    }
    if (!state.isOpen) throw new Error(`unmap: the mapping of frame ${state.frame} is already unmapped`);
    state.isOpen = false;
    this.#unmapCount++;
  }
}

interface Mapping {
  readonly frame: number;
  isOpen: boolean;
}
