import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, type MmuOptions, READ, TLB_GEOMETRIES, WRITE } from '../../src/mmu/index.ts';
import { LINEAR_PAGES, MAX_FILLS, PageTlb } from '../../src/tlb/page-tlb.ts';
import { tablesAt } from '../support/tables-at.ts';

/** Where {@link tablesAt} puts them. */
const DIRECTORY = 0x1000;
const TABLE = 0x2000;

/** Linear 0–4 MiB mapped one to one by a table, 4–8 MiB by a 4 MiB page on physical 0. */
function machine(options: MmuOptions = {}): { memory: PhysicalMemory; mmu: Mmu } {
  const memory = new PhysicalMemory(0x80_0000);
  const used = { writable: true, user: true, accessed: true, dirty: true };
  const mapper = tablesAt(memory, '32-bit');
  mapper.map(0, 0, 0x40_0000, used);
  mapper.map(0x40_0000, 0, 0x40_0000, { ...used, pageSize: 0x40_0000 });
  return { memory, mmu: new Mmu(memory, { cr3: DIRECTORY, cr4: 0x10, ...options }) };
}

describe('a TLB of the 386, 32 entries in sets of four', () => {
  const i386 = { cpu: 'i386', cr4: 0, tlb: TLB_GEOMETRIES.i386 } as const;

  it('counts a miss for each new page and a hit for each later use', () => {
    const { mmu } = machine(i386);
    for (let round = 0; round < 3; round++)
      for (let page = 0; page < 32; page++) mmu.translate(page << 12, READ);
    expect(mmu.tlb.statistics).toEqual({ hits: 64, misses: 32, fills: 32, evictions: 0 });
    expect(mmu.tlb.reachBytes).toBe(32 * 4096);
  });

  it('evicts when a fifth page falls into a set of four', () => {
    const { mmu } = machine(i386);
    for (let i = 0; i < 5; i++) mmu.translate((i * 8) << 12, READ);
    expect(mmu.tlb.statistics?.evictions).toBe(1);
    expect(mmu.tlb.lookup(0)).toBeUndefined();
    expect(mmu.tlb.lookup(8 << 12)).toMatchObject({ physical: 8 << 12, filledBy: READ });
  });

  it('keeps the entry used last under lru, the one filled last under fifo', () => {
    for (const [replacement, survivor] of [
      ['lru', 0],
      ['fifo', 8],
    ] as const) {
      const { mmu } = machine({ ...i386, tlb: { ...TLB_GEOMETRIES.i386, replacement } });
      for (const page of [0, 8, 16, 24, 0, 32]) mmu.translate(page << 12, READ);
      const cached = mmu.tlb.entries().map((entry) => Number(entry.linear) >>> 12);
      expect(cached).toContain(survivor);
      expect(cached).not.toContain(8 - survivor);
    }
  });

  it('starts its statistics anew when told to', () => {
    const { mmu } = machine(i386);
    mmu.translate(0, READ);
    mmu.tlb.resetStatistics();
    expect(mmu.tlb.statistics).toEqual({ hits: 0, misses: 0, fills: 0, evictions: 0 });
  });
});

describe('large pages', () => {
  it('take one entry of a bank of their own', () => {
    const { mmu } = machine({ tlb: TLB_GEOMETRIES.pentium });
    mmu.translate(0x40_0000, READ);
    mmu.translate(0x7f_f000, READ);
    expect(mmu.tlb.statistics).toMatchObject({ hits: 1, misses: 1 });
    expect(mmu.tlb.entries()).toMatchObject([{ linear: 0x40_0000, bytes: 0x40_0000, pageSize: 0x40_0000 }]);
  });

  it('are cached once, also where a stale 4 KiB page of theirs answered for a while', () => {
    const { memory, mmu } = machine({ tlb: TLB_GEOMETRIES.pentium });
    memory.writeUint32(TABLE, 0x1);
    mmu.translate(0, READ);
    // A 4 MiB page takes the table's place; another part of it is cached, and then what the stale entry refuses.
    memory.writeUint32(DIRECTORY, 0x83);
    mmu.translate(0x1000, READ);
    mmu.translate(0, WRITE);
    expect(mmu.tlb.entries()).toMatchObject([{ linear: 0, bytes: 0x40_0000, filledBy: WRITE }]);
    expect(mmu.tlb.statistics).toEqual({ hits: 0, misses: 3, fills: 3, evictions: 0 });
  });

  for (const [name, options] of [
    ['the default TLB', {}],
    ['a TLB without a bank for them', { tlb: { small: { entries: 64, ways: 1 } } }],
  ] as const) {
    it(`are cached in pieces by ${name}, and INVLPG anywhere drops every piece`, () => {
      const { mmu } = machine(options);
      mmu.translate(0x40_0000, READ);
      mmu.translate(0x41_0000, READ);
      mmu.translate(0x1000, READ);
      expect(mmu.tlb.entries()).toMatchObject([
        { linear: 0x40_0000, bytes: 0x1000, pageSize: 0x40_0000 },
        { linear: 0x41_0000, bytes: 0x1000, pageSize: 0x40_0000 },
        { linear: 0x1000, bytes: 0x1000, pageSize: 0x1000 },
      ]);
      mmu.invlpg(0x7f_ffff);
      expect(mmu.tlb.entries().map((entry) => entry.linear)).toEqual([0x1000]);
    });
  }
});

describe('the default TLB after many fills without a flush', () => {
  it('still holds each page once, as it was filled last, and a load of CR3 still drops all of it', () => {
    const { mmu } = machine();
    for (const page of [1, 2]) mmu.translate(page << 12, READ);
    mmu.invlpg(0x2000);
    mmu.translate(0x2000, WRITE);
    let last = -1;
    // Some thousand fills of the same page: their list is tidied again and again.
    for (let fill = 0; fill < 5000; fill++) {
      mmu.invlpg(0x3000);
      mmu.translate(0x3000, fill % 2 === 0 ? READ : WRITE);
      if (fill % 10 !== 0) continue;
      const { fillNumber } = mmu.tlb.lookup(0x3000)!;
      expect(fillNumber).toBeGreaterThan(last);
      last = fillNumber;
    }
    mmu.invlpg(0x3000);
    mmu.translate(0x3000, WRITE);
    mmu.invlpg(0x1000);
    mmu.translate(0x1000, WRITE);
    expect(mmu.tlb.entries().map(({ linear, filledBy }) => [linear, filledBy])).toEqual([
      [0x2000, WRITE],
      [0x3000, WRITE],
      [0x1000, WRITE],
    ]);
    mmu.cr3 = DIRECTORY;
    expect(mmu.tlb.size).toBe(0);
  });
});

describe('the list of fills', () => {
  const WORD = 1;

  it('stays short where the same pages are dropped and filled again, so that it stays in the cache', () => {
    const tlb = new PageTlb(() => undefined);
    for (let fill = 0; fill < 100_000; fill++) {
      const linear = (fill % 1000) << 12;
      tlb.invalidate(linear, 1024, true);
      tlb.fill(linear, WORD, READ);
    }
    expect(tlb.fills).toHaveLength(4096);
    expect([...tlb.entries()].map(({ page }) => page)).toEqual(
      Array.from({ length: 1000 }, (_, page) => page),
    );
    expect([...tlb.entries()].at(-1)).toMatchObject({ page: 999, fillNumber: 99_999 });
    tlb.flush();
    expect([...tlb.entries()]).toEqual([]);
    tlb.fill(0x5000, WORD, READ);
    expect([...tlb.entries()]).toMatchObject([{ page: 5, fillNumber: 0 }]);
  });

  it('grows where every page is another one, and forgets none', () => {
    const tlb = new PageTlb(() => undefined);
    for (let page = 0; page < 100_000; page++) tlb.fill(page << 12, WORD, READ);
    expect(tlb.fillCount).toBe(100_000);
    expect([...tlb.entries()]).toHaveLength(100_000);
  });

  it('is tidied in its place where it can grow no more', () => {
    const arrays = { words: new Int32Array(LINEAR_PAGES), fills: new Int32Array(MAX_FILLS) };
    const tlb = new PageTlb(
      () => undefined,
      () => arrays,
    );
    for (let fill = 0; fill <= MAX_FILLS; fill++) tlb.fill((fill & 7) << 12, WORD, READ);
    expect(tlb.fills).toBe(arrays.fills);
    expect(tlb.fillCount).toBe(9);
    // What it was tidied with is as clean as before.
    for (let fill = 0; fill < MAX_FILLS; fill++) tlb.fill((fill & 7) << 12, WORD, READ);
    expect([...tlb.entries()].map(({ page }) => page)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('Tlb.stale', () => {
  const changes = [
    ['not-present', 0],
    ['frame', 0x9067],
    ['rights', 0x3065],
    ['accessed-cleared', 0x3047],
    ['dirty-cleared', 0x3027],
  ] as const;
  for (const [kind, pte] of changes) {
    it(`says ${kind} when the table entry becomes 0x${pte.toString(16)}`, () => {
      for (const options of [{}, { tlb: TLB_GEOMETRIES.pentium }]) {
        const { memory, mmu } = machine(options);
        mmu.translate(0x3123, WRITE);
        expect(mmu.tlb.stale()).toEqual([]);
        memory.writeUint32(TABLE + 3 * 4, pte);
        expect(mmu.tlb.stale()).toMatchObject([
          { entry: { linear: 0x3000, filledBy: WRITE }, differs: [kind] },
        ]);
        expect(mmu.translate(0x3123, WRITE)).toBe(0x3123);
      }
    });
  }

  it('says page-size when a directory entry turns from table to large page', () => {
    const { memory, mmu } = machine();
    mmu.translate(0x3000, READ);
    memory.writeUint32(DIRECTORY, 0x0e7);
    expect(mmu.tlb.stale()[0]?.differs).toEqual(['page-size']);
  });

  it('does not call an entry stale because RAM has become dirty through another one', () => {
    const { memory, mmu } = machine();
    memory.writeUint32(TABLE + 12, 0x3027);
    mmu.translate(0x3000, READ);
    memory.writeUint32(TABLE + 12, 0x3067);
    expect(mmu.tlb.stale()).toEqual([]);
  });

  it('names what would drop an entry: on a 386 only MOV CR3, for a global one not even that', () => {
    const old = machine({ cpu: 'i386', cr4: 0 }).mmu;
    old.translate(0x3000, READ);
    expect(old.tlb.droppedBy(old.tlb.entries()[0]!)).toEqual([{ by: 'mov-cr3', pcid: undefined }]);

    const { memory, mmu } = machine({ cr4: 0x90 });
    memory.writeUint32(TABLE + 12, 0x3167);
    mmu.translate(0x3000, READ);
    expect(mmu.tlb.droppedBy(mmu.tlb.entries()[0]!)).toEqual([
      { by: 'invlpg', linear: 0x3000 },
      { by: 'cr4-pge' },
    ]);
  });
});

describe('a geometry', () => {
  it('must be of powers of two', () => {
    const make = (entries: number, ways: number): unknown => machine({ tlb: { small: { entries, ways } } });
    expect(() => make(48, 4)).toThrow('TLB small.entries 48 is not a power of two from 1 to 1048576');
    expect(() => make(32, 64)).toThrow('TLB small.ways 64 is not a power of two from 1 to its entries, 32');
  });

  it('gives the same translations as the default TLB', () => {
    const plain = machine().mmu;
    const modelled = machine({ tlb: { small: { entries: 4, ways: 1 }, large: { entries: 1, ways: 1 } } }).mmu;
    for (let i = 0; i < 4000; i++) {
      const linear = Math.imul(i, 2654435761) & 0x7f_ffff;
      const access = i % 2 === 0 ? READ : WRITE;
      expect(modelled.translate(linear, access)).toBe(plain.translate(linear, access));
    }
  });
});
