import { type Access, FETCH, READ, USER_FETCH, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { FAULT, type Mmu } from '../mmu/mmu.ts';
import { Segment, segmentFault } from '../mmu/segment.ts';
import { XEN_DESCRIPTORS } from './layout.ts';

/**
 * What a guest's own instructions meet: segments first, then paging. Paging knows only ring 3 from the others, so that
 * it would let a ring-1 kernel into Xen; the segments that Xen gives it end at 0xfc3f_ffff.
 */

/** One access of a guest. */
export interface GuestAccess {
  /** What it does. */
  readonly kind: 'read' | 'write' | 'fetch';
  /** The linear address: the guest's segments are flat, so that it is the offset too. */
  readonly linear: number;
  /** The word to write. */
  readonly value?: number;
  /** The ring that the guest's code runs in: 1 its kernel, 3 its programs. Default 1. */
  readonly ring?: 1 | 3;
  /** False: as if there were no segment limit, to see what paging alone allows. Default true. */
  readonly segments?: boolean;
}

/** What came of an access. */
export type GuestResult =
  | {
      /** It was done. */
      readonly ok: true;
      /** The machine address. */
      readonly physical: number;
      /** The word that was read or fetched; undefined for a write. */
      readonly value: number | undefined;
    }
  | {
      /** The CPU faulted. */
      readonly ok: false;
      /** 13 #GP from the segment, 14 #PF from paging. */
      readonly vector: number;
      /** The error code. */
      readonly code: number;
      /** The address that a page fault leaves in CR2. */
      readonly cr2: number | undefined;
      /** Which of the two lines of defence it was. */
      readonly stoppedBy: 'segmentation' | 'paging';
    };

const ACCESSES: Readonly<Record<GuestAccess['kind'], readonly [ring1: Access, ring3: Access]>> = {
  read: [READ, USER_READ],
  write: [WRITE, USER_WRITE],
  fetch: [FETCH, USER_FETCH],
};

/** Code and data segments by ring, as Xen's GDT describes them. */
const SEGMENTS: Readonly<Record<1 | 3, readonly [code: Segment, data: Segment]>> = {
  1: [xensSegment(2), xensSegment(3)],
  3: [xensSegment(4), xensSegment(5)],
};

function xensSegment(index: number): Segment {
  const [low, high] = XEN_DESCRIPTORS[index]!;
  return Segment.decode((BigInt(high) << 32n) | BigInt(low));
}

/**
 * Makes an access of 32 bits as the guest that runs.
 *
 * @throws RangeError if the address is no multiple of 4 below 2^32.
 */
export function guestAccess(mmu: Mmu, access: GuestAccess): GuestResult {
  const { kind, linear, ring = 1 } = access;
  if (!(Number.isInteger(linear) && linear >= 0 && linear <= 0xffff_fffc && linear % 4 === 0)) {
    throw new RangeError(`linear address ${linear} is not a multiple of 4 from 0 to 4294967292`);
  }
  const segment = SEGMENTS[ring][kind === 'fetch' ? 0 : 1];
  const how = ACCESSES[kind][ring === 1 ? 0 : 1];
  if (access.segments !== false && segmentFault(segment, linear, how, 4) !== undefined) {
    return { ok: false, vector: 13, code: 0, cr2: undefined, stoppedBy: 'segmentation' };
  }
  const physical = mmu.translate(linear, how);
  if (physical === FAULT) {
    const { faultVector, faultCode, cr2 } = mmu;
    return { ok: false, vector: faultVector, code: faultCode, cr2: Number(cr2), stoppedBy: 'paging' };
  }
  if (kind === 'write') {
    mmu.memory.storeWord(physical, access.value ?? 0);
    return { ok: true, physical, value: undefined };
  }
  return { ok: true, physical, value: mmu.memory.loadWord(physical) >>> 0 };
}
