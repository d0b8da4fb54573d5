import { describe, expect, it } from 'vitest';
import {
  absentRuns,
  LENSES,
  type Lens,
  type LensError,
  mapOf,
  parseLens,
  viewThrough,
} from '../../src/inspect/index.ts';
import { domainMachine } from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ } from '../../src/mmu/index.ts';
import { Mapper, type TableMode } from '../../src/tables/index.ts';
import { smallDomain } from '../support/domain.ts';
import { errorsBy } from '../support/schemas.ts';

const MIB = 2 ** 20;
const REGISTERS = {
  '32-bit': { cr0: 0x8001_0011, cr4: 0x10, efer: 0 },
  PAE: { cr0: 0x8001_0011, cr4: 0x20, efer: 0x800 },
  '4-level': { cr0: 0x8001_0011, cr4: 0x20, efer: 0xd00 },
  '5-level': { cr0: 0x8001_0011, cr4: 0x1020, efer: 0xd00 },
} as const;
const MODES = Object.keys(REGISTERS) as TableMode[];

function kernel(mode: TableMode, build: (mapper: Mapper) => void): { memory: PhysicalMemory; mmu: Mmu } {
  const memory = new PhysicalMemory(4 * MIB);
  let frame = 0x200;
  const mapper = new Mapper(memory, { mode, allocateFrame: () => ++frame });
  build(mapper);
  return { memory, mmu: new Mmu(memory, { cpu: 'sapphire-rapids', cr3: mapper.root, ...REGISTERS[mode] }) };
}

/** What a lens says of one entry of a page table. */
function reasonOf(lens: Lens, mode: TableMode, entry: bigint): string {
  const { memory, mmu } = kernel(mode, (mapper) => mapper.map(0x40_0000, 0, 0x2000));
  const { entryAddress, entryBytes } = mmu.explain(0x40_1000, READ).steps.at(-1)!;
  memory.writeUint32(entryAddress, Number(entry & 0xffff_ffffn));
  if (entryBytes === 8) memory.writeUint32(entryAddress + 4, Number(entry >> 32n));
  const view = viewThrough(lens, mmu);
  const { kind, entry: value, leadsTo } = mmu.explain(0x40_1000, READ).steps.at(-1)!;
  expect(leadsTo).toBe('not-present');
  const { reason, fields } = view.reasonOf(kind, value);
  const runs = [...absentRuns(mmu, view)];
  expect(runs.map((run) => [run.start, run.entries, run.reason])).toEqual(
    entry === 0n ? [] : [[0x40_1000, 1, reason]],
  );
  return [
    reason.split(':')[0],
    ...fields.map(({ name, value }) => `${name.split(' (')[0]} ${value.toString(16)}`),
  ].join('; ');
}

/** The names of the runs of a map, each once, in order. */
function namesOf(lens: Lens, mmu: Mmu): string[] {
  const names = [...mapOf(mmu, { names: viewThrough(lens, mmu).regions })].map(({ name }) => name ?? '-');
  return names.filter((name, i) => name !== names[i - 1]);
}

/** Swap entries as Linux makes them, by the formulas of its headers. */
const swap64 = (type: bigint, offset: bigint): bigint =>
  (BigInt.asUintN(64, ~offset << 14n) >> 5n) | (type << 59n);
const swap32 = (type: bigint, offset: bigint): bigint => (type << 1n) | (offset << 9n);
const inverted = (physical: bigint): bigint => ~physical & 0x7_ffff_ffff_f000n;

describe('every lens that comes along', () => {
  it.each(Object.values(LENSES))('is plain JSON that fits the schema: $name', (lens) => {
    expect(JSON.parse(JSON.stringify(lens))).toEqual(lens);
    expect(errorsBy('urn:x86-paging:lens:1', lens)).toBeUndefined();
    expect(parseLens(lens)).toBe(lens);
    expect(LENSES[lens.name as keyof typeof LENSES]).toBe(lens);
  });

  it.each(MODES)('has a reason for whatever stands in an entry, %s paging', (mode) => {
    for (const lens of Object.values(LENSES)) {
      for (const entry of [0n, 2n, 0x80n, 0x100n, 0xc00n, 0x12_3456_7000n]) {
        expect(reasonOf(lens, mode, mode === '32-bit' ? entry & 0xffff_ffffn : entry).length).toBeGreaterThan(
          8,
        );
      }
      expect(reasonOf(lens, mode, 0n)).toBe('never mapped');
    }
    expect(reasonOf(LENSES.xv6, mode, 2n)).toBe('not present, for no reason that xv6 (x86) is known to have');
  });
});

describe('Linux', () => {
  it.each(['PAE', '4-level', '5-level'] as const)(
    'tells swap entries and PROT_NONE, inverted as they are: %s',
    (mode) => {
      expect(reasonOf(LENSES.linux, mode, swap64(2n, 0x1234n))).toBe('swapped out; swap file 2; offset 1234');
      expect(reasonOf(LENSES.linux, mode, swap64(22n, 0n))).toBe('swapped out; swap file 16; offset 0');
      for (const type of [23n, 24n, 31n]) {
        const told = `no swap file; type ${type.toString(16)}; offset 55`;
        expect(reasonOf(LENSES.linux, mode, swap64(type, 0x55n)).replace(': migrating', '')).toBe(told);
      }
      expect(reasonOf(LENSES.linux, mode, inverted(0x1234_5000n) | (0x167n & ~1n))).toBe(
        'PROT_NONE; physical 12345000',
      );
    },
  );

  it('tells them in 32-bit paging', () => {
    expect(reasonOf(LENSES.linux, '32-bit', swap32(3n, 0x77n))).toBe('swapped out; swap file 3; offset 77');
    expect(reasonOf(LENSES.linux, '32-bit', 0x1234_5166n)).toBe('PROT_NONE; physical 12345000');
  });

  it.each([
    ['4-level', 0xffff_8880_0000_0000n, 0xffff_c900_0000_0000n, 0xffff_ea00_0000_0000n],
    ['5-level', 0xff11_0000_0000_0000n, 0xffa0_0000_0000_0000n, 0xffd4_0000_0000_0000n],
  ] as const)('names regions at their places, %s', (mode, direct, vmalloc, vmemmap) => {
    const { mmu } = kernel(mode, (mapper) => {
      mapper.map(0x40_0000, 0x10_0000, 0x1000);
      mapper.map(direct, 0, 32 * MIB);
      mapper.map(vmalloc, 0x8000, 0x2000);
      mapper.map(vmemmap, 0x20_0000, 0x1000);
      mapper.map(0xffff_fe00_0000_0000n, 0x9000, 0x1000);
      mapper.map(0xffff_ff00_0000_0000n, 0xa000, 0x1000);
      mapper.map(0xffff_ffff_8000_0000n, 0, 0x1000);
      mapper.map(0xffff_ffff_c000_0000n, 0xb000, 0x1000);
      mapper.map(0xffff_ffff_ff60_0000n, 0xc000, 0x1000);
    });
    expect(namesOf(LENSES.linux, mmu)).toEqual([
      'user',
      'direct map',
      'vmalloc',
      'vmemmap',
      'CPU entry areas',
      'espfix stacks',
      'kernel image',
      'modules',
      'vsyscall',
    ]);
    expect(viewThrough(LENSES.linux, mmu).notes).toEqual([]);
  });

  it.each([
    ['4-level', 0xffff_9123_4000_0000n],
    ['5-level', 0xff2a_8000_4000_0000n],
  ] as const)('finds the direct map where KASLR has put it, and only that: %s', (mode, direct) => {
    const { mmu } = kernel(mode, (mapper) => {
      mapper.map(direct + 0x1000n, 0x1000, 16 * MIB);
      // A hole, and more of it.
      mapper.map(direct + 0x180_0000n, 0x180_0000, MIB);
      // As aligned, but another page.
      mapper.map(direct + 0x80_0000_0000n, 0x7000, 0x1000);
    });
    const view = viewThrough(LENSES.linux, mmu);
    expect(view.layout?.title).toBe('with KASLR');
    expect(view.regionAt(direct)).toBe('direct map');
    expect(view.regionAt(direct - 1n)).toBe('vmalloc or vmemmap');
    expect(view.regionAt(direct + 0x190_0000n)).toBe('vmalloc or vmemmap');
    expect(namesOf(LENSES.linux, mmu)).toEqual(['direct map', 'vmalloc or vmemmap']);
  });

  it.each(['32-bit', 'PAE'] as const)('ends the direct map where lowmem ends: %s', (mode) => {
    const { mmu } = kernel(mode, (mapper) => {
      mapper.map(0x804_8000, 0x5000, 0x1000);
      mapper.map(0xc000_0000, 0, 8 * MIB);
      mapper.map(0xc100_0000, 0x6000, 0x1000);
      mapper.map(0xffff_b000, 0x7000, 0x1000);
    });
    expect(namesOf(LENSES.linux, mmu)).toEqual([
      'user',
      'direct map',
      'vmalloc, modules, kmap or CPU entry areas',
      'fixmap',
    ]);
  });

  it('says of other kernels that it knows no layout of theirs', () => {
    const { mmu } = kernel('32-bit', (mapper) => mapper.map(0x8000_0000, 0, MIB));
    const { layout, regions, notes } = viewThrough(LENSES.linux, mmu);
    expect([layout, regions]).toEqual([undefined, []]);
    expect(notes.join()).toContain("'linux' knows no layout for this machine, 32-bit paging");
  });

  it.each(['PAE', '4-level', '5-level'] as const)(
    'tells the two roots of page-table isolation: %s',
    (mode) => {
      const memory = new PhysicalMemory(4 * MIB);
      const roots = { kernel: 0x10_0000, user: 0x10_1000 };
      let frame = 0x200;
      const mapperAt = (root: number): Mapper =>
        new Mapper(memory, { mode, allocateFrame: () => ++frame, root });
      const high = mode === 'PAE' ? 0xc000_0000 : 0xffff_ffff_8000_0000n;
      const kernelTables = mapperAt(roots.kernel);
      kernelTables.map(0x40_0000, 0x1000, 0x1000, { user: true });
      kernelTables.map(high, 0, 4 * MIB);
      const userTables = mapperAt(roots.user);
      userTables.map(high, 0, 0x1000);
      // Below the border, both lead to the same tables.
      memory.write(roots.user, memory.read(roots.kernel, 8));
      const noteAt = (cr3: number, change?: number): string => {
        if (change !== undefined) memory.writeUint32(roots.user, memory.readUint32(roots.user) + change);
        const mmu = new Mmu(memory, { cpu: 'sapphire-rapids', cr3, ...REGISTERS[mode] });
        return viewThrough(LENSES.linux, mmu).notes.join('\n');
      };
      expect(noteAt(roots.kernel)).toContain(
        'is the root for the kernel; beside it, at 0x0010_1000, lies the one for user mode',
      );
      expect(noteAt(roots.user)).toContain('is the root for user mode; beside it, at 0x0010_0000');
      expect(noteAt(roots.kernel, 0x1000)).not.toContain('isolation');
    },
  );
});

describe('Windows', () => {
  it.each(['4-level', '5-level'] as const)('tells its entries, %s', (mode) => {
    expect(reasonOf(LENSES.windows, mode, 0xf8a0_0123_4560_0480n)).toBe(
      'prototype; prototype PTE f8a001234560',
    );
    expect(reasonOf(LENSES.windows, mode, 0x1_2345_6880n)).toBe(
      'transition; physical 123456000; protection 4',
    );
    expect(reasonOf(LENSES.windows, mode, 0x80n)).toBe('demand zero; protection 4');
    expect(reasonOf(LENSES.windows, mode, 0x1234_0000_0082n)).toBe(
      'in a page file; page file 1; offset 1234; protection 4',
    );
  });

  it('tells its entries, PAE and 32-bit', () => {
    expect(reasonOf(LENSES.windows, 'PAE', 0xe123_4568_0000_0480n)).toBe('prototype; prototype PTE e1234568');
    expect(reasonOf(LENSES.windows, 'PAE', 0x1234_0000_0082n)).toBe(
      'in a page file; page file 1; offset 1234; protection 4',
    );
    expect(reasonOf(LENSES.windows, '32-bit', 0x4567_8480n)).toBe('prototype');
    expect(reasonOf(LENSES.windows, '32-bit', 0x1234_5880n)).toBe(
      'transition; physical 12345000; protection 4',
    );
    expect(reasonOf(LENSES.windows, '32-bit', 0x1234_5082n)).toBe(
      'in a page file; page file 1; offset 12345; protection 4',
    );
    expect(reasonOf(LENSES.windows, '32-bit', 0x80n)).toBe('demand zero; protection 4');
  });

  it('names page tables where they are, by the self map', () => {
    const { memory, mmu } = kernel('4-level', (mapper) => mapper.map(0xffff_f780_0000_0000n, 0x1000, 0x1000));
    expect(viewThrough(LENSES.windows, mmu).regionAt(0xffff_f680_0000_0000n)).toBe('system');
    memory.writeUint32(Number(mmu.cr3) + 0x1ed * 8, Number(mmu.cr3) | 0x63);
    const view = viewThrough(LENSES.windows, mmu);
    expect(view.regionAt(0xffff_f680_0000_0000n)).toBe('page tables');
    expect(view.regionAt(0xffff_f780_0000_0000n)).toBe('shared user data');
    for (const mode of ['32-bit', 'PAE'] as const) {
      const { mmu: small } = kernel(mode, (mapper) => mapper.map(0, 0, 0x1000));
      const border = mode === 'PAE' ? 0xc080_0000 : 0xc040_0000;
      const { regionAt } = viewThrough(LENSES.windows, small);
      expect([border - 1, border, 0x7fff_ffff].map(regionAt)).toEqual(['page tables', 'system', 'user']);
    }
  });
});

describe('xv6 and Xen', () => {
  it('xv6: the kernel as far as it is mapped', () => {
    const { mmu } = kernel('32-bit', (mapper) => {
      mapper.map(0, 0x300_0000, 0x3000);
      mapper.map(0x8000_0000, 0, MIB);
      mapper.map(0x8010_0000, MIB, 0x8_0000);
      mapper.map(0xfe00_0000, 0xfe00_0000, MIB);
    });
    expect(namesOf(LENSES.xv6, mmu)).toEqual(['user', 'I/O space', 'kernel and free memory', 'devices']);
  });

  it('Xen of 2004: its regions, and the pseudo-physical number of a machine frame', () => {
    const { memory, domain } = smallDomain();
    const machine = domainMachine(memory, domain);
    for (const [pfn, mfn] of domain.frames.entries()) memory.writeUint32(0x100_0000 + 4 * mfn, pfn);
    const view = viewThrough(LENSES.xen, machine);
    expect(view.frameAt(domain.frames[5]! * 4096 + 0x123)).toEqual({
      name: 'pseudo-physical frame',
      number: 5n,
    });
    memory.writeUint32(0x100_0000 + 4 * domain.frames[5]!, 0xffff_ffff);
    expect(view.frameAt(domain.frames[5]! * 4096)).toBeUndefined();
    expect([0xfc00_0000, 0xfd40_0000, 0xfd80_0000, 0xff00_0000, 0xffff_ffff].map(view.regionAt)).toEqual([
      'machine-to-physical table, read-only',
      'machine-to-physical table',
      'frame table',
      'linear page table',
      'ioremap and fixmaps',
    ]);
    expect(reasonOf(LENSES.xen, '32-bit', (3n << 1n) | (0x77n << 8n))).toBe(
      'swapped out; swap file 3; offset 77',
    );
  });

  it.each([
    ['PAE', 0xf580_0000, 4],
    ['4-level', 0xffff_8000_0000_0000n, 8],
  ] as const)('Xen: frames by the table of %s', (mode, table, bytes) => {
    const { memory, mmu } = kernel(mode, (mapper) => mapper.map(table, 0x10_0000, 0x1000));
    memory.writeUint32(0x10_0000 + 7 * bytes, 0x99);
    const view = viewThrough(LENSES.xen, mmu);
    expect(view.frameAt(0x7fff)?.number).toBe(0x99n);
    expect(view.frameAt(0x800_0000)).toBeUndefined();
    expect(view.regionAt(table)).toBe('machine-to-physical table, read-only');
  });
});

describe('a lens from a file', () => {
  const good = {
    name: 'mine',
    title: 'My kernel',
    layouts: [{ modes: ['32-bit'], regions: [{ name: 'heap', start: '0xd0000000', end: '0xe0000000' }] }],
    absent: [{ mask: '0x3', value: '0x2', reason: 'lazy', fields: [{ name: 'block', low: 12, bits: 20 }] }],
  };
  type Good = typeof good;
  it.each<[string, (lens: Good) => unknown]>([
    ['the lens is an object', () => []],
    ["the lens lacks the field 'title'", ({ title: _, ...rest }) => rest],
    ["the lens has no field 'more'", (lens) => ({ ...lens, more: 1 })],
    ['layouts is a list', (lens) => ({ ...lens, layouts: {} })],
    [
      'layouts[0].modes[0] is one of off, 32-bit',
      (lens) => ({ ...lens, layouts: [{ modes: ['16-bit'], regions: [] }] }),
    ],
    ['layouts[0].regions[0].end must be above', (lens) => withRegion(lens, { end: '0xd0000000' })],
    ['layouts[0].regions[0].end is a number', (lens) => withRegion(lens, { end: 5 })],
    [
      'layouts[0].regions[0].end is a number from 0 to 2^64',
      (lens) => withRegion(lens, { end: '0x10000000000000001' }),
    ],
    [
      'has both direct and directMultiple',
      (lens) => withRegion(lens, { direct: '0x0', directMultiple: '0x1000' }),
    ],
    ['directMultiple must not be 0', (lens) => withRegion(lens, { directMultiple: '0x0' })],
    ['absent[0].value has bits that its mask lacks', (lens) => withRule(lens, { mask: '0x1' })],
    ['absent[0].value has bit 0 set', (lens) => withRule(lens, { value: '0x1' })],
    ['absent[0].levels[0] is one of', (lens) => withRule(lens, { levels: ['PMD'] })],
    [
      'absent[0].fields[0].bits is a whole number from 1 to 52',
      (lens) => withRule(lens, { fields: [{ name: 'x', low: 12, bits: 53 }] }),
    ],
    ['absent[0].reason is a string', (lens) => withRule(lens, { reason: '' })],
    [
      'pair.bit is a whole number from 5',
      (lens) => ({ ...lens, pair: { bit: 4, clear: 'a', set: 'b', below: {} } }),
    ],
    [
      'frames.tables[0].entryBytes is 4 or 8',
      (lens) => ({
        ...lens,
        frames: { name: 'x', invalidBit: 31, tables: [{ modes: ['PAE'], linear: '0x0', entryBytes: 2 }] },
      }),
    ],
  ])('is refused with the place: %s', (message, change) => {
    expect(parseLens(good)).toBe(good);
    let told = '';
    try {
      parseLens(change(structuredClone(good)));
    } catch (error) {
      expect((error as LensError).name).toBe('LensError');
      told = (error as Error).message;
    }
    expect(told).toContain(message);
  });

  function withRegion(lens: Good, change: object): unknown {
    return {
      ...lens,
      layouts: [{ ...lens.layouts[0], regions: [{ ...lens.layouts[0]!.regions[0], ...change }] }],
    };
  }
  function withRule(lens: Good, change: object): unknown {
    return { ...lens, absent: [{ ...lens.absent[0], ...change }] };
  }
});

describe('absentRuns', () => {
  it('folds entries in a row of one reason, within a range', () => {
    const { memory, mmu } = kernel('PAE', (mapper) => mapper.map(0x40_0000, 0, 0x10_000));
    const { entryAddress: first } = mmu.explain(0x40_0000, READ).steps.at(-1)!;
    for (const page of [2, 3, 4, 6]) {
      memory.writeUint32(first + 8 * page, 0);
      memory.writeUint32(first + 8 * page + 4, page === 4 ? 0xb800_0000 : 0x1000_0000);
    }
    const view = viewThrough(LENSES.linux, mmu);
    const runs = [...absentRuns(mmu, view)].map(({ start, end, entries }) => [start, end, entries]);
    expect(runs).toEqual([
      [0x40_2000, 0x40_4000, 2],
      [0x40_4000, 0x40_5000, 1],
      [0x40_6000, 0x40_7000, 1],
    ]);
    const within = { start: 0x40_3000, end: 0x40_6000 };
    expect([...absentRuns(mmu, view, within)].map(({ start }) => start)).toEqual([0x40_3000, 0x40_4000]);
  });
});
