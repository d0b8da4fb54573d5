import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MapRun, mapOf } from '../../src/inspect/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ } from '../../src/mmu/index.ts';
import { smallDomain } from '../support/domain.ts';

describe('mapOf', () => {
  it('folds pages of equal rights into runs', () => {
    const { memory, domain } = smallDomain();
    const runs = [...mapOf(new Mmu(memory, { cr3: domain.pageDirectory, cr4: 0x90 }))];
    const end = 0xc000_0000 + 512 * 4096;
    expect(runs.slice(0, 2)).toMatchObject([
      {
        start: 0xc000_0000,
        end: end - 8192,
        pageSize: 4096,
        rights: { writable: true, user: false },
        contiguous: false,
      },
      { start: end - 8192, end, pageSize: 4096, rights: { writable: false, user: false } },
    ]);
    expect(runs[2]).toMatchObject({
      start: 0xfc00_0000,
      bytes: 0x40_0000,
      pageSize: 0x40_0000,
      global: true,
      contiguous: true,
    });
    expect(runs[3]).toMatchObject({ start: 0xfc40_0000, end: 0xff00_0000, physical: 0, contiguous: true });
  });

  it('keeps names apart', () => {
    const { memory, domain } = smallDomain();
    const mmu = new Mmu(memory, { cr3: domain.pageDirectory, cr4: 0x90 });
    const nameOf = (linear: number | bigint) =>
      domain.layout.find(({ start, end }) => linear >= start && linear < end)?.name;
    const names = [...mapOf(mmu, { nameOf })].map(({ name }) => name);
    expect(names.slice(0, 6)).toEqual([
      'kernel',
      'free',
      'start_info',
      'unused',
      'page tables',
      'page directory',
    ]);
  });

  it('gives addresses beyond 2^53 as bigints, in both halves of a 48-bit space', () => {
    const memory = new PhysicalMemory(0x10_0000);
    const entry = (at: number, value: number): void => memory.writeUint32(at, value);
    entry(0x1000, 0x2003);
    entry(0x1800, 0x2003); // the upper half's first PML4 entry
    entry(0x2000, 0x3003);
    entry(0x3000, 0x0083);
    const mmu = new Mmu(memory, { cpu: 'core2', cr3: 0x1000, cr4: 0x20, efer: 0x100 });
    expect([...mapOf(mmu)]).toMatchObject([
      { start: 0, end: 0x20_0000, pageSize: 0x20_0000 },
      { start: 0xffff_8000_0000_0000n, end: 0xffff_8000_0020_0000n },
    ]);
  });

  it('is empty without paging, and where nothing is mapped', () => {
    const memory = new PhysicalMemory(0x10_0000);
    expect([...mapOf(new Mmu(memory, { cr0: 1 }))]).toEqual([]);
    expect([...mapOf(new Mmu(memory, { cr3: 0x1000 }))]).toEqual([]);
  });

  it('says of every page what explain says of it', () => {
    const entry = fc.record({ slot: fc.constantFrom(0, 1, 512, 1023), bits: fc.nat(0x1ff) });
    const page = fc.record({
      table: fc.nat(1),
      index: fc.constantFrom(0, 1, 2, 3, 1022, 1023),
      bits: fc.nat(0x1ff),
      frame: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(entry), fc.array(page), (entries, pages) => {
        const memory = new PhysicalMemory(0x10_0000);
        for (const { slot, bits } of entries)
          memory.writeUint32(0x1000 + slot * 4, 0x2000 + (slot % 2) * 0x1000 + (bits & ~0x80));
        for (const { table, index, bits, frame } of pages)
          memory.writeUint32(0x2000 + table * 0x1000 + index * 4, frame * 4096 + bits);
        const mmu = new Mmu(memory, { cr3: 0x1000, cr4: 0x90 });
        const runs = [...mapOf(mmu)];
        const runAt = (linear: number): MapRun | undefined =>
          runs.find(({ start, end }) => linear >= start && linear < end);
        for (const slot of [0, 1, 2, 512, 1023]) {
          for (const index of [0, 1, 2, 3, 4, 1021, 1022, 1023]) {
            const linear = slot * 0x40_0000 + index * 4096;
            const report = mmu.explain(linear, READ);
            const run = runAt(linear);
            expect(run !== undefined).toBe(report.ok);
            if (!report.ok || run === undefined) continue;
            expect(run.rights).toEqual(report.rights);
            expect(run.global).toBe(report.global);
            if (run.contiguous) expect(run.physical + linear - Number(run.start)).toBe(report.physical);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
