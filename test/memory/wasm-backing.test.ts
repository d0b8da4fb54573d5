import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDomain, packKernel } from '../../src/builder/index.ts';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ, WRITE } from '../../src/mmu/index.ts';

const SIZE = 9 * 2 ** 20;

/** Node has WebAssembly: a test without it would compare the plain backing with itself. */
function wasm(bytes: number): PhysicalMemory {
  const memory = new PhysicalMemory(bytes, { backing: 'wasm' });
  expect([memory.backing, memory.backingRefusal]).toEqual(['wasm', undefined]);
  return memory;
}

const address = fc.oneof(
  fc.nat(SIZE - 1),
  fc.nat(40).map((n) => SIZE - 20 + n),
  fc.nat(40).map((n) => 4076 + n),
);
const step = fc.oneof(
  fc.tuple(
    fc.constantFrom('readUint8', 'readUint16', 'readUint32', 'frame', 'frames'),
    address,
    fc.constant(0),
  ),
  fc.tuple(fc.constantFrom('writeUint8', 'writeUint16', 'writeUint32', 'write', 'read'), address, fc.nat()),
);

function act(memory: PhysicalMemory, [what, at, value]: [string, number, number]): unknown {
  try {
    if (what === 'write') return memory.write(at, new Uint8Array(value % 9000).fill(value));
    if (what === 'read') return [...memory.read(at, value % 9000)];
    if (what === 'frame') return [...memory.frame(at >>> 12).subarray(0, 8)];
    if (what === 'frames') return [...memory.writtenFrames()];
    if (what === 'readUint8' || what === 'readUint16' || what === 'readUint32') return memory[what](at);
    return memory[what as 'writeUint8'](at, value);
  } catch (error) {
    return (error as Error).message;
  }
}

describe('RAM in WebAssembly memory', () => {
  it('is RAM as any other, errors included', () => {
    const [inside, plain] = [wasm(SIZE), new PhysicalMemory(SIZE)];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        for (const each of steps) expect(act(inside, each)).toEqual(act(plain, each));
        expect(inside.allocatedBytes).toBe(plain.allocatedBytes);
      }),
      { numRuns: 40 },
    );
    expect(Buffer.compare(inside.read(0, SIZE), plain.read(0, SIZE))).toBe(0);
  });

  it.each(['xen-1.2', 'document', 'xen-3.0'] as const)('holds the same domain: %s', (profile) => {
    const [inside, plain] = [wasm(SIZE), new PhysicalMemory(SIZE)];
    const domains = [inside, plain].map((memory) => {
      memory.write(0, new Uint8Array(SIZE).fill(0xa5));
      const frames = new FrameAllocator(memory, { reserved: [{ start: 0, count: 4 }] }).allocate(2200, {
        order: 'scattered',
      });
      // Not at the start of a table.
      const kernel = packKernel(new Uint8Array(70_000).fill(0x90), 0xc010_3000);
      return buildDomain(memory, { profile, frames, sharedInfoFrame: 3, kernel });
    });
    expect(domains[0]).toEqual(domains[1]);
    expect(Buffer.compare(inside.read(0, SIZE), plain.read(0, SIZE))).toBe(0);
    const [a, b] = [inside, plain].map((memory) => {
      const mmu = new Mmu(memory, { cr3: domains[0]!.pageDirectory });
      const linear = Uint32Array.from({ length: 9000 }, (_, i) => 0xc010_3000 + (i % 2200) * 4096 + i);
      const physical = new Uint32Array(9000);
      const done = [mmu.translateMany(linear, physical, READ), mmu.translateMany(linear, physical, WRITE)];
      return { done, physical, cr2: mmu.cr2, entries: mmu.tlb.entries() };
    });
    expect(a).toEqual(b);
    expect(a!.done[0]).toBeGreaterThan(500);
    expect(Buffer.compare(inside.read(0, SIZE), plain.read(0, SIZE))).toBe(0);
  });

  it('serves more MMUs than there is room for', () => {
    const memory = wasm(2 ** 20);
    memory.writeUint32(0x1000, 0x2007);
    for (let i = 0; i < 1024; i++) memory.writeUint32(0x2000 + 4 * i, ((i % 200) << 12) | 7);
    const linear = Uint32Array.from({ length: 1024 }, (_, i) => i * 4096);
    for (let i = 0; i < 14; i++) {
      const mmu = new Mmu(memory, { cr3: 0x1000 });
      const physical = new Uint32Array(1024);
      expect(mmu.translateMany(linear, physical, READ)).toBe(1024);
      expect([...physical]).toEqual(Array.from(linear, (_, page) => (page % 200) * 4096));
      expect(mmu.tlb.size).toBe(1024);
    }
  });

  it('is plain RAM where there is no WebAssembly or not so much of it, and says so', () => {
    const large = new PhysicalMemory(2 ** 32, { backing: 'wasm' });
    expect([large.backing, large.backingRefusal]).toEqual(['plain', expect.stringContaining('up to 39')]);
    const { WebAssembly } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      const memory = new PhysicalMemory(4096, { backing: 'wasm' });
      expect([memory.backing, memory.backingRefusal]).toEqual([
        'plain',
        expect.stringContaining('the host gives no'),
      ]);
      memory.writeUint32(8, 7);
      expect(memory.readUint32(8)).toBe(7);
    } finally {
      Reflect.set(globalThis, 'WebAssembly', WebAssembly);
    }
    expect(new PhysicalMemory(4096).backingRefusal).toBeUndefined();
    expect(() => new PhysicalMemory(4096, { backing: 'flash' as 'wasm' })).toThrow(
      "backing 'flash' is neither",
    );
  });
});
