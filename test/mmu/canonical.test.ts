import { beforeEach, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, READ, WRITE } from '../../src/mmu/index.ts';

/** The last bytes below the hole of 4-level paging. */
const LAST = 0x7fff_ffff_fffen;

describe('an access that ends where addresses are not canonical', () => {
  let memory: PhysicalMemory;
  let mmu: Mmu;

  beforeEach(() => {
    memory = new PhysicalMemory(1 << 20);
    mmu = new Mmu(memory, { cpu: 'broadwell', cr0: 0x8001_0011, cr3: 0x1000, cr4: 0x20, efer: 0x100 });
  });

  /** Maps the page below the hole to frame 5. */
  function mapLast(pte: number): void {
    memory.writeUint32(0x1000 + 0xff * 8, 0x2007);
    memory.writeUint32(0x2000 + 0x1ff * 8, 0x3007);
    memory.writeUint32(0x3000 + 0x1ff * 8, 0x4007);
    memory.writeUint32(0x4000 + 0x1ff * 8, pte);
  }

  it('raises #GP and touches no entry, mapped or not', () => {
    for (const pte of [0x5007, 0x5001, 0]) {
      mapLast(pte);
      expect(mmu.readUint32(LAST, READ)).toBe(FAULT);
      expect([mmu.faultVector, mmu.faultCode]).toEqual([13, 0]);
      expect(mmu.writeUint32(LAST, 0, WRITE)).toBe(FAULT);
      expect(mmu.faultVector).toBe(13);
      expect(mmu.readUint16(LAST + 1n, READ)).toBe(FAULT);
      expect(mmu.faultVector).toBe(13);
      expect(mmu.writeUint16(LAST + 1n, 0, WRITE)).toBe(FAULT);
      expect(mmu.faultVector).toBe(13);
      expect(memory.readUint32(0x4000 + 0x1ff * 8)).toBe(pte);
      expect(memory.readUint32(0x1000 + 0xff * 8)).toBe(0x2007);
    }
  });

  it('is an ordinary access up to the last canonical byte', () => {
    mapLast(0x5007);
    memory.writeUint16(0x5ffe, 0xbeef);
    expect(mmu.readUint16(LAST, READ)).toBe(0xbeef);
    expect(mmu.writeUint16(LAST, 0x1234, WRITE)).toBe(0);
    expect(memory.readUint16(0x5ffe)).toBe(0x1234);
  });

  it('wraps from the last address of all to address 0, which is canonical', () => {
    expect(mmu.readUint16(0xffff_ffff_ffff_ffffn, READ)).toBe(FAULT);
    expect(mmu.faultVector).toBe(14);
  });
});
