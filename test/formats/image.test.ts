import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDomain, sampleKernel } from '../../src/builder/index.ts';
import { ImageError, isImage, loadImage, type SavedMachine, saveImage } from '../../src/formats/index.ts';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';

function machine(xen?: 'slots' | 'image'): SavedMachine {
  const memory = new PhysicalMemory(16 * 2 ** 20);
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 64 }] });
  const frames = allocator.allocate(300, { order: 'scattered', seed: 3 });
  const domain = buildDomain(memory, {
    profile: 'document',
    frames,
    sharedInfoFrame: 2,
    kernel: sampleKernel(9000),
    initrd: Uint8Array.of(1, 2, 3),
    commandLine: 'größer',
    domainId: 7,
    ...(xen === 'slots' && { xen: { kind: 'slots' as const } }),
    ...(xen === 'image' && {
      xen: {
        kind: 'image' as const,
        image: Uint8Array.of(9),
        frames: Uint32Array.of(5),
        tables: Uint32Array.of(6),
      },
    }),
  });
  return { memory, domain };
}

describe('a saved image', () => {
  for (const xen of [undefined, 'slots', 'image'] as const) {
    it(`loads as the same memory and domain, with ${xen ?? 'nothing'} at Xen's place`, () => {
      const { memory, domain } = machine(xen);
      const loaded = loadImage(saveImage(memory, domain));
      expect(loaded.domain).toEqual(domain);
      expect(loaded.memory.sizeBytes).toBe(memory.sizeBytes);
      expect(Buffer.compare(loaded.memory.read(0, memory.sizeBytes), memory.read(0, memory.sizeBytes))).toBe(
        0,
      );
    });
  }

  it('loads from the middle of a larger buffer', () => {
    const { memory, domain } = machine();
    const file = saveImage(memory, domain);
    const buffer = Buffer.alloc(file.length + 13);
    buffer.set(file, 13);
    expect(loadImage(buffer.subarray(13)).domain).toEqual(domain);
  });

  it('leaves out what was never written', () => {
    const { memory, domain } = machine();
    expect(saveImage(memory, domain).length).toBeLessThan(64 * 1024);
  });

  it('is known by its first bytes', () => {
    expect(
      isImage(saveImage(...(Object.values(machine()) as [PhysicalMemory, SavedMachine['domain']]))),
    ).toBe(true);
    expect(isImage(new Uint8Array(20))).toBe(false);
  });
});

describe('a bad image (all else about its contents: test/machine)', () => {
  const { memory, domain } = machine('slots');
  const good = saveImage(memory, domain);

  it('is refused with its reason', () => {
    expect(() => loadImage(new Uint8Array(3))).toThrow('this is no saved image');
    const future = good.slice();
    future[8] = 3;
    expect(() => loadImage(future)).toThrow(
      'image version 3 is unknown; this program reads versions 1 and 2',
    );
    const garbled = good.slice();
    garbled[26] = 0x20;
    expect(() => loadImage(garbled)).toThrow("the checksum of its section 'head' at byte 12 is wrong");
  });

  it('is refused wherever it is cut short', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: good.length - 1 }), (length) => {
        expect(() => loadImage(good.subarray(0, length))).toThrow(ImageError);
      }),
    );
  });
});
