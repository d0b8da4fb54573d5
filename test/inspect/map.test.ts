import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MapRun, mapOf } from '../../src/inspect/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ } from '../../src/mmu/index.ts';
import type { Mapper } from '../../src/tables/index.ts';
import { smallDomain } from '../support/domain.ts';
import { tablesAt } from '../support/tables-at.ts';

/** 4-level paging, nothing mapped yet. */
function machine(): { mmu: Mmu; mapper: Mapper } {
  const memory = new PhysicalMemory(0x1_0000);
  const mapper = tablesAt(memory, '4-level');
  return { mmu: new Mmu(memory, mapper.registers), mapper };
}

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

  it('lists only what a range touches, a large page at its border whole', () => {
    const { mmu, mapper } = machine();
    mapper.map(0x10_0000, 0, 0x10_0000);
    mapper.map(0x20_0000, 0x20_0000, 0x20_0000, { pageSize: 0x20_0000, writable: true });
    const inRange = (start: number, end: number) =>
      [...mapOf(mmu, { range: { start, end } })].map((run) => [run.start, run.end]);
    expect(inRange(0x10_3000, 0x10_5000)).toEqual([[0x10_3000, 0x10_5000]]);
    expect(inRange(0x1f_f000, 0x20_1000)).toEqual([
      [0x1f_f000, 0x20_0000],
      [0x20_0000, 0x40_0000],
    ]);
    expect(inRange(0x40_0000, 2 ** 32)).toEqual([]);
    expect(() => inRange(2, 1)).toThrow(RangeError);
  });

  it('cuts a run where names change, and counts each part by itself', () => {
    const { mmu, mapper } = machine();
    mapper.map(0x1000, 0x1000, 0x3000, { accessed: true });
    mapper.map(0x4000, 0x4000, 0x5000);
    const names = [
      { name: 'two', start: 0x3000, end: 0x6000n },
      { name: 'all', start: 0n, end: 0x8000 },
    ];
    const nameOf = (linear: number | bigint) =>
      names.find(({ start, end }) => linear >= start && linear < end)?.name;
    const parts = [
      { start: 0x1000, end: 0x3000, name: 'all', physical: 0x1000, pages: 2, accessed: 2 },
      { start: 0x3000, end: 0x6000, name: 'two', physical: 0x3000, pages: 3, accessed: 1 },
      { start: 0x6000, end: 0x8000, name: 'all', physical: 0x6000, pages: 2, accessed: 0 },
      { start: 0x8000, end: 0x9000, name: undefined, physical: 0x8000, pages: 1, accessed: 0 },
    ];
    expect([...mapOf(mmu, { names })]).toMatchObject(parts);
    expect([...mapOf(mmu, { nameOf })]).toMatchObject(parts);
    const range = { start: 0x2000, end: 0x4000 };
    const cut = [
      { start: 0x2000, end: 0x3000, name: 'all', pages: 1 },
      { start: 0x3000, end: 0x4000, name: 'two', pages: 1 },
    ];
    expect([...mapOf(mmu, { names, range })]).toMatchObject(cut);
    expect([...mapOf(mmu, { nameOf, range })]).toMatchObject(cut);
  });

  it('names a page by its first address, by ranges as by a function', () => {
    const border = fc.integer({ min: 0, max: 0x80_0000 });
    const ranges = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b', 'c'), start: border, bytes: border }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(ranges, fc.constantFrom(0x1000, 0x20_0000), (list, pageSize) => {
        const { mmu, mapper } = machine();
        mapper.map(0x20_0000, 0, 0x40_0000, { pageSize: pageSize as 0x1000 });
        const names = list.map(({ name, start, bytes }) => ({ name, start, end: start + bytes }));
        const nameOf = (linear: number | bigint) =>
          names.find(({ start, end }) => linear >= start && linear < end)?.name;
        expect([...mapOf(mmu, { names })]).toEqual([...mapOf(mmu, { nameOf })]);
      }),
    );
  });

  it('names parts of a run of 2^35 pages by ranges at once; a function is refused', () => {
    const memory = new PhysicalMemory(0x2000);
    for (let i = 0; i < 512; i++) memory.writeUint32(0x1000 + 8 * i, 0x1003);
    const mmu = new Mmu(memory, { cpu: 'core2', cr3: 0x1000, cr4: 0x20, efer: 0x100 });
    const names = [{ name: 'shadow', start: 0xffff_ec00_0000_0000n, end: 0xffff_fc00_0000_0000n }];
    expect([...mapOf(mmu, { names })].map(({ name, start, pages }) => [name, start, pages])).toEqual([
      [undefined, 0, 2 ** 35],
      [undefined, 0xffff_8000_0000_0000n, 0x6c00_0000_0000 / 4096],
      ['shadow', 0xffff_ec00_0000_0000n, 2 ** 32],
      [undefined, 0xffff_fc00_0000_0000n, 2 ** 30],
    ]);
    expect(() => [...mapOf(mmu, { nameOf: () => undefined })]).toThrow(
      `a run of ${2 ** 35} pages is too long to be named page by page; give ranges as`,
    );
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
