import type { PhysicalMemory } from './physical-memory.ts';
import type { FrameRange } from './ram.ts';

/** In which order {@link FrameAllocator.allocate} hands out frames. */
export type FrameOrder = 'ascending' | 'descending' | 'scattered';

/** What {@link FrameAllocator} may be told when it is made. */
export interface FrameAllocatorOptions {
  /** Frames never handed out, such as those of a hypervisor. Ranges may overlap. */
  readonly reserved?: readonly FrameRange[];
}

/** What {@link FrameAllocator.allocate} may be told. */
export interface AllocateOptions {
  /** Default `ascending`. */
  readonly order?: FrameOrder;
  /** For `scattered`: a 32-bit seed; the same seed on the same free frames gives the same frames. Default 1. */
  readonly seed?: number;
}

const FREE = 0;
const ALLOCATED = 1;
const RESERVED = 2;

/**
 * Hands out machine frames, as the hypervisor's allocator does. Every refusal leaves it unchanged.
 *
 * @example
 * const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 0x1400 }] });
 * const frames = allocator.allocate(16384, { order: 'scattered', seed: 7 });
 */
export class FrameAllocator {
  readonly #state: Uint8Array;
  #freeCount: number;

  /** @throws RangeError if a reserved range does not lie in memory. */
  constructor(memory: PhysicalMemory, options: FrameAllocatorOptions = {}) {
    this.#state = new Uint8Array(memory.frameCount);
    this.#freeCount = memory.frameCount;
    for (const { start, count } of options.reserved ?? []) {
      if (!isCount(start) || !isCount(count) || start + count > memory.frameCount) {
        throw new RangeError(
          `reserved range of ${count} frames from frame ${start} does not lie in memory's ${memory.frameCount} frames`,
        );
      }
      this.#state.fill(RESERVED, start, start + count);
    }
    for (const state of this.#state) if (state === RESERVED) this.#freeCount--;
  }

  /** How many frames can still be allocated. */
  get freeCount(): number {
    return this.#freeCount;
  }

  /** Whether a frame can be allocated now. */
  isFree(frame: number): boolean {
    return this.#state[frame] === FREE;
  }

  /**
   * Allocates frames.
   *
   * @param count - How many, 0 or more.
   * @returns The frame numbers: lowest first, highest first, or scattered by the seed.
   * @throws RangeError if the count is not a whole number from 0, or more than are free, or for an unknown order or seed.
   */
  allocate(count: number, options: AllocateOptions = {}): Uint32Array {
    if (!isCount(count)) throw new RangeError(`frame count ${count} is not a whole number from 0 up`);
    if (count > this.#freeCount) {
      throw new RangeError(
        `out of memory: ${count} frames asked for, ${this.#freeCount} of ${this.#state.length} are free`,
      );
    }
    const { order = 'ascending', seed = 1 } = options;
    const frames = this.#choose(count, order, seed);
    for (const frame of frames) this.#state[frame] = ALLOCATED;
    this.#freeCount -= count;
    return frames;
  }

  /**
   * Gives frames back.
   * @throws RangeError if one of them does not exist, is reserved, is not allocated, or is named twice.
   */
  free(frames: Iterable<number>): void {
    const given = new Set<number>();
    for (const frame of frames) {
      const state = this.#state[frame];
      if (state === undefined) {
        throw new RangeError(`cannot free frame ${frame}: memory has frames 0 to ${this.#state.length - 1}`);
      }
      if (state === RESERVED) throw new RangeError(`cannot free frame ${frame}: it is reserved`);
      if (state === FREE || given.has(frame)) throw new RangeError(`double free of frame ${frame}`);
      given.add(frame);
    }
    for (const frame of given) this.#state[frame] = FREE;
    this.#freeCount += given.size;
  }

  #choose(count: number, order: FrameOrder, seed: number): Uint32Array {
    switch (order) {
      case 'ascending':
        return this.#lowest(count);
      case 'descending':
        return this.#highest(count);
      case 'scattered':
        if (!(isCount(seed) && seed <= 0xffff_ffff))
          throw new RangeError(`seed ${seed} is not a whole number from 0 to 4294967295`);
        return scatter(this.#lowest(this.#freeCount), count, seed);
      default:
        throw new RangeError(`frame order '${String(order)}' is none of ascending, descending, scattered`);
    }
  }

  #lowest(count: number): Uint32Array {
    const frames = new Uint32Array(count);
    for (let frame = 0, found = 0; found < count; frame++) {
      if (this.#state[frame] === FREE) frames[found++] = frame;
    }
    return frames;
  }

  #highest(count: number): Uint32Array {
    const frames = new Uint32Array(count);
    for (let frame = this.#state.length - 1, found = 0; found < count; frame--) {
      if (this.#state[frame] === FREE) frames[found++] = frame;
    }
    return frames;
  }
}

/**
 * The first `count` steps of a Fisher–Yates shuffle of `pool`, driven by the linear congruential generator
 * x → 1664525 x + 1013904223 mod 2^32. Shuffles `pool` in place and returns a copy of its start.
 */
function scatter(pool: Uint32Array, count: number, seed: number): Uint32Array {
  let x = seed;
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const j = i + Math.floor((x * (pool.length - i)) / 0x1_0000_0000);
    const frame = pool[i]!;
    pool[i] = pool[j]!;
    pool[j] = frame;
  }
  return pool.slice(0, count);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
