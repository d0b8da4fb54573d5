import { describe, expect, it } from 'vitest';
import { DevMem, PhysicalMemory } from '../../src/memory/index.ts';

describe('DevMem', () => {
  it('maps a live frame', () => {
    const memory = new PhysicalMemory(8192);
    const devMem = new DevMem(memory);
    const mapping = devMem.map(1);
    expect(mapping).toBeInstanceOf(Uint8Array);
    expect(mapping.length).toBe(4096);
    mapping.set([1, 2, 3], 10);
    mapping[0] = 9;
    expect(Array.from(memory.read(4096, 13))).toEqual([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
    memory.writeUint8(4097, 7);
    expect(mapping[1]).toBe(7);
  });

  it('counts mappings', () => {
    const devMem = new DevMem(new PhysicalMemory(8192));
    const first = devMem.map(0);
    devMem.map(1);
    devMem.unmap(first);
    expect([devMem.mapCount, devMem.openCount]).toEqual([2, 1]);
  });

  it('refuses every use of a mapping after it was unmapped, and memory stays as it was', () => {
    const memory = new PhysicalMemory(8192);
    const devMem = new DevMem(memory);
    const mapping = devMem.map(1);
    devMem.unmap(mapping);
    const uses: (() => unknown)[] = [
      () => mapping[0],
      () => {
        mapping[0] = 1;
      },
      () => mapping.set([1]),
      () => mapping.length,
    ];
    for (const use of uses) expect(use).toThrow('the mapping of frame 1 was unmapped; map the frame again');
    expect(() => devMem.unmap(mapping)).toThrow('the mapping of frame 1 is already unmapped');
    expect(memory.readUint8(4096)).toBe(0);
  });

  it('refuses what is not its own, and frames that do not exist', () => {
    const devMem = new DevMem(new PhysicalMemory(8192));
    expect(() => devMem.unmap(new Uint8Array(4096))).toThrow(
      'these bytes are not a mapping made by this DevMem',
    );
    expect(() => devMem.map(2)).toThrow(RangeError);
    expect(devMem.mapCount).toBe(0);
  });
});
