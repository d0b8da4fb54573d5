/** Frames for tables: from the caller's allocator, and back. */

import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { MapError } from './map-error.ts';

/** What a frame must be to hold a table. */
export interface FrameRule {
  /** Whether a whole frame of RAM begins at a physical address. */
  isFrame(physical: number): boolean;
  /** Whether a frame is a table already. */
  has(frame: number): boolean;
  /** First physical address at which entries cannot find a table. */
  readonly limit: number;
}

/** Frames that were allocated and are not used: kept for the next table unless the caller takes them back. */
export class FrameSource {
  readonly spare: number[] = [];
  readonly #allocate: () => number;
  readonly #free: ((frame: number) => void) | undefined;

  constructor(allocate: () => number, free: ((frame: number) => void) | undefined) {
    this.#allocate = allocate;
    this.#free = free;
  }

  /** Whether frames can be given back. */
  get takesBack(): boolean {
    return this.#free !== undefined;
  }

  /**
   * Sees to it that `count` frames are spare. Where the allocator fails, what it gave for this call goes back.
   * @throws What the allocator throws; MapError `bad-frame` for a frame that cannot be a table.
   */
  reserve(count: number, rule: FrameRule): void {
    const before = this.spare.length;
    try {
      while (this.spare.length < count) {
        const frame = this.#allocate();
        this.#check(frame, rule);
        this.spare.push(frame);
      }
    } catch (error) {
      while (this.#free !== undefined && this.spare.length > before) this.#free(this.spare.pop()!);
      throw error;
    }
  }

  /** A spare frame, in the order of allocation. */
  take(): number {
    return this.spare.shift()!;
  }

  /** Gives a frame back, or keeps it. */
  release(frame: number): void {
    if (this.#free === undefined) this.spare.push(frame);
    else this.#free(frame);
  }

  #check(frame: number, { isFrame, has, limit }: FrameRule): void {
    const refuse = (why: string): never => {
      throw new MapError('bad-frame', `allocateFrame gave ${frame}, which ${why}`);
    };
    if (!Number.isInteger(frame) || frame < 0) refuse('is not the number of a frame');
    const physical = frame * PAGE_SIZE;
    if (!isFrame(physical)) refuse(`is no frame of RAM: its address would be ${formatAddress(physical)}`);
    if (physical + PAGE_SIZE > limit)
      refuse(`lies beyond ${formatAddress(limit)}, where entries cannot lead`);
    if (has(frame) || this.spare.includes(frame)) refuse('is in use as a table already');
  }
}
