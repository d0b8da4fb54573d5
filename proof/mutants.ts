/** Planted mistakes, one operator, mask, constant or order each: the prover must refute every one. */

import { ARCH_MUTANTS } from './mutants/arch.ts';
import { LISTS_MUTANTS } from './mutants/lists.ts';
import type { Mutant } from './mutants/mutant.ts';
import { READABLE_MUTANTS } from './mutants/readable.ts';
import { TABLES_MUTANTS } from './mutants/tables.ts';
import { TLB_MUTANTS } from './mutants/tlb.ts';
import { WALKER_MUTANTS } from './mutants/walker.ts';

export const MUTANTS: readonly Mutant[] = [
  ...WALKER_MUTANTS,
  ...READABLE_MUTANTS,
  ...ARCH_MUTANTS,
  ...TLB_MUTANTS,
  ...TABLES_MUTANTS,
  ...LISTS_MUTANTS,
];
