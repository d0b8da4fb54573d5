import { describe, expect, it } from 'vitest';
import { type BuildOptions, buildDomain, packKernel, type XenPlacement } from '../../src/builder/index.ts';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';
import { verifyDomain } from '../../src/verify/index.ts';

const MIB = 2 ** 20;

/** Builds a domain in memory full of 0xa5, where what the builder should clear and did not shows. */
function complaints(options: Partial<BuildOptions> & { pages: number; loadAddress?: number }): string[] {
  const { pages, loadAddress = 0xc000_0000, ...rest } = options;
  const memory = new PhysicalMemory(32 * MIB);
  memory.write(0, new Uint8Array(memory.sizeBytes).fill(0xa5));
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 0x200 }] });
  const domain = buildDomain(memory, {
    profile: 'xen-1.2',
    frames: allocator.allocate(pages, { order: 'scattered', seed: 7 }),
    sharedInfoFrame: 0x120,
    kernel: packKernel(new Uint8Array(70_000).fill(0x90), loadAddress),
    domainId: 3,
    ...rest,
  });
  const { claims } = verifyDomain(memory, domain);
  return claims.flatMap(({ name, counterexample }) =>
    counterexample ? [`${name}: ${counterexample.text}`] : [],
  );
}

const placements: readonly (XenPlacement | undefined)[] = [
  undefined,
  {
    kind: 'image',
    image: new Uint8Array(3 * 4096 - 5),
    frames: Uint32Array.of(0x101, 0x100, 0x102),
    tables: Uint32Array.of(0x103),
  },
  { kind: 'slots' },
];

describe('verifyDomain accepts what buildDomain builds', () => {
  for (const profile of ['document', 'xen-1.2'] as const) {
    for (const xen of placements) {
      it(`in the profile ${profile} with Xen's place: ${xen?.kind ?? 'none'}`, () => {
        expect(complaints({ pages: 256, profile, ...(xen && { xen }) })).toEqual([]);
      });
    }
  }

  it('with an initrd and a command line', () => {
    const initrd = new Uint8Array(8192).fill(1);
    expect(complaints({ pages: 1024, initrd, commandLine: 'a'.repeat(400) })).toEqual([]);
  });

  it('across two page tables, from an address that is not 4 MiB-aligned', () => {
    expect(complaints({ pages: 1024, loadAddress: 0xc03f_f000 })).toEqual([]);
  });

  it('up to the very start of Xen', () => {
    const xen: XenPlacement = { kind: 'slots' };
    expect(complaints({ pages: 4096, loadAddress: 0xfb00_0000, xen })).toEqual([]);
  });

  it('with an empty kernel in the smallest domain', () => {
    const kernel = packKernel(new Uint8Array(0), 0xc000_0000);
    expect(complaints({ pages: 4, kernel })).toEqual([]);
    expect(complaints({ pages: 3, kernel, profile: 'document' })).toEqual([]);
  });
});

describe('verifyDomain refuses', () => {
  it('a description whose lists went through JSON, rather than to find fault with the memory', () => {
    const memory = new PhysicalMemory(4 * MIB);
    const frames = new FrameAllocator(memory).allocate(64);
    const kernel = packKernel(Uint8Array.of(0xeb, 0xfe), 0xc000_0000);
    const domain = buildDomain(memory, { profile: 'xen-1.2', frames, sharedInfoFrame: 99, kernel });
    for (const field of ['frames', 'pageTables', 'updates'] as const) {
      const copy = { ...domain, [field]: [...domain[field]] } as never;
      expect(() => verifyDomain(memory, copy)).toThrow(`domain.${field} is no Uint32Array`);
    }
    expect(() => verifyDomain(memory, { ...domain, commandLine: 'ro' as never })).toThrow(
      'domain.commandLine is no Uint8Array',
    );
  });
});
