import { domainPointer } from './address-space.ts';
import { M2P_BASE } from './layout.ts';
import type { DomainState, XenState } from './state.ts';

/** A domain to be made known to Xen. */
export interface DomainOptions {
  /** Its number, 0 to 2^32 − 1. Domain 0 is privileged. */
  readonly id: number;
  /** Machine frames that it is given. */
  readonly frames: ArrayLike<number>;
  /** Frame of its per-domain table (slot 1021), of Xen's heap. It is cleared. Default: the first that is free. */
  readonly perDomainFrame?: number;
  /** Frame that it shares with Xen, of Xen's heap. It is cleared. Default: the first that is free. */
  readonly sharedInfoFrame?: number;
}

/** The first frame of Xen's heap that is given out; below lie Xen's image and its first tables. */
const FIRST_HEAP_FRAME = 0x200;
/** The first frame after Xen's heap. */
const HEAP_END_FRAME: number = M2P_BASE / 4096;

/** Checks a new domain, and says what Xen keeps of it. @throws RangeError for what the caller got wrong. */
export function newDomain(x: XenState, options: DomainOptions): DomainState {
  const { id, frames } = options;
  if (!(Number.isInteger(id) && id >= 0 && id <= 0xffff_ffff)) {
    throw new RangeError(`domain id ${id} is not a whole number from 0 to 4294967295`);
  }
  if (x.domains.has(id)) throw new RangeError(`domain ${id} exists already; choose another number`);
  const sharedInfoFrame = options.sharedInfoFrame ?? freeHeapFrame(x, options.perDomainFrame);
  const perDomainFrame = options.perDomainFrame ?? freeHeapFrame(x, sharedInfoFrame);
  checkFreeFrame(x, sharedInfoFrame);
  checkHeapFrame('perDomainFrame', perDomainFrame);
  for (const other of x.domains.values()) {
    if (other.perDomainFrame === perDomainFrame) {
      throw new RangeError(`frame ${perDomainFrame} is domain ${other.id}'s per-domain table already`);
    }
  }
  const given = new Set<number>([sharedInfoFrame, perDomainFrame]);
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]!;
    checkFreeFrame(x, frame);
    if (given.has(frame)) throw new RangeError(`frame ${frame} is given to domain ${id} twice`);
    given.add(frame);
  }
  const pointer = domainPointer(perDomainFrame);
  return { ...noDomain(), id, pointer, perDomainFrame, sharedInfoFrame };
}

/** Checks that a frame lies in Xen's heap. @throws RangeError if it does not. */
export function checkHeapFrame(name: string, frame: number): void {
  if (Number.isInteger(frame) && frame > 0 && frame < HEAP_END_FRAME) return;
  throw new RangeError(`${name} ${frame} is not a frame of Xen's heap, 1 to ${HEAP_END_FRAME - 1}`);
}

/** What Xen keeps of nobody. */
export function noDomain(): DomainState {
  return {
    id: -1,
    pointer: 0,
    perDomainFrame: 0,
    sharedInfoFrame: 0,
    cr3: 0,
    ldtBase: 0,
    ldtEntries: 0,
    ldtShadowPages: 0,
    gdtEntries: 0,
    totalPages: 0,
  };
}

function checkFreeFrame(x: XenState, frame: number): void {
  if (!(Number.isInteger(frame) && frame >= 0 && frame < x.frameCount)) {
    throw new RangeError(`frame ${frame} does not exist: the machine has frames 0 to ${x.frameCount - 1}`);
  }
  if (!x.frames.isFree(frame)) throw new RangeError(`frame ${frame} is in use`);
}

/** The first frame of the heap that no domain has. */
function freeHeapFrame(x: XenState, except: number | undefined): number {
  const used = new Set([except]);
  for (const { perDomainFrame, sharedInfoFrame } of x.domains.values()) {
    used.add(perDomainFrame).add(sharedInfoFrame);
  }
  for (let frame = FIRST_HEAP_FRAME; frame < HEAP_END_FRAME; frame++) {
    if (!used.has(frame) && x.frames.isFree(frame)) return frame;
  }
  throw new RangeError('no frame of the Xen heap is free');
}
