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
];
