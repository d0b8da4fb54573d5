import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, READ, USER_READ, USER_WRITE, WRITE } from '../../src/mmu/index.ts';

/** Directory at 0x1000, one table at 0x2000 for 0x4000_0000, one page: 0x4000_5000 to frame 0x5000. */
function onePage(pde = 0x2007, pte = 0x5007): PhysicalMemory {
  const memory = new PhysicalMemory(0x10_0000);
  memory.writeUint32(0x1400, pde);
  memory.writeUint32(0x2014, pte);
  return memory;
}

describe('Mmu.translate', () => {
  it('walks directory and table to a frame', () => {
    const mmu = new Mmu(onePage(), { cr3: 0x1000 });
    expect(mmu.translate(0x4000_5123, READ)).toBe(0x5123);
  });

  it('sets A on a read, and D only on a write, also when the write hits the TLB', () => {
    const memory = onePage();
    const mmu = new Mmu(memory, { cr3: 0x1000 });
    mmu.translate(0x4000_5000, READ);
    expect([memory.readUint32(0x1400), memory.readUint32(0x2014)]).toEqual([0x2027, 0x5027]);
    mmu.translate(0x4000_5000, WRITE);
    expect([memory.readUint32(0x1400), memory.readUint32(0x2014)]).toEqual([0x2027, 0x5067]);
  });

  it('latches error code and CR2 when an entry is not present', () => {
    const mmu = new Mmu(onePage(0x2007, 0x5006), { cr3: 0x1000 });
    expect(mmu.translate(0x4000_5123, USER_WRITE)).toBe(FAULT);
    expect(mmu.faultVector).toBe(14);
    expect(mmu.faultCode).toBe(0b110);
    expect(mmu.cr2).toBe(0x4000_5123);
  });

  it('gives physical addresses above 2 GiB as unsigned numbers', () => {
    const mmu = new Mmu(onePage(0x2007, 0xf000_0007), { cr3: 0x1000 });
    expect(mmu.translate(0x4000_5123, READ)).toBe(0xf000_0123);
    expect(mmu.translate(0x4000_5123, READ)).toBe(0xf000_0123);
  });

  it('answers as explain does', () => {
    const mmu = new Mmu(onePage(0x2003), { cr3: 0x1000 });
    const report = mmu.explain(0x4000_5123, USER_READ);
    expect(report.ok).toBe(false);
    if (!report.ok) expect(report.fault).toMatchObject({ reason: 'user-access-to-supervisor-page', code: 5 });
    expect(mmu.tlb.size).toBe(0);
    expect(mmu.translate(0x4000_5123, USER_READ)).toBe(FAULT);
    expect(mmu.faultCode).toBe(5);
  });
});

describe('Mmu.tlb', () => {
  it('shows a stale entry, in what it differs and what would drop it', () => {
    const memory = onePage();
    const mmu = new Mmu(memory, { cr3: 0x1000 });
    mmu.translate(0x4000_5000, READ);
    expect(mmu.tlb.stale()).toEqual([]);
    memory.writeUint32(0x2014, 0x6027);
    expect(mmu.tlb.stale()).toMatchObject([
      {
        differs: ['frame'],
        droppedBy: [
          { by: 'invlpg', linear: 0x4000_5000 },
          { by: 'mov-cr3', pcid: undefined },
          { by: 'cr4-pge' },
        ],
      },
    ]);
    expect(mmu.translate(0x4000_5000, READ)).toBe(0x5000);
    mmu.invlpg(0x4000_5fff);
    expect(mmu.translate(0x4000_5000, READ)).toBe(0x6000);
  });
});
