import { COUNT_ALLOCATED, COUNT_MASK, COUNT_ZOMBIE } from './frame-table.ts';
import { XEN_HEAP_END } from './layout.ts';
import { domainOfPointer, refuse, type XenState } from './state.ts';

/**
 * References to frames: how many uses a frame has, whatever they are. A frame is free when none is left.
 */

/** Who may have translations of a freed frame: CPU 0. */
const CPU_0 = 1;

/** Takes a reference for an owner. */
export function takeFrame(x: XenState, frame: number, pointer: number): boolean {
  const word = x.frames.count(frame);
  if ((word & COUNT_MASK) === 0) return refuse(x, { rule: 'frame-free', frame });
  if (((word + 1) & COUNT_MASK) === 0) return refuse(x, { rule: 'count-overflow', frame });
  if ((word & COUNT_ZOMBIE) !== 0) return refuse(x, { rule: 'frame-dying', frame });
  const owner = x.frames.owner(frame);
  if (owner !== pointer) {
    const names = { caller: x.caller.id, owner: domainOfPointer(x, owner)?.id };
    return refuse(x, { rule: 'frame-not-owned', frame, ...names });
  }
  x.frames.setCount(frame, word + 1);
  return true;
}

/** Takes a reference for domain 0, to any frame that has one already, whoever owns it. */
function takeAnyFrame(x: XenState, frame: number): boolean {
  const word = x.frames.count(frame);
  if ((word & COUNT_MASK) === 0 || ((word + 1) & COUNT_MASK) === 0) return false;
  x.frames.setCount(frame, word + 1);
  return true;
}

/** Takes a reference in the caller's name. Beyond memory the words behind the frame table decide. */
export function takeFrameUnranged(x: XenState, frame: number): boolean {
  // Domain 0 may take whatever it owns too, so it is enough to look whether it may; if not, `takeFrame` says why.
  return (x.caller.id === 0 && takeAnyFrame(x, frame)) || takeFrame(x, frame, x.caller.pointer);
}

/** Takes a reference in the caller's name. */
export function takeCallersFrame(x: XenState, frame: number): boolean {
  if (frame >= x.frameCount) {
    return refuse(x, { rule: 'frame-beyond-memory', frame, frameCount: x.frameCount });
  }
  return takeFrameUnranged(x, frame);
}

/** Gives a reference back. The last one frees the frame. */
export function dropFrame(x: XenState, frame: number): void {
  const word = x.frames.count(frame) - 1;
  x.frames.setCount(frame, word);
  if ((word & COUNT_MASK) === 0) freeFrame(x, frame, word);
}

function freeFrame(x: XenState, frame: number, word: number): void {
  const { frames } = x;
  // Frames of Xen's heap go back to it, and need no flush before they are used again.
  const fromHeap = frame * 4096 < XEN_HEAP_END;
  const owner = fromHeap || (word & COUNT_ZOMBIE) !== 0 ? undefined : domainOfPointer(x, frames.owner(frame));
  frames.setOwner(frame, owner === undefined ? 0 : CPU_0);
  if (!fromHeap && (word & COUNT_ZOMBIE) === 0) {
    frames.setStamp(frame, x.clock);
    if (owner !== undefined) owner.totalPages--;
  }
  frames.setCount(frame, 0);
}

/** Marks a frame as a domain's, as it comes from the free list: one reference, for being allocated. */
export function giveFrame(x: XenState, frame: number, pointer: number): void {
  x.frames.setOwner(frame, pointer);
  x.frames.setType(frame, 0);
  x.frames.setCount(frame, COUNT_ALLOCATED | 1);
}
