import { describe, expect, it } from 'vitest';
import type { CPU_MODELS, MemoryType } from '../../src/arch/index.ts';
import { PhysicalMemory, type Ram } from '../../src/memory/index.ts';
import { FAULT, FETCH, Mmu, READ, USER_READ, USER_WRITE, WRITE } from '../../src/mmu/index.ts';
import { MapError, Mapper, type MapperOptions, type TableMode } from '../../src/tables/index.ts';
import { contents, pagesInRam } from './model.ts';

const MIB = 2 ** 20;

function setup(mode: TableMode, options: Partial<MapperOptions> = {}) {
  const memory = new PhysicalMemory(4 * MIB);
  let next = 16;
  const given: number[] = [];
  const allocateFrame = (): number => {
    given.push(next);
    return next++;
  };
  const mapper = new Mapper(memory, { mode, allocateFrame, ...options });
  return { memory, mapper, given };
}

function refusal(action: () => void): MapError {
  try {
    action();
  } catch (error) {
    if (error instanceof MapError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('Mapper.map', () => {
  it('maps supervisor pages of 4 KiB, read-only and executable, unless told otherwise', () => {
    const { memory, mapper } = setup('4-level');
    mapper.map(0x40_0000, 0x1000, 0x2000);
    const mmu = new Mmu(memory, mapper.registers);
    expect(mmu.translate(0x40_1234, READ)).toBe(0x2234);
    expect(mmu.translate(0x40_1234, FETCH)).toBe(0x2234);
    expect(mmu.translate(0x40_1234, WRITE)).toBe(FAULT);
    expect(mmu.translate(0x40_1234, USER_READ)).toBe(FAULT);
    expect(mmu.translate(0x40_2000, READ)).toBe(FAULT);
  });

  it('grants every right above the leaves, which decide alone, and leaves A to the CPU', () => {
    const { memory, mapper } = setup('PAE');
    mapper.map(0xc000_0000, 0x1000, 0x1000, { user: true, writable: true });
    const report = new Mmu(memory, mapper.registers).explain(0xc000_0000, USER_WRITE);
    expect(report.ok && report.steps.map(({ kind, flags }) => [kind, ...flags])).toEqual([
      ['PDPTE', 'P'],
      ['PDE', 'P', 'RW', 'US'],
      ['PTE', 'P', 'RW', 'US'],
    ]);
  });

  it('takes the largest pages that alignment, range and CPU allow', () => {
    const { memory, mapper } = setup('4-level');
    const start = 0x4000_0000 - 0x20_1000;
    mapper.map(start, 0x1_0000_0000 + start, 0x20_1000 + 0x4000_0000 + 0x20_0000, { pageSize: 'largest' });
    const sizes = pagesInRam(memory, '4-level', mapper.root).map(({ shift }) => shift);
    expect(sizes).toEqual([12, 21, 30, 21]);
    const old = setup('4-level', { cpu: 'core2' });
    old.mapper.map(0, 0, 0x4000_0000, { pageSize: 'largest' });
    expect(new Set(pagesInRam(old.memory, '4-level', old.mapper.root).map(({ shift }) => shift))).toEqual(
      new Set([21]),
    );
  });

  it.each<[TableMode, number | bigint]>([
    ['32-bit', 0xffff_f000],
    ['PAE', 0xffff_f000],
    ['4-level', 0xffff_ffff_ffff_f000n],
    ['5-level', 0xffff_ffff_ffff_f000n],
    ['4-level', 0x7fff_ffff_f000],
    ['5-level', 0xff_ffff_ffff_f000n],
  ])('in %s maps the last page before an end, %s, and not one more', (mode, linear) => {
    const { memory, mapper } = setup(mode);
    expect(refusal(() => mapper.map(linear, 0, 0x2000)).message).toMatch(/0x1000 bytes fit/);
    mapper.map(linear, 0x5000, 0x1000);
    expect(new Mmu(memory, mapper.registers).translate(linear, READ)).toBe(0x5000);
  });

  it('maps all of a 32-bit address space', () => {
    const { memory, mapper } = setup('32-bit');
    mapper.map(0, 0, 2 ** 32, { pageSize: 0x40_0000 });
    expect(pagesInRam(memory, '32-bit', mapper.root)).toHaveLength(1024);
  });

  it('puts a large page where an empty table was, and uses the frame of that table again', () => {
    const { memory, mapper, given } = setup('32-bit');
    mapper.map(0, 0, 0x1000);
    mapper.unmap(0, 0x1000);
    mapper.map(0, 0, 0x40_0000, { pageSize: 0x40_0000 });
    expect(mapper.spareFrames).toEqual([17]);
    mapper.map(0x40_0000, 0, 0x1000);
    expect(given).toEqual([16, 17]);
    expect(new Mmu(memory, mapper.registers).translate(0x40_0fff, READ)).toBe(0xfff);
  });

  it.each<[MemoryType, number]>([
    ['WB', 0],
    ['WT', 0x08],
    ['UC-', 0x10],
    ['UC', 0x18],
  ])('gives the cache type %s', (cacheType, bits) => {
    const { memory, mapper } = setup('32-bit');
    mapper.map(0, 0, 0x1000, { cacheType });
    mapper.map(0x40_0000, 0, 0x40_0000, { pageSize: 0x40_0000, cacheType });
    for (const page of pagesInRam(memory, '32-bit', mapper.root)) expect(page.bits).toBe(BigInt(bits));
  });

  it('reaches above 4 GiB in 32-bit paging by PSE-36 alone', () => {
    const { memory, mapper } = setup('32-bit');
    mapper.map(0, 0x12_3440_0000, 0x40_0000, { pageSize: 0x40_0000 });
    expect(new Mmu(memory, mapper.registers).translate(5, READ)).toBe(0x12_3440_0005);
    expect(refusal(() => mapper.map(0x40_0000, 0x1_0000_0000, 0x1000)).code).toBe('beyond-physical');
  });

  it('works over any Ram, and takes no frame in a hole of it', () => {
    const words = new Int32Array(0x1_0000);
    const ram: Ram = {
      sizeBytes: 0x4_0000,
      isRam: (physical) => physical < 0x2_0000 || physical >= 0x3_0000,
      loadWord: (physical) => words[physical / 4] ?? -1,
      storeWord: (physical, value) => {
        words[physical / 4] = value;
      },
    };
    const frames = [1, 0x20, 2, 3, 4];
    const mapper = new Mapper(ram, { mode: '32-bit', allocateFrame: () => frames.shift()! });
    expect(refusal(() => mapper.map(0, 0x8000, 0x1000)).message).toMatch(/gave 32, which is no frame of RAM/);
    mapper.map(0, 0x8000, 0x1000);
    expect(words[0x2000 / 4]).toBe(0x8001);
  });
});

describe('Mapper.protect', () => {
  it('changes only what is named, and splits a large page only where a part of it changes', () => {
    const { memory, mapper } = setup('4-level');
    mapper.map(0, 0, 0x4000_0000, {
      pageSize: 0x4000_0000,
      writable: true,
      dirty: true,
      pat: true,
      protectionKey: 5,
    });
    mapper.protect(0x20_0000, 0x1000, { writable: true });
    expect(pagesInRam(memory, '4-level', mapper.root)).toHaveLength(1);
    mapper.protect(0x20_0000, 0x1000, { writable: false });
    const pages = pagesInRam(memory, '4-level', mapper.root);
    expect(pages).toHaveLength(511 + 512);
    const changed = pages.filter(({ bits }) => bits !== pages[0]!.bits);
    expect(changed.map(({ first, bits }) => [first, bits])).toEqual([[0x20_0000n, pages[0]!.bits & ~2n]]);
    expect(pages.every(({ first, physical }) => first === physical)).toBe(true);
  });

  it('refuses to grant what an entry above withholds', () => {
    const { memory, mapper } = setup('32-bit');
    mapper.map(0, 0, 0x1000);
    memory.writeUint32(mapper.root, memory.readUint32(mapper.root) & ~4);
    const before = contents(memory);
    expect(refusal(() => mapper.protect(0, 0x1000, { user: true })).code).toBe('forbidden-above');
    expect(refusal(() => mapper.map(0x1000, 0, 0x1000, { user: true })).message).toMatch(
      /PDE at 0x0001_0000.*US clear/,
    );
    expect(contents(memory) === before).toBe(true);
    mapper.protect(0, 0x1000, { writable: true });
  });
});

describe('Mapper.unmap', () => {
  it('frees no table without freeFrame, and every empty one with it', () => {
    const kept = setup('4-level');
    kept.mapper.map(0x1000, 0, 0x1000);
    kept.mapper.unmap(0, 0x10_0000);
    expect(kept.mapper.tableFrames).toEqual([16, 17, 18, 19]);
    const freed: number[] = [];
    const { mapper } = setup('4-level', { freeFrame: (frame) => freed.push(frame) });
    mapper.map(0x1000, 0, 0x2000);
    mapper.unmap(0x1000, 0x1000);
    expect(freed).toEqual([]);
    mapper.unmap(0, 2 ** 47);
    expect(freed).toEqual([19, 18, 17]);
    expect(mapper.tableFrames).toEqual([16]);
  });

  it('makes a hole in the middle of a 1 GiB page', () => {
    const { memory, mapper } = setup('5-level');
    mapper.map(0, 0, 0x4000_0000, { pageSize: 0x4000_0000 });
    mapper.unmap(0x1000_0000, 0x1000);
    const mmu = new Mmu(memory, mapper.registers);
    expect(mmu.translate(0x1000_0fff, READ)).toBe(FAULT);
    expect(mmu.translate(0x1000_1000, READ)).toBe(0x1000_1000);
    expect(mmu.translate(0xfff_ffff, READ)).toBe(0xfff_ffff);
  });
});

describe('Mapper over tables that are there already', () => {
  it('finds them, and keeps what they map', () => {
    const { memory, mapper } = setup('PAE', {});
    mapper.map(0x8000_0000, 0x3000, 0x1000);
    let next = 100;
    const second = new Mapper(memory, { mode: 'PAE', allocateFrame: () => next++, root: mapper.root });
    expect(second.tableFrames).toEqual(mapper.tableFrames);
    second.map(0x8000_1000, 0x4000, 0x1000);
    expect(next, 'no new table').toBe(100);
    const mmu = new Mmu(memory, second.registers);
    expect([mmu.translate(0x8000_0000, READ), mmu.translate(0x8000_1000, READ)]).toEqual([0x3000, 0x4000]);
  });

  it('takes a root of PAE that is aligned to 32 bytes only, and touches nothing beside its four entries', () => {
    const memory = new PhysicalMemory(MIB);
    memory.write(0x1000, new Uint8Array(4096).fill(0xff));
    memory.write(0x1020, new Uint8Array(32));
    const mapper = new Mapper(memory, { mode: 'PAE', allocateFrame: () => 5, root: 0x1020 });
    mapper.map(0xffe0_0000, 0, 0x20_0000, { pageSize: 0x20_0000 });
    expect(memory.readUint32(0x1038)).toBe(0x5001);
    expect(memory.readUint32(0x1040)).toBe(0xffff_ffff);
    expect(mapper.tableFrames).toEqual([1, 5]);
    expect(new Mmu(memory, mapper.registers).translate(0xffff_ffff, READ)).toBe(0x1f_ffff);
  });

  it('changes nothing below a table that two entries lead to, and may unlink it from one', () => {
    const { memory, mapper } = setup('32-bit');
    mapper.map(0, 0, 0x1000);
    memory.writeUint32(mapper.root + 4, memory.readUint32(mapper.root));
    const again = new Mapper(memory, { mode: '32-bit', allocateFrame: () => 99, root: mapper.root });
    for (const linear of [0, 0x40_0000]) {
      expect(refusal(() => again.map(linear + 0x1000, 0, 0x1000)).code).toBe('shared-table');
      expect(refusal(() => again.protect(linear, 0x1000, { user: true })).code).toBe('shared-table');
      expect(refusal(() => again.unmap(linear, 0x1000)).code).toBe('shared-table');
    }
    again.unmap(0x40_0000, 0x40_0000);
    expect(pagesInRam(memory, '32-bit', mapper.root)).toHaveLength(1);
    again.map(0x1000, 0, 0x1000);
    expect(pagesInRam(memory, '32-bit', mapper.root)).toHaveLength(2);
  });

  it('understands a directory that maps itself, and changes nothing through that window', () => {
    const { memory, mapper } = setup('32-bit');
    memory.writeUint32(mapper.root + 1020 * 4, mapper.root | 3);
    mapper.map(0xc000_0000, 0x5000, 0x1000);
    expect(new Mmu(memory, mapper.registers).readUint32(0xff00_0000 + 0xc0000 * 4)).toBe(0x5001);
    expect(refusal(() => mapper.map(0xff00_0000, 0, 0x1000)).code).toBe('shared-table');
    expect(refusal(() => mapper.unmap(0xff30_0000, 0x1000)).code).toBe('shared-table');
  });

  it('names an entry that leads nowhere or has PS where there is no large page', () => {
    const { memory, mapper } = setup('4-level');
    memory.writeUint32(mapper.root, 0x8000_0003);
    memory.writeUint32(mapper.root + 8, 0x83);
    expect(refusal(() => mapper.map(0, 0, 0x1000)).message).toMatch(/PML4E at 0x0001_0000.*no RAM/);
    expect(refusal(() => mapper.map(2 ** 39, 0, 0x1000)).message).toMatch(/PML4E at 0x0001_0008.*PS set/);
  });
});

describe('Mapper refuses', () => {
  it('what comes first in the range, where more than one thing is wrong', () => {
    // Found at random, with seed 1497362430: a 4 MiB page at 4 GiB cannot be split, and behind it nothing is mapped.
    const { mapper } = setup('32-bit');
    mapper.map(0x8000_0000, 0x1_0000_0000, 4 * MIB, { pageSize: 0x40_0000 });
    const writable = { writable: true };
    expect(refusal(() => mapper.protect(0x8020_0000, 3 * MIB, writable)).code).toBe('cannot-split');
    expect(refusal(() => mapper.protect(0x7ff0_0000, 2 * MIB, writable)).code).toBe('not-mapped');
  });

  it.each<[string, TableMode, string, (mapper: Mapper) => void]>([
    ['bad-range', '32-bit', '0x1234 is not a multiple', (m) => m.map(0x1234, 0, 0x1000)],
    ['bad-range', '32-bit', 'size 0x800 is not', (m) => m.map(0, 0, 0x800)],
    ['bad-range', '32-bit', 'size 0', (m) => m.map(0, 0, 0)],
    ['bad-range', '32-bit', '32 bits', (m) => m.map(2 ** 32, 0, 0x1000)],
    ['bad-range', '32-bit', 'physical address 0x0000_0123', (m) => m.map(0, 0x123, 0x1000)],
    ['bad-range', '32-bit', 'NaN', (m) => m.map(Number.NaN, 0, 0x1000)],
    ['bad-range', '32-bit', '-4096', (m) => m.unmap(-4096, 0x1000)],
    ['bad-range', 'PAE', '0x20_0000', (m) => m.map(0x1000, 0, 0x20_0000, { pageSize: 0x20_0000 })],
    ['bad-range', '4-level', 'not canonical', (m) => m.map(0x8000_0000_0000n, 0, 0x1000)],
    ['bad-range', '4-level', 'canonical hole', (m) => m.map(0x7fff_ffff_f000n, 0, 0x2000)],
    ['unsupported', '32-bit', 'page size 2097152', (m) => m.map(0, 0, 0x20_0000, { pageSize: 0x20_0000 })],
    ['unsupported', '32-bit', 'NX', (m) => m.map(0, 0, 0x1000, { executable: false })],
    ['unsupported', 'PAE', 'long mode', (m) => m.map(0, 0, 0x1000, { protectionKey: 1 })],
    ['unsupported', 'PAE', 'WC is not in the PAT', (m) => m.map(0, 0, 0x1000, { cacheType: 'WC' })],
    ['bad-attribute', '4-level', 'protectionKey 16', (m) => m.map(0, 0, 0x1000, { protectionKey: 16 })],
    ['bad-attribute', '4-level', 'cacheType', (m) => m.map(0, 0, 0x1000, { cacheType: 'WB', pcd: true })],
    ['beyond-physical', 'PAE', '52 bits', (m) => m.map(0, 2 ** 52 - 0x1000, 0x2000)],
    ['not-mapped', 'PAE', '0x0000_2000 is not mapped', (m) => m.protect(0x2000, 0x1000, { user: true })],
  ])('with %s in %s: %s', (code, mode, text, action) => {
    const { memory, mapper, given } = setup(mode);
    const before = contents(memory);
    const error = refusal(() => action(mapper));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
    expect(contents(memory) === before).toBe(true);
    expect(given, 'only the root was allocated').toEqual([16]);
  });

  it.each<[string, TableMode, keyof typeof CPU_MODELS, (mapper: Mapper) => void]>([
    ['pse', '32-bit', 'i486', (m) => m.map(0, 0, 0x40_0000, { pageSize: 0x40_0000 })],
    ['pge', '32-bit', 'pentium', (m) => m.map(0, 0, 0x1000, { global: true })],
    ['pat', '32-bit', 'pentium-pro', (m) => m.map(0, 0, 0x1000, { pat: true })],
    ['nx', 'PAE', 'pentium-iii', (m) => m.map(0, 0, 0x1000, { executable: false })],
    ['page1g', '4-level', 'core2', (m) => m.map(0, 0, 0x4000_0000, { pageSize: 0x4000_0000 })],
    ['pku', '4-level', 'core2', (m) => m.map(0, 0, 0x1000, { protectionKey: 1 })],
    ['40 bits', '4-level', 'core2', (m) => m.map(0, 2 ** 40, 0x1000)],
  ])('what needs %s in %s on %s', (missing, mode, cpu, action) => {
    expect(refusal(() => action(setup(mode, { cpu }).mapper)).message).toContain(missing);
  });

  it.each<[TableMode, keyof typeof CPU_MODELS, string]>([
    ['PAE', 'pentium', 'pae'],
    ['4-level', 'pentium-iii', 'longMode'],
    ['5-level', 'skylake-server', 'la57'],
  ])('%s paging on %s, before it allocates', (mode, cpu, missing) => {
    let asked = 0;
    const make = () => new Mapper(new PhysicalMemory(MIB), { mode, cpu, allocateFrame: () => asked++ });
    expect(refusal(make).message).toContain(missing);
    expect(asked).toBe(0);
  });

  it('nothing by halves where the allocator runs out: memory stays, frames come back or are kept', () => {
    for (const freeing of [true, false]) {
      const free = [1, 2, 3];
      const options = freeing ? { freeFrame: (frame: number) => free.unshift(frame) } : {};
      const memory = new PhysicalMemory(MIB);
      const allocateFrame = (): number => {
        const frame = free.shift();
        if (frame === undefined) throw new Error('out of frames');
        return frame;
      };
      const mapper = new Mapper(memory, { mode: '4-level', allocateFrame, ...options });
      const before = contents(memory);
      expect(() => mapper.map(0, 0, 0x1000)).toThrow('out of frames');
      expect(contents(memory) === before).toBe(true);
      expect([free, mapper.spareFrames]).toEqual(freeing ? [[2, 3], []] : [[], [2, 3]]);
      free.push(4);
      mapper.map(0, 0, 0x1000);
      expect(mapper.tableFrames).toEqual([1, 2, 3, 4]);
    }
  });

  it.each<[number, string]>([
    [1.5, 'not the number of a frame'],
    [-1, 'not the number of a frame'],
    [256, 'no frame of RAM'],
    [1, 'in use as a table'],
  ])('frame %d of the allocator: %s', (frame, text) => {
    const frames = [1, frame];
    const mapper = new Mapper(new PhysicalMemory(MIB), {
      mode: '32-bit',
      allocateFrame: () => frames.shift()!,
    });
    expect(refusal(() => mapper.map(0, 0, 0x1000)).message).toContain(text);
  });

  it.each<[TableMode, number, string]>([
    ['32-bit', 0x1020, 'multiple of 4096'],
    ['PAE', 0x1010, 'multiple of 32'],
    ['4-level', 0x10_0000, 'no RAM'],
  ])('in %s the root %d: %s', (mode, root, text) => {
    const make = () => new Mapper(new PhysicalMemory(MIB), { mode, root, allocateFrame: () => 1 });
    expect(refusal(make).message).toContain(text);
  });
});
