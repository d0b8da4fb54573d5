import { PAGE_SIZE } from '../../arch/address.ts';
import type { FrameRange, Memory, RamHole } from '../../memory/index.ts';

/** Where no RAM answers, in whole frames, in ascending order. */
export function holesOf(memory: Memory): RamHole[] {
  if (memory.isRam === undefined) return [];
  const holes: RamHole[] = [];
  let start = -1;
  for (let frame = 0; frame <= memory.frameCount; frame++) {
    const isHole = frame < memory.frameCount && !memory.isRam(frame * PAGE_SIZE);
    if (isHole && start < 0) start = frame;
    if (!isHole && start >= 0) {
      holes.push({ start: start * PAGE_SIZE, end: frame * PAGE_SIZE });
      start = -1;
    }
  }
  return holes;
}

/** The frames of RAM that hold anything but zeros, in ascending order, none in a hole. */
export function* usedFrames(memory: Memory, holes: readonly RamHole[]): Generator<number> {
  const runs: Iterable<FrameRange> = memory.writtenFrames?.() ?? [{ start: 0, count: memory.frameCount }];
  let hole = 0;
  for (const { start, count } of runs) {
    for (let frame = start; frame < start + count; frame++) {
      while (hole < holes.length && frame * PAGE_SIZE >= holes[hole]!.end) hole++;
      if (hole < holes.length && frame * PAGE_SIZE >= holes[hole]!.start) continue;
      if (memory.writtenFrames !== undefined || holdsAnything(memory, frame)) yield frame;
    }
  }
}

function holdsAnything(memory: Memory, frame: number): boolean {
  const start = frame * PAGE_SIZE;
  for (let offset = 0; offset < PAGE_SIZE; offset += 4)
    if (memory.loadWord(start + offset) !== 0) return true;
  return false;
}
