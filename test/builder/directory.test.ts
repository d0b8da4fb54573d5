import { describe, expect, it } from 'vitest';
import { writeLargeDirectory } from '../../src/bench/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ, WRITE } from '../../src/mmu/index.ts';

const MIB = 2 ** 20;

describe('writeLargeDirectory', () => {
  it.each(['plain', 'wasm'] as const)('maps 4 MiB pages in order, and nothing else: %s', (backing) => {
    const memory = new PhysicalMemory(64 * MIB, { backing });
    expect(memory.backing).toBe(backing);
    for (const [pages, slot] of [
      [0, 0],
      [1, 1023],
      [5, 3],
      [240, 768],
      [1024, 0],
    ] as const) {
      // Beyond the first chunk of RAM, and not of an aligned frame.
      const directoryFrame = 0x2345;
      memory.write(directoryFrame * 4096, new Uint8Array(8192).fill(0xa5));
      const frames = Uint32Array.from({ length: pages }, (_, i) => ((i * 7) % 1024) * 1024);
      writeLargeDirectory(memory, { frames, loadAddress: slot * 4 * MIB, directoryFrame });
      const words = new Uint32Array(memory.read(directoryFrame * 4096, 4096).buffer);
      const wanted = new Uint32Array(1024);
      for (const [i, frame] of frames.entries()) wanted[slot + i] = frame * 4096 + 0xe3;
      expect(words).toEqual(wanted);
      expect(memory.readUint8(directoryFrame * 4096 + 4096)).toBe(0xa5);
      if (pages === 0) continue;
      const mmu = new Mmu(memory, { cr3: directoryFrame * 4096, cr4: 0x10 });
      expect(mmu.translate(slot * 4 * MIB + 0x12_3456, WRITE)).toBe(0x12_3456);
      expect(mmu.translate(((slot + pages) % 1024) * 4 * MIB, READ)).toBe(pages === 1024 ? 0 : -1);
    }
    expect([...memory.writtenFrames()]).toEqual([{ start: 0x2345, count: 2 }]);
  });

  it('refuses pages beyond the last entry, and a directory outside memory', () => {
    const memory = new PhysicalMemory(MIB);
    const plan = { frames: new Uint32Array(257), loadAddress: 0xc000_0000, directoryFrame: 0 };
    expect(() => writeLargeDirectory(memory, plan)).toThrow('257 pages of 4 MiB from directory entry 768 on');
    for (const directoryFrame of [256, -1, 0.5, '1' as never]) {
      const frames = new Uint32Array(1);
      expect(() => writeLargeDirectory(memory, { ...plan, frames, directoryFrame })).toThrow(
        'frames 0 to 255',
      );
    }
    expect(memory.allocatedBytes).toBe(0);
  });
});
