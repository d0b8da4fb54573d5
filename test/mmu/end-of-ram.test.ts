/** The first frame that does not exist: what is read there is all ones, and what is written is lost. */

import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, NO_FAULT, READ, USER_READ, WRITE } from '../../src/mmu/index.ts';

/** The last RAM array is full, or shorter than the others. */
const SIZES = [
  ['a whole array', 0x200_0000],
  ['a short array', 0x2_0000],
] as const;

describe.each(SIZES)('a frame numbered frameCount, where RAM ends with %s', (_, sizeBytes) => {
  function machine(): { memory: PhysicalMemory; mmu: Mmu; beyond: number } {
    const memory = new PhysicalMemory(sizeBytes);
    const mmu = new Mmu(memory, { cr3: 0x1000 });
    return { memory, mmu, beyond: sizeBytes };
  }

  it('reads as ones through a page, and loses what is written', () => {
    const { memory, mmu, beyond } = machine();
    memory.writeUint32(0x1000, 0x2007);
    memory.writeUint32(0x2000, beyond | 7);
    memory.writeUint32(0x2004, (beyond - 0x1000) | 7);
    for (const access of ['missed', 'hit']) {
      expect(mmu.readUint32(0), access).toBe(0xffff_ffff);
      expect(mmu.writeUint32(0, 5), access).toBe(0);
      expect(mmu.readUint32(0), access).toBe(0xffff_ffff);
    }
    expect(mmu.readUint16(0xff)).toBe(0xffff);
    expect(mmu.readUint8(0xfff)).toBe(0xff);
    // The page before it is RAM to its last byte.
    expect(mmu.writeUint32(0x1ffc, 0x1234_5678)).toBe(0);
    expect(memory.readUint32(beyond - 4)).toBe(0x1234_5678);
  });

  it('is a table of ones: every entry present, for all, at the last frame', () => {
    const { memory, mmu, beyond } = machine();
    memory.writeUint32(0x1000, beyond | 7);
    const linear = Uint32Array.of(0x1234, 0x5678);
    const physical = new Uint32Array(2);
    expect(mmu.translateMany(linear, physical, USER_READ)).toBe(2);
    expect([...physical]).toEqual([0xffff_f234, 0xffff_f678]);
    expect(mmu.translate(0x9abc, WRITE)).toBe(0xffff_fabc);
    const codes = new Uint8Array(2);
    mmu.translateEach(
      linear.map((address) => address + 0x2_0000),
      physical,
      codes,
      WRITE,
    );
    expect([...codes]).toEqual([NO_FAULT, NO_FAULT]);
  });

  it('is a directory of ones', () => {
    const { mmu, beyond } = machine();
    mmu.cr3 = beyond;
    expect(mmu.translate(0x40_0123, READ)).toBe(0xffff_f123);
    const physical = new Uint32Array(1);
    expect(mmu.translateMany(Uint32Array.of(0x80_0123), physical, READ)).toBe(1);
    expect(physical[0]).toBe(0xffff_f123);
  });

  it('is no RAM without paging either', () => {
    const { mmu, beyond } = machine();
    mmu.cr0 = 1;
    expect(mmu.readUint32(beyond)).toBe(0xffff_ffff);
    expect(mmu.writeUint32(beyond, 1)).toBe(0);
    expect(mmu.readUint32(beyond - 4)).not.toBe(FAULT);
  });
});
