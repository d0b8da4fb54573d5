import { type BuildOptions, buildDomain, sampleKernel } from '../../src/builder/index.ts';
import type { SavedMachine } from '../../src/formats/index.ts';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';

/** A small domain with scattered frames above those that Xen maps, and Xen's slots installed. */
export function smallDomain(options: Partial<BuildOptions> = {}, pageCount = 512): SavedMachine {
  const memory = new PhysicalMemory(64 * 2 ** 20);
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 0x2c00 }] });
  const frames = allocator.allocate(pageCount, { order: 'scattered', seed: 7 });
  const domain = buildDomain(memory, {
    profile: 'xen-1.2',
    frames,
    sharedInfoFrame: 0x120,
    kernel: sampleKernel(64 * 1024),
    xen: { kind: 'slots' },
    ...options,
  });
  return { memory, domain };
}
