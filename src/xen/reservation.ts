import { COUNT_ALLOCATED, COUNT_PINNED } from './frame-table.ts';
import { EINVAL } from './mmu-update.ts';
import { dropFrame, takeFrame } from './references.ts';
import { refuse, type XenState } from './state.ts';
import { dropFrameAndType } from './types.ts';

/**
 * The reservation of memory made smaller: the caller gives frames back. A frame is free when its last use ends.
 * What this leaves to be flushed, the next update call does, whoever makes it.
 *
 * @returns How many frames were given back, or -22 (EINVAL) at the first that is not the caller's.
 */
export function decreaseReservation(x: XenState, frames: ArrayLike<number>): number {
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]!;
    if (frame >= x.frameCount) {
      refuse(x, { rule: 'frame-beyond-memory', frame, frameCount: x.frameCount });
      return EINVAL;
    }
    if (!takeFrame(x, frame, x.caller.pointer)) return EINVAL;
    unpinAndRelease(x, frame);
    dropFrame(x, frame);
  }
  return frames.length;
}

/** Gives back the references that the pin and the allocation took. The caller holds another one. */
export function unpinAndRelease(x: XenState, frame: number): void {
  if (clearFlag(x, frame, COUNT_PINNED)) dropFrameAndType(x, frame);
  if (clearFlag(x, frame, COUNT_ALLOCATED)) dropFrame(x, frame);
}

function clearFlag(x: XenState, frame: number, flag: number): boolean {
  const word = x.frames.count(frame);
  if ((word & flag) === 0) return false;
  x.frames.setCount(frame, word & ~flag);
  return true;
}
