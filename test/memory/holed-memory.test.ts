import { describe, expect, it } from 'vitest';
import { READ, WRITE } from '../../src/arch/index.ts';
import { HoledMemory, PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu } from '../../src/mmu/index.ts';

/** 64 KiB with holes at frames 2–3 and 15. */
function holed(): HoledMemory {
  const ram = new PhysicalMemory(0x1_0000);
  for (let frame = 0; frame < 16; frame++) ram.writeUint32(frame * 4096, frame);
  return new HoledMemory(ram, [
    { start: 0x2000, end: 0x4000 },
    { start: 0xf000, end: 0x1_0000 },
  ]);
}

describe('a memory with holes', () => {
  it('answers as RAM outside them, and with ones inside and behind its end', () => {
    const memory = holed();
    expect([0x1ffc, 0x2000, 0x3ffc, 0x4000, 0xeffc, 0xf000, 0x1_0000].map((at) => memory.isRam(at))).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect([0x1000, 0x2000, 0x3000, 0x4000, 0xf000, 0x1_0000].map((at) => memory.loadWord(at))).toEqual([
      1, -1, -1, 4, -1, -1,
    ]);
    memory.storeWord(0x2000, 5);
    memory.storeWord(0x4000, 6);
    expect([memory.loadWord(0x2000), memory.readUint32(0x4000)]).toEqual([-1, 6]);
  });

  it('refuses an access of a program that reaches into a hole, from either side', () => {
    const memory = holed();
    expect(memory.readUint16(0x1ffe)).toBe(0);
    for (const access of [
      () => memory.readUint8(0x2000),
      () => memory.readUint16(0x1fff),
      () => memory.readUint32(0x3fff),
      () => memory.writeUint8(0x3fff, 1),
      () => memory.writeUint16(0x1fff, 1),
      () => memory.writeUint32(0x1ffd, 1),
      () => memory.read(0x1000, 0x1001),
      () => memory.write(0x1000, new Uint8Array(0x4000)),
    ]) {
      expect(access).toThrow(/reaches into the hole from 0x0000_2000 to 0x0000_4000, where there is no RAM/);
    }
    expect(memory.read(0x4000, 4)).toEqual(Uint8Array.of(4, 0, 0, 0));
  });

  it('tells which frames are written, without those of its holes', () => {
    expect([...holed().writtenFrames()]).toEqual([
      { start: 1, count: 1 },
      { start: 4, count: 11 },
    ]);
  });

  it('tells where RAM is', () => {
    expect([...holed().ranges()]).toEqual([
      { start: 0, end: 0x2000 },
      { start: 0x4000, end: 0xf000 },
    ]);
  });

  it('is walked as a CPU would: a table in a hole reads as ones', () => {
    const memory = holed();
    memory.writeUint32(0x1000, 0x2003);
    memory.writeUint32(0x1004, 0x4003);
    memory.writeUint32(0x4000, 0x5003);
    const mmu = new Mmu(memory, { cr3: 0x1000 });
    expect(mmu.translate(0x40_0000, WRITE)).toBe(0x5000);
    expect(mmu.explain(0, READ).steps[1]).toMatchObject({ entry: 0xffff_ffff });
  });

  it.each([
    [[{ start: 0x1000, end: 0x1000 }]],
    [[{ start: 0x1004, end: 0x2000 }]],
    [[{ start: 0xf000, end: 0x1_1000 }]],
    [
      [
        { start: 0x1000, end: 0x2000 },
        { start: 0x2000, end: 0x3000 },
      ],
    ],
  ])('has no holes such as %j', (holes) => {
    expect(() => new HoledMemory(new PhysicalMemory(0x1_0000), holes)).toThrow(RangeError);
  });
});
