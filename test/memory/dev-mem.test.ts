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

  it('gives views that the platform itself takes for bytes', () => {
    const memory = new PhysicalMemory(8192);
    memory.write(4096, new TextEncoder().encode('XenoGues'));
    const mapping = new DevMem(memory).map(1);
    expect(ArrayBuffer.isView(mapping)).toBe(true);
    expect(new TextDecoder().decode(mapping.subarray(0, 8))).toBe('XenoGues');
    expect(Buffer.compare(mapping, memory.read(4096, 4096))).toBe(0);
    expect(new DataView(mapping.buffer, mapping.byteOffset).getUint8(0)).toBe(0x58);
    expect(structuredClone(mapping)).toEqual(memory.read(4096, 4096));
  });

  it('cannot take a view back, as its documentation says', () => {
    const memory = new PhysicalMemory(8192);
    const devMem = new DevMem(memory);
    const mapping = devMem.map(1);
    const part = mapping.subarray(0, 4);
    devMem.unmap(mapping);
    part[0] = 1;
    mapping[1] = 2;
    expect(memory.readUint16(4096)).toBe(0x0201);
  });

  it('refuses to unmap twice, and counts nothing for it', () => {
    const devMem = new DevMem(new PhysicalMemory(8192));
    const mapping = devMem.map(1);
    const again = devMem.map(1);
    devMem.unmap(mapping);
    expect(() => devMem.unmap(mapping)).toThrow('the mapping of frame 1 is already unmapped');
    expect(devMem.openCount).toBe(1);
    devMem.unmap(again);
    expect(devMem.openCount).toBe(0);
  });

  it('refuses what is not its own, and frames that do not exist', () => {
    const devMem = new DevMem(new PhysicalMemory(8192));
    expect(() => devMem.unmap(new Uint8Array(4096))).toThrow(
      'these bytes are not a mapping made by this DevMem',
    );
    const mapping = devMem.map(0);
    expect(() => devMem.unmap(mapping.subarray(0))).toThrow('give the very array that map returned');
    expect(() => new DevMem(new PhysicalMemory(8192)).unmap(mapping)).toThrow('not a mapping made by this');
    devMem.unmap(mapping);
    expect(() => devMem.map(2)).toThrow(RangeError);
    expect(() => new DevMem({ frameCount: 2 } as never)).toThrow('is no PhysicalMemory');
    expect([devMem.mapCount, devMem.openCount]).toEqual([1, 0]);
  });
});
