import { flushAll, needsFlush } from './flush.ts';
import { COUNT_ZOMBIE, TYPE_VALIDATED, TYPE_WRITABLE } from './frame-table.ts';
import { GDT_PAGES, IDLE_DIRECTORY, LDT_PAGES, XEN_HEAP_END } from './layout.ts';
import { perDomainEntry } from './ldt.ts';
import { dropFrame, giveFrame, takeFrame } from './references.ts';
import { unpinAndRelease } from './reservation.ts';
import type { DomainState, XenState } from './state.ts';
import { dropFrameAndType } from './types.ts';

/** How domains come and go: the frames they are given, and how every one of them comes back. */

/**
 * Gives frames to a domain, as they come from the free list. Translations to a frame's last owner may still be cached:
 * then the TLB is flushed first.
 */
export function giveFrames(x: XenState, domain: DomainState, frames: ArrayLike<number>): void {
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]!;
    if (x.frames.owner(frame) !== 0 && needsFlush(x, x.frames.stamp(frame))) flushAll(x, 'local');
    giveFrame(x, frame, domain.pointer);
  }
  domain.totalPages += frames.length;
}

/** Shares a frame of Xen's heap with a domain: the domain may map it writable, and Xen's reference keeps it so. */
export function shareFrame(x: XenState, domain: DomainState): void {
  x.memory.frame(domain.sharedInfoFrame).fill(0);
  x.frames.setOwner(domain.sharedInfoFrame, domain.pointer);
  x.frames.setType(domain.sharedInfoFrame, (TYPE_WRITABLE << 29) | TYPE_VALIDATED | 1);
  x.frames.setCount(domain.sharedInfoFrame, 1);
}

/**
 * Destroys a domain: what Xen itself refers to of it is dropped, then each of its frames loses its pin and its being
 * allocated, which frees all that nothing refers to any more. The caller must not run on the domain's directory.
 *
 * @returns The frames that are still referred to: a reference was lost, or directories map one another in a ring.
 */
export function destroyDomain(x: XenState, domain: DomainState): number[] {
  // Later versions drop the GDT and LDT here as well; the original of 2004 lost their references.
  for (let page = 0; page < GDT_PAGES + LDT_PAGES; page++) {
    const entry = perDomainEntry(domain, page);
    const frame = x.memory.loadWord(entry) >>> 12;
    if (frame !== 0) dropFrameAndType(x, frame);
    x.memory.storeWord(entry, 0);
  }
  domain.ldtShadowPages = 0;
  dropFrameAndType(x, domain.sharedInfoFrame);
  if (domain.cr3 !== 0) dropFrameAndType(x, domain.cr3 >>> 12);
  const frames = framesOf(x, domain);
  for (const frame of frames) {
    takeFrame(x, frame, domain.pointer);
    x.frames.setCount(frame, x.frames.count(frame) | COUNT_ZOMBIE);
    domain.totalPages--;
  }
  for (const frame of frames) {
    unpinAndRelease(x, frame);
    dropFrame(x, frame);
  }
  x.domains.delete(domain.id);
  return frames.filter((frame) => !x.frames.isFree(frame));
}

/** The frames that a domain has been given and that are not free. */
function framesOf(x: XenState, domain: DomainState): number[] {
  return x.frames
    .used(x.frameCount)
    .filter(
      (frame) =>
        frame * 4096 >= XEN_HEAP_END && x.frames.owner(frame) === domain.pointer && !x.frames.isFree(frame),
    );
}

/** Leaves the directory of whatever domain runs, for Xen's own, in which nothing else is mapped. */
export function runIdle(x: XenState): void {
  x.mmu.cr3 = IDLE_DIRECTORY;
  flushAll(x, 'local');
}
