import type { Memory } from '../../memory/index.ts';
import { ramRanges } from '../../memory/ram-ranges.ts';

/** A stretch of RAM, whole frames. */
interface Stretch {
  /** First frame. */
  readonly first: number;
  /** The frame after the last. */
  readonly end: number;
  /** How many frames of RAM lie before it. */
  readonly before: number;
}

/** A piece of RAM, to be looked at. */
export interface RamPiece {
  readonly words: Int32Array;
  /** Where it lies. */
  readonly physical: number;
  /** Bytes of RAM before it. */
  readonly done: number;
}

const PIECE_FRAMES = 256;

/** The frames of RAM, numbered without holes, so that a bit for each needs no more than RAM has. */
export class RamIndex {
  /** How many frames of RAM there are. */
  readonly count: number;
  readonly stretches: readonly Stretch[];
  readonly #memory: Memory;
  /** The stretch that was found last: who asks, asks mostly for the same again. */
  #last: Stretch = { first: 0, end: 0, before: 0 };

  constructor(memory: Memory) {
    const stretches: Stretch[] = [];
    let before = 0;
    for (const { start, end } of ramRanges(memory)) {
      const first = Math.ceil(start / 4096);
      const last = Math.floor(end / 4096);
      if (last <= first) continue;
      stretches.push({ first, end: last, before });
      before += last - first;
    }
    this.stretches = stretches;
    this.count = before;
    this.#memory = memory;
  }

  /** The number of the frame that holds an address; −1 where no whole frame of RAM is. */
  of(physical: number): number {
    return this.ofFrame(Math.floor(physical / 4096));
  }

  /** The same, of a frame's number. */
  ofFrame(frame: number): number {
    const { first, end, before } = this.#last;
    if (frame >= first && frame < end) return before + frame - first;
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.stretches[middle]!.end <= frame) low = middle + 1;
      else high = middle;
    }
    const stretch = this.stretches[low];
    if (stretch === undefined || frame < stretch.first) return -1;
    this.#last = stretch;
    return stretch.before + frame - stretch.first;
  }

  /** All RAM that may hold anything but zeros, in pieces of a megabyte at most. */
  *pieces(): Generator<RamPiece> {
    for (const { start, count } of this.#memory.writtenFrames?.() ?? [{ start: 0, count: 2 ** 40 }]) {
      for (const { first, end, before } of this.stretches) {
        const stop = Math.min(end, start + count);
        for (let frame = Math.max(first, start); frame < stop; frame += PIECE_FRAMES) {
          const bytes = this.#memory.read(frame * 4096, Math.min(PIECE_FRAMES, stop - frame) * 4096);
          const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
          yield { words, physical: frame * 4096, done: (before + frame - first) * 4096 };
        }
      }
    }
  }
}
