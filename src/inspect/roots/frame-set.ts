import type { RamIndex } from './ram-index.ts';

/** A set of frames of RAM, a bit for each. */
export class FrameSet {
  /** How many frames are in it. */
  size = 0;
  readonly #ram: RamIndex;
  readonly #bits: Int32Array;
  /** Large pages that were added: tables may lead to one of them thousands of times. */
  readonly #large = new Set<number>();

  constructor(ram: RamIndex) {
    this.#ram = ram;
    this.#bits = new Int32Array(Math.ceil(ram.count / 32));
  }

  /** Adds a page of so many frames, a power of two, as far as they are RAM. */
  add(frame: number, count: number): void {
    if (count === 1) {
      const index = this.#ram.ofFrame(frame);
      if (index >= 0) this.#set(index);
      return;
    }
    const key = frame * 64 + Math.log2(count);
    if (this.#large.has(key)) return;
    this.#large.add(key);
    for (const { first, end, before } of this.#ram.stretches) {
      if (end <= frame) continue;
      if (first >= frame + count) return;
      const to = before + Math.min(frame + count, end) - first;
      for (let index = before + Math.max(frame, first) - first; index < to; index++) this.#set(index);
    }
  }

  has(frame: number): boolean {
    const index = this.#ram.ofFrame(frame);
    return index >= 0 && (this.#bits[index >>> 5]! & (1 << (index & 31))) !== 0;
  }

  #set(index: number): void {
    const word = this.#bits[index >>> 5]!;
    const bit = 1 << (index & 31);
    if ((word & bit) !== 0) return;
    this.#bits[index >>> 5] = word | bit;
    this.size++;
  }
}
