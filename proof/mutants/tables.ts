/** Mistakes in the entries that the table writer makes. */

import { type Mutant, of } from './mutant.ts';

export const TABLES_MUTANTS: readonly Mutant[] = [
  ...of('tables/entry-format.ts', [
    ['32-bit', 'low | (high << 13)', 'low | (high << 12)'],
    ['4-level', '(level.shift > PAGE_SHIFT ? PDE_PS : 0)', '(level.shift >= PAGE_SHIFT ? PDE_PS : 0)'],
    ['PAE', ': PTE_RW | PTE_US;', ': PTE_RW;'],
    [
      '4-level',
      'return { low: lowHalf(table) | PTE_P | rights, high: highHalf(table) };',
      'return { low: lowHalf(table) | PTE_P | rights, high: 0 };',
    ],
  ]),
  ...of('tables/page-attributes.ts', [
    ['PAE', '(leaf.low & ~clear.low) | set.low', 'leaf.low & ~clear.low'],
    ['4-level', 'on(user, PTE_US)', 'on(user, PTE_RW)'],
    ['PAE', 'executable === false ? PTE_NX_HIGH : 0', 'executable === true ? PTE_NX_HIGH : 0'],
    ['5-level', 'on(global, PTE_G)', 'on(global, PTE_PCD)'],
  ]),
  ...of('tables/entry-format.ts', [
    ['PAE', 'this.pageAddress(leaf, level) + index', 'index'],
    ['4-level', 'const LEAF_FLAGS = 0xf7f;', 'const LEAF_FLAGS = 0xe7f;'],
  ]),
  ...of('tables/table-registers.ts', [['4-level', '(bits.cr4 !== 0 && cpu.nx ? EFER_NXE : 0)', '0']]),
  ...of('verify/expected.ts', [
    ['any', 'const DIRECT_MAP_SLOTS = 11;', 'const DIRECT_MAP_SLOTS = 12;'],
    ['any', 'firstTable, tablesEnd, false)', 'firstTable - 1, tablesEnd, false)'],
    ['any', 'pageCount: to - from,', 'pageCount: to - from + 1,'],
    ['any', 'firstPage: linearTable + DIRECT_MAP_SLOT,', 'firstPage: linearTable + READ_ONLY_M2P_SLOT,'],
    ['any', 'const FIRST_XEN_TABLE_SLOT = 1021;', 'const FIRST_XEN_TABLE_SLOT = 1020;'],
  ]),
  ...of('verify/geometry.ts', [
    ['any', 'loadAddress + pages * 4096 <= XEN_VIRTUAL_START', 'loadAddress <= XEN_VIRTUAL_START'],
  ]),
];
