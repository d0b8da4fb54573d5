import type { PhysicalMemory } from './physical-memory.ts';

/**
 * Machine memory as Dom0 saw it in 2004: through `/dev/mem`, one 4 KiB frame mapped at a time.
 *
 * A mapping is a live window on its frame. After {@link DevMem.unmap} every use of it throws, where the
 * program of 2004 would have died of a segmentation fault.
 *
 * @example
 * const devMem = new DevMem(memory);
 * const page = devMem.map(0x2c00);
 * page.set(bytes);
 * devMem.unmap(page);
 */
export class DevMem {
  readonly #memory: PhysicalMemory;
  readonly #frames = new WeakMap<Uint8Array, { frame: number; mapped: boolean }>();
  #mapCount = 0;
  #unmapCount = 0;

  /** @param memory - The machine whose frames are mapped. */
  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
  }

  /** How many mappings were ever made. */
  get mapCount(): number {
    return this.#mapCount;
  }

  /** How many mappings are in use now. */
  get openCount(): number {
    return this.#mapCount - this.#unmapCount;
  }

  /**
   * Maps one machine frame.
   *
   * @param frame - Machine frame number.
   * @returns The frame's live 4096 bytes, good until they are unmapped.
   * @throws RangeError if there is no such frame.
   */
  map(frame: number): Uint8Array {
    const state = { frame, mapped: true };
    // A typed array cannot be taken back once handed out, so the mapping is a guarded one.
    const mapping = new Proxy(this.#memory.frame(frame), {
      get(bytes, key) {
        refuseUnmapped(state);
        const value: unknown = Reflect.get(bytes, key, bytes);
        return typeof value === 'function' ? value.bind(bytes) : value;
      },
      set(bytes, key, value) {
        refuseUnmapped(state);
        return Reflect.set(bytes, key, value, bytes);
      },
    });
    this.#frames.set(mapping, state);
    this.#mapCount++;
    return mapping;
  }

  /**
   * Undoes a mapping made by {@link DevMem.map}.
   * @throws Error if the mapping is already undone, or is not one of this object's.
   */
  unmap(mapping: Uint8Array): void {
    const state = this.#frames.get(mapping);
    if (state === undefined) throw new Error('unmap: these bytes are not a mapping made by this DevMem');
    if (!state.mapped) throw new Error(`unmap: the mapping of frame ${state.frame} is already unmapped`);
    state.mapped = false;
    this.#unmapCount++;
  }
}

function refuseUnmapped(state: { frame: number; mapped: boolean }): void {
  if (!state.mapped) {
    throw new Error(`the mapping of frame ${state.frame} was unmapped; map the frame again before using it`);
  }
}
