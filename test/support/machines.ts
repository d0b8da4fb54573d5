/** A small domain, and what a machine's memory holds. */

import { buildDomain, sampleKernel } from '../../src/builder/index.ts';
import type { Machine } from '../../src/machine/index.ts';
import { FrameAllocator, type Memory, type PhysicalMemory } from '../../src/memory/index.ts';

/** A small domain in 2 MiB, with Xen placed as told. */
export function domainIn(memory: PhysicalMemory, kind: 'none' | 'slots' | 'image'): Machine['domain'] {
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 352 }] });
  return buildDomain(memory, {
    profile: kind === 'none' ? 'document' : 'xen-1.2',
    frames: allocator.allocate(40, { order: 'scattered', seed: 3 }),
    sharedInfoFrame: 2,
    kernel: sampleKernel(9000),
    commandLine: 'größer',
    domainId: 7,
    ...(kind === 'none' && { initrd: Uint8Array.of(1, 2, 3) }),
    ...(kind === 'slots' && { xen: { kind } }),
    ...(kind === 'image' && {
      xen: { kind, image: Uint8Array.of(9), frames: Uint32Array.of(5), tables: Uint32Array.of(6) },
    }),
  });
}

/** All bytes of a memory that can be read, holes as nothing. */
export function contentsOf(memory: Memory): Buffer {
  const frames: Uint8Array[] = [];
  for (let frame = 0; frame < memory.frameCount; frame++) {
    if (memory.isRam === undefined || memory.isRam(frame * 4096))
      frames.push(memory.read(frame * 4096, 4096));
    else frames.push(Uint8Array.of(frame, 0xff));
  }
  return Buffer.concat(frames);
}
