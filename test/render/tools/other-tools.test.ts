import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../../src/memory/index.ts';
import { TOOL_FORMS, type ToolFormName } from '../../../src/render/index.ts';
import { Mapper, type MappingOptions, type TableMode } from '../../../src/tables/index.ts';

const MIB = 2 ** 20;
const REGISTERS = {
  '32-bit': { cr0: 0x8000_0011, cr4: 0x10, efer: 0 },
  PAE: { cr0: 0x8000_0011, cr4: 0x20, efer: 0x800 },
  '4-level': { cr0: 0x8000_0011, cr4: 0x20, efer: 0xd00 },
} as const;

type Page = readonly [linear: number | bigint, physical: number, bytes: number, options?: MappingOptions];

/** Tables from 16 MiB up. */
function machineOf(mode: keyof typeof REGISTERS, pages: readonly Page[]) {
  const memory = new PhysicalMemory(20 * MIB);
  let frame = 0xfff;
  const mapper = new Mapper(memory, { mode: mode satisfies TableMode, allocateFrame: () => ++frame });
  for (const page of pages) mapper.map(...page);
  return { memory, cpu: 'skylake-server', registers: { ...REGISTERS[mode], cr3: mapper.root } } as const;
}

const linesOf = (form: ToolFormName, mode: keyof typeof REGISTERS, pages: readonly Page[]): string[] => [
  ...TOOL_FORMS[form].lines(machineOf(mode, pages)),
];

describe('--as bochs', () => {
  it('tells of long mode what lies above 4 GiB, too, which Bochs 2.7 leaves out', () => {
    expect(linesOf('bochs', '4-level', [[0xffff_8000_0000_0000n, 0x9000, 0x2000]])).toEqual([
      'cr3: 0x000001000000',
      '0xffff800000000000-0xffff800000001fff -> 0x000000009000-0x00000000afff',
    ]);
  });
});

describe('--as gdb-pt-dump', () => {
  /**
   * Source: an operating system's page tables as GEF's `pt -p` lists them, in a comment of its source, with QEMU's flags
   * beside them (zasm.zig of a hobby kernel in Zig); the column `Phys` that `-p` adds is left out, and with it the lines
   * of the framebuffer. Widths: gdb-pt-dump, pt/pt_common.py, `PrintConfig`.
   */
  const GOLDEN = [
    '               0x0 :       0x200000 | W:1 X:1 S:1 UC:0 WB:1',
    '          0x200000 :       0x200000 | W:0 X:0 S:1 UC:0 WB:1',
    '         0xfe00000 :       0x200000 | W:0 X:0 S:1 UC:0 WB:1',
    '        0x10000000 :       0x200000 | W:1 X:1 S:1 UC:0 WB:1',
    '        0x10200000 :       0x200000 | W:0 X:0 S:1 UC:0 WB:1',
    '        0x2fe00000 :       0x200000 | W:0 X:0 S:1 UC:0 WB:1',
    '        0x30000000 :      0x3e00000 | W:1 X:0 S:1 UC:0 WB:1',
    '        0x33e00000 :       0x200000 | W:0 X:0 S:1 UC:0 WB:1',
    '        0xa0000000 :     0x10000000 | W:1 X:1 S:0 UC:0 WB:1',
    '        0xb0000000 :       0x200000 | W:0 X:0 S:1 UC:0 WB:1',
  ];

  it('is what pt prints of a kernel with 2 MiB pages', () => {
    const pages = GOLDEN.map((line): Page => {
      const [, start, bytes, w, x, s] = /(0x\w+) : +(0x\w+) \| W:(\d) X:(\d) S:(\d)/.exec(line)!;
      const rights = { writable: w === '1', executable: x === '1', user: s === '0' };
      return [Number(start), Number(start), Number(bytes), { ...rights, pageSize: 0x20_0000 }];
    });
    const [header, ...lines] = linesOf('gdb-pt-dump', '4-level', pages);
    expect(header).toBe('             Address :         Length | Permissions          ');
    expect(lines.map((line) => line.slice(2))).toEqual(GOLDEN);
    expect(lines.every((line) => line.startsWith('  '))).toBe(true);
  });

  it('ends a line at PWT and PCD, and not at the size of pages', () => {
    const lines = linesOf('gdb-pt-dump', 'PAE', [
      [0x1f_f000, 0x3000, 0x1000],
      [0x20_0000, 0x40_0000, 0x20_0000, { pageSize: 0x20_0000 }],
      [0x40_0000, 0x5000, 0x1000, { pwt: true }],
      [0x40_1000, 0x6000, 0x1000, { pcd: true }],
    ]);
    expect(lines.slice(1).map((line) => line.trim())).toEqual([
      '0x1ff000 :       0x201000 | W:0 X:1 S:1 UC:0 WB:1',
      '0x400000 :         0x1000 | W:0 X:1 S:1 UC:0 WB:0',
      '0x401000 :         0x1000 | W:0 X:1 S:1 UC:1 WB:1',
    ]);
  });
});

describe('--as linux-ptdump', () => {
  /**
   * Source: the kernel's mailing list, 2018, of a kernel with page-table isolation: entries with GLB in
   * /sys/kernel/debug/page_tables/current_user, as `grep GLB` shows them.
   */
  const GLOBAL = [
    '0xfffffe0000000000-0xfffffe0000002000           8K     ro                 GLB NX pte',
    '0xfffffe0000002000-0xfffffe0000003000           4K     RW                 GLB NX pte',
    '0xfffffe0000003000-0xfffffe0000006000          12K     ro                 GLB NX pte',
    '0xfffffe0000006000-0xfffffe0000007000           4K     ro                 GLB x  pte',
    '0xfffffe0000007000-0xfffffe000000d000          24K     RW                 GLB NX pte',
  ];
  /** Source: the same list, 2022, of a 32-bit kernel, its "Kernel Mapping". */
  const SHORT = [
    '0xc0000000-0xc0001000           4K     RW                     x  pte',
    '0xc0001000-0xc0099000         608K     RW                     x  pte',
    '0xc0099000-0xc009a000           4K     ro                     NX pte',
    '0xc009a000-0xc009b000           4K     ro                     x  pte',
    '0xc009b000-0xc009d000           8K     RW                     NX pte',
  ];
  const pagesOf = (lines: readonly string[]): Page[] =>
    lines.map((line, i) => {
      const [, start, end] = /^(0x\w+)-(0x\w+)/.exec(line)!;
      const bytes = Number(BigInt(end!) - BigInt(start!));
      const rights = {
        writable: / RW /.test(line),
        executable: / x /.test(line),
        global: / GLB /.test(line),
      };
      // What the two first lines of SHORT differ in is the accessed bit, of which nothing is printed.
      return [BigInt(start!), 0x10_0000, bytes, { ...rights, accessed: lines === SHORT && i === 0 }];
    });

  it('is what Linux prints of 64 bits', () => {
    const lines = linesOf('linux-ptdump', '4-level', pagesOf(GLOBAL));
    expect(lines.filter((line) => line.includes('GLB'))).toEqual(GLOBAL);
    expect(lines).toContain('---[ Kernel Space ]---');
    expect(lines[1]).toBe(`0x0000000000000000-0x0000800000000000         128T ${' '.repeat(30)}pgd`);
  });

  it('is what Linux prints of 32 bits', () => {
    expect(linesOf('linux-ptdump', 'PAE', pagesOf(SHORT)).filter((line) => / [x] |NX/.test(line))).toEqual(
      SHORT,
    );
  });

  it('names the levels, large pages, and the rights of entries, and breaks lines where those of all levels change', () => {
    const lines = linesOf('linux-ptdump', '4-level', [
      [0, 0, 0x4000_0000, { pageSize: 0x4000_0000, user: true }],
      [0x4000_0000, 0x20_0000, 0x20_0000, { pageSize: 0x20_0000, writable: true }],
      [0x4020_0000, 0x1000, 0x1000, { pcd: true, pwt: true }],
    ]);
    const absent = ' '.repeat(30);
    expect(lines).toEqual([
      '---[ User Space ]---',
      '0x0000000000000000-0x0000000040000000           1G USR ro         PSE         x  pud',
      '0x0000000040000000-0x0000000040200000           2M     RW         PSE         x  pmd',
      '0x0000000040200000-0x0000000040201000           4K     ro PWT PCD             x  pte',
      `0x0000000040201000-0x0000000040400000        2044K ${absent}pte`,
      `0x0000000040400000-0x0000000080000000        1020M ${absent}pmd`,
      `0x0000000080000000-0x0000008000000000         510G ${absent}pud`,
      `0x0000008000000000-0x0000800000000000      130560G ${absent}pgd`,
      '---[ Kernel Space ]---',
      `0xffff800000000000-0x0000000000000000         128T ${absent}pgd`,
    ]);
  });
});

describe('--as crash', () => {
  it('is what vtop prints of a page', () => {
    // Source: crash, help page of `vtop`, address 80b4000; what is of kernel structures left out.
    expect(
      linesOf('crash', '32-bit', [
        [0x80b_4000, 0x660_f000, 0x1000, { writable: true, user: true, accessed: true, dirty: true }],
      ]).map((line) => line.trim().replace(/ +/g, ' ')),
    ).toEqual([
      'VIRTUAL PHYSICAL',
      '80b4000 660f000',
      '',
      'PTE PHYSICAL FLAGS',
      '660f067 660f000 (PRESENT|RW|USER|ACCESSED|DIRTY)',
      '',
    ]);
    // Source: a session with crash on x86-64 (`pte 8000000076d2c067`), to the column.
    const wide = linesOf('crash', '4-level', [
      [
        0x40_0000,
        0x76d2_c000,
        0x1000,
        { writable: true, user: true, executable: false, accessed: true, dirty: true },
      ],
    ]);
    expect(wide.slice(3, 5)).toEqual([
      '      PTE         PHYSICAL  FLAGS',
      '8000000076d2c067  76d2c000  (PRESENT|RW|USER|ACCESSED|DIRTY|NX)',
    ]);
  });

  it('names every flag', () => {
    const [, , , , line] = linesOf('crash', 'PAE', [
      [0x20_0000, 0x40_0000, 0x20_0000, { pageSize: 0x20_0000, global: true, pwt: true, pcd: true }],
    ]);
    expect(line).toMatch(/^ *400199 +400000 +\(PRESENT\|PWT\|PCD\|PSE\|GLOBAL\)$/);
  });
});
