/** What the guest tries: a probe is an access, and the same access is made on our machine. */

import type { GuestAccess, Xen } from '../../src/xen/index.ts';

/** In the order of `guest.asm`; 0 is the end. `flat`: ring 1 through a segment of 4 GiB. */
const KINDS = [
  'ring1 read',
  'ring1 write',
  'ring1 fetch',
  'flat read',
  'flat write',
  'ring3 read',
  'ring3 write',
  'ring3 fetch',
] as const;

/** An access that the guest tries. */
export interface Probe {
  readonly how: (typeof KINDS)[number];
  readonly linear: number;
  /** What a write writes. */
  readonly value?: number;
}

/** The guest's initrd: what to try, in order. */
export function packProbes(probes: readonly Probe[]): Uint8Array {
  const words = new Uint32Array(3 * (probes.length + 1));
  for (const [i, { how, linear, value = 0 }] of probes.entries()) {
    words.set([KINDS.indexOf(how) + 1, linear, value], 3 * i);
  }
  return new Uint8Array(words.buffer);
}

/** What came of something that the guest did. */
export interface Outcome {
  /** The exception; 0x82: none. */
  readonly vector: number;
  /** The ring in which it happened. */
  readonly ring: number;
  readonly errorCode: number;
  /** The register, whatever set it last. */
  readonly cr2: number;
  /** What was read or written; after a fault, the address. */
  readonly value: number;
}

/** The vector of a hypercall, by which the guest reports. */
export const HYPERCALL = 0x82;
const RECORD_BYTES = 16;

/** Finds the stub's records in what an emulator printed. @throws Error if they do not end. */
export function unpackOutcomes(output: Uint8Array): Outcome[] {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.length);
  const start = bytes.indexOf('XBOO');
  const outcomes: Outcome[] = [];
  if (start < 0)
    throw new Error(`the stub did not start; the emulator says: ${bytes.toString('latin1').slice(-400)}`);
  let at = start + 4;
  for (; bytes[at] === 'R'.charCodeAt(0); at += RECORD_BYTES) {
    if (at + RECORD_BYTES > bytes.length) break;
    outcomes.push({
      vector: bytes[at + 1]!,
      ring: bytes[at + 2]!,
      errorCode: bytes.readUInt32LE(at + 4),
      cr2: bytes.readUInt32LE(at + 8),
      value: bytes.readUInt32LE(at + 12),
    });
  }
  if (bytes[at] !== 'E'.charCodeAt(0)) {
    throw new Error(
      `the domain stopped after ${outcomes.length} records: ${JSON.stringify(outcomes.at(-1))}`,
    );
  }
  return outcomes;
}

/**
 * Makes the same access on our machine.
 * @param hasLimit - Whether the CPU checks the limit of the guest's segments for it.
 */
export function tryProbe(xen: Xen, esp: number, probe: Probe, hasLimit: boolean): Outcome {
  const { how, linear, value = 0 } = probe;
  const [who, kind] = how.split(' ') as ['ring1' | 'flat' | 'ring3', GuestAccess['kind']];
  const ring = who === 'ring3' ? 3 : 1;
  // The guest's IRET to ring 3 takes five words from its stack.
  if (ring === 3) xen.access({ kind: 'write', linear: esp - 20, value: linear });
  const result = xen.access({ kind, linear, value, ring, segments: hasLimit && who !== 'flat' });
  const cr2 = Number(xen.mmu.cr2);
  if (!result.ok) {
    // An IRET beyond the limit of the new code segment faults before it leaves ring 1.
    const isIret = ring === 3 && kind === 'fetch' && result.stoppedBy === 'segmentation';
    return { vector: result.vector, ring: isIret ? 1 : ring, errorCode: result.code, cr2, value: linear };
  }
  const seen = { read: result.value!, write: value, fetch: linear }[kind];
  return { vector: HYPERCALL, ring, errorCode: 0, cr2, value: seen };
}
