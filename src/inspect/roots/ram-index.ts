import type { Memory } from '../../memory/index.ts';

/** A stretch of RAM, whole frames. */
interface Stretch {
  /** First frame. */
  readonly first: number;
  /** The frame after the last. */
  readonly end: number;
  /** How many frames of RAM lie before it. */
  readonly before: number;
}

/** The frames of RAM, numbered without holes, so that a bit for each needs no more than RAM has. */
export class RamIndex {
  /** How many frames of RAM there are. */
  readonly count: number;
  readonly stretches: readonly Stretch[];

  constructor(memory: Memory) {
    const stretches: Stretch[] = [];
    let before = 0;
    for (const { start, end } of rangesOf(memory)) {
      const first = Math.ceil(start / 4096);
      const last = Math.floor(end / 4096);
      if (last <= first) continue;
      stretches.push({ first, end: last, before });
      before += last - first;
    }
    this.stretches = stretches;
    this.count = before;
  }

  /** The number of the frame that holds an address; −1 where no whole frame of RAM is. */
  of(physical: number): number {
    const frame = Math.floor(physical / 4096);
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.stretches[middle]!.end <= frame) low = middle + 1;
      else high = middle;
    }
    const stretch = this.stretches[low];
    return stretch === undefined || frame < stretch.first ? -1 : stretch.before + frame - stretch.first;
  }
}

function rangesOf(memory: Memory): Iterable<{ readonly start: number; readonly end: number }> {
  return memory.ranges?.() ?? [{ start: 0, end: memory.sizeBytes }];
}
