import { describe, expect, it } from 'vitest';
import { CR0_PE, CR0_PG, CR4_PAE, EFER_LME, PTE_P, PTE_RW, PTE_US } from '../../src/arch/index.ts';
import { PhysicalMemory, type RamReader } from '../../src/memory/index.ts';
import {
  PageScan,
  type PageScanOptions,
  pageRuns,
  RUN_REPEAT,
  type WalkMachine,
} from '../../src/walk/index.ts';

const RW = PTE_P | PTE_RW | PTE_US;
const GIB = 2 ** 30;

/** RAM whose words are counted as they are read. */
class CountedRam implements RamReader {
  readonly memory = new PhysicalMemory(0x100_0000);
  readonly sizeBytes: number = this.memory.sizeBytes;
  reads = 0;
  loadWord(physical: number): number {
    this.reads++;
    return this.memory.loadWord(physical);
  }
  /** Fills a table of 64-bit entries. */
  fill(table: number, entry: (i: number) => number): void {
    for (let i = 0; i < 512; i++) this.memory.writeUint32(table + 8 * i, entry(i));
  }
}

/** A machine in 4-level paging with its root at 0x1000. */
function longMode(memory: RamReader): WalkMachine {
  return {
    memory,
    cpu: 'core2',
    registers: { cr0: (CR0_PG | CR0_PE) >>> 0, cr3: 0x1000, cr4: CR4_PAE, efer: EFER_LME },
  };
}

/** A machine in 32-bit paging with its directory at 0x1000. */
function plain(memory: RamReader): WalkMachine {
  return { memory, cpu: 'i386', registers: { cr0: (CR0_PG | CR0_PE) >>> 0, cr3: 0x1000, cr4: 0, efer: 0 } };
}

interface Row {
  readonly page: number;
  readonly pages: number;
  readonly repeats: boolean;
  readonly source: number;
  readonly physical: number;
}

function rowsOf(source: WalkMachine, options: PageScanOptions = {}): Row[] {
  const rows: Row[] = [];
  const scan = new PageScan(source, options);
  for (let count = scan.next(); count > 0; count = scan.next()) {
    for (let i = 0; i < count; i++) {
      rows.push({
        page: scan.page[i]!,
        pages: scan.pages[i]!,
        repeats: (scan.attributes[i]! & RUN_REPEAT) !== 0,
        source: scan.source[i]!,
        physical: scan.physical[i]!,
      });
    }
  }
  return rows;
}

describe('a scan of hostile tables', () => {
  it('finds 2^36 pages that one table maps through itself at once, as a run in each half', () => {
    const ram = new CountedRam();
    ram.fill(0x1000, () => 0x1000 | RW);
    const runs = [...pageRuns(longMode(ram))];
    expect(runs).toMatchObject([
      { start: 0, pages: 2 ** 35, physical: 0x1000, oneFrame: true, contiguous: false },
      { start: 0xffff_8000_0000_0000n, pages: 2 ** 35, physical: 0x1000, oneFrame: true },
    ]);
    expect(ram.reads).toBeLessThan(20_000);
  });

  it('finds a scattered table that all tables share at once, too', () => {
    const ram = new CountedRam();
    for (const table of [0x1000, 0x2000, 0x3000]) ram.fill(table, () => (table + 0x1000) | RW);
    ram.fill(0x4000, (i) => (((i * 7) % 512) << 12) | RW);
    expect([...pageRuns(longMode(ram))]).toMatchObject([
      { pages: 2 ** 35, contiguous: false, oneFrame: false },
      { pages: 2 ** 35, contiguous: false, oneFrame: false },
    ]);
    expect(ram.reads).toBeLessThan(20_000);
  });

  it('gives the first of endlessly many runs at once', () => {
    const ram = new CountedRam();
    ram.fill(0x1000, (i) => 0x1000 | (i % 2 === 0 ? RW : RW & ~PTE_RW));
    const first = pageRuns(longMode(ram)).next().value;
    expect(first).toMatchObject({ start: 0, pages: 1, rights: { writable: true } });
    expect(ram.reads).toBeLessThan(20_000);
  });

  it('leaves nothing out and lists little where repeats are marked', () => {
    const ram = new CountedRam();
    ram.fill(0x1000, (i) => 0x1000 | (i % 2 === 0 ? RW : RW & ~PTE_RW));
    const rows = rowsOf(longMode(ram), { repeats: 'mark' });
    expect(rows.reduce((pages, row) => pages + row.pages, 0)).toBe(2 ** 36);
    expect(rows.length).toBeLessThan(10_000);
    expect(rows.filter(({ repeats }) => repeats).length).toBeGreaterThan(500);
  });

  it('lists 65,536 aliases of one frame without walking their tables again', () => {
    // As Linux maps the espfix stacks: every sixteenth entry of one table, which all entries of the directory share.
    const ram = new CountedRam();
    ram.fill(0x1000, (i) => (i === 0 ? 0x2000 | RW : 0));
    ram.fill(0x2000, (i) => (i < 4 ? 0x3000 | RW : 0));
    ram.fill(0x3000, () => 0x4000 | RW);
    ram.fill(0x4000, (i) => (i % 16 === 0 ? 0x5000 | RW : 0));
    const all = rowsOf(longMode(ram));
    expect(all.length).toBe(65_536);
    expect(all.every(({ pages, physical }) => pages === 1 && physical === 0x5000)).toBe(true);
    const marked = rowsOf(longMode(ram), { repeats: 'mark' });
    expect(marked.length).toBe(32 + 511 + 3);
    expect(marked.at(-1)).toEqual({
      page: (3 * GIB) / 4096,
      pages: GIB / 4096,
      repeats: true,
      source: 0,
      physical: 0x3000,
    });
  });
});

describe('a scan in batches', () => {
  it.each([1, 1023, 1024, 1025, 2047, 2048, 2049, 3000])('gives all of %i runs', (count) => {
    const memory = new PhysicalMemory(0x100_0000);
    for (let i = 0; i < count; i++) {
      const table = 0x2000 + 0x1000 * Math.floor(i / 512);
      memory.writeUint32(0x1000 + 4 * Math.floor(i / 512), table | RW);
      memory.writeUint32(table + 8 * (i % 512), (i << 12) | RW);
    }
    const rows = rowsOf(plain(memory));
    expect(rows).toHaveLength(count);
    for (const [i, row] of rows.entries())
      expect(row).toMatchObject({ page: 2 * i, pages: 1, physical: i << 12 });
  });

  it('joins a run over the border of two batches', () => {
    const memory = new PhysicalMemory(0x100_0000);
    memory.writeUint32(0x1000, 0x2000 | RW);
    memory.writeUint32(0x1004, 0x3000 | RW);
    // 1,023 runs, of which the last two pages go on in the next table, then more.
    for (let i = 0; i < 1024; i++)
      memory.writeUint32(0x2000 + 4 * i, (i << 12) | (i % 2 === 0 ? RW : RW & ~PTE_RW));
    for (let i = 0; i < 1024; i++) memory.writeUint32(0x3000 + 4 * i, ((1024 + i) << 12) | (RW & ~PTE_RW));
    const rows = rowsOf(plain(memory));
    expect(rows).toHaveLength(1024);
    expect(rows.at(-1)).toMatchObject({ page: 1023, pages: 1025 });
  });
});

describe('a range', () => {
  const memory = new PhysicalMemory(0x100_0000);
  for (let i = 0; i < 1024; i++) memory.writeUint32(0x2000 + 4 * i, (i << 12) | RW);
  memory.writeUint32(0x1000, 0x2000 | RW);
  memory.writeUint32(0x1004, 0x2000 | RW);
  const runs = (start: number | bigint, end: number | bigint) => {
    const found = [...pageRuns(plain(memory), { range: { start, end } })];
    return found.map((run) => [run.start, run.end, run.physical]);
  };

  it('takes pages that it touches, and no others', () => {
    expect(runs(0x1000, 0x3000)).toEqual([[0x1000, 0x3000, 0x1000]]);
    expect(runs(0x1fff, 0x2001)).toEqual([[0x1000, 0x3000, 0x1000]]);
    expect(runs(0x3f_f000, 0x40_1000)).toEqual([[0x3f_f000, 0x40_1000, 0x3f_f000]]);
    expect(runs(0x80_0000, 2n ** 64n)).toEqual([]);
    expect(runs(0x1800, 0x1800)).toEqual([]);
  });

  it.each([
    [5, 4],
    [-1, 4],
    [0.5, 4],
    [0, 2n ** 64n + 1n],
    [Number.NaN, 4],
  ])('is refused from %s to %s', (start, end) => {
    expect(() => runs(start, end)).toThrow(RangeError);
  });
});

describe('pages of which each is a run', () => {
  /** Two tables of pages that lie anywhere, every second one read-only, some used, some followed by the next frame or the same. */
  const entryAt = (i: number): number => {
    const neighbour = i % 97 === 5 ? 4096 : i % 89 === 7 ? 0 : undefined;
    const base = (Math.imul(i, 0x9e37_79b1) >>> 12) << 12;
    const lies = neighbour === undefined ? base : ((Math.imul(i - 1, 0x9e37_79b1) >>> 12) << 12) + neighbour;
    const alike = neighbour === undefined ? i : i - 1;
    return (
      (lies |
        PTE_P |
        (alike % 3 === 0 ? PTE_RW : 0) |
        (i % 5 === 0 ? 0x20 : 0) |
        (i % 7 === 0 ? 0x60 : 0)) >>>
      0
    );
  };

  it('are told one by one, however many batches they fill, and joined where they belong together', () => {
    const memory = new PhysicalMemory(0x10_0000);
    for (const [i, table] of [0x2000, 0x3000].entries()) memory.writeUint32(0x1000 + 4 * i, table + 3);
    for (let i = 0; i < 2048; i++) memory.writeUint32(0x2000 + 4 * i, entryAt(i));
    const wanted: { start: number; pages: number; physical: number; accessed: number; dirty: number }[] = [];
    let before = 0;
    for (let i = 0; i < 2048; i++) {
      const entry = entryAt(i);
      const run = wanted.at(-1);
      const apart = (entry >>> 12) * 4096 - (before >>> 12) * 4096;
      const same = i > 0 && (entry & 2) === (before & 2) && (apart === 0 || apart === 4096);
      const [accessed, dirty] = [(entry >> 5) & 1, (entry >> 6) & 1];
      if (same && run !== undefined && (run.pages === 1 || run.physical === (entry >>> 12) * 4096)) {
        run.pages++;
        run.accessed += accessed;
        run.dirty += dirty;
      } else {
        wanted.push({ start: i * 4096, pages: 1, physical: (entry >>> 12) * 4096, accessed, dirty });
      }
      before = entry;
    }
    const found = [...pageRuns(plain(memory), { contiguous: true })];
    expect(
      found.map(({ start, pages, physical, accessed, dirty }) => ({
        start,
        pages,
        physical,
        accessed,
        dirty,
      })),
    ).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(1500);
    expect(wanted.some(({ pages }) => pages > 1)).toBe(true);
  });
});
