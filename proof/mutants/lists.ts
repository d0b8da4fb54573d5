/** Mistakes in the loops over lists. */

import { type Mutant, of } from './mutant.ts';

const HITS_MUTANTS: readonly Mutant[] = of('mmu/word-hits.ts', [
  ['32-bit', '(wordB & WORD_ADDRESS) ^ b', '(wordB & WORD_ADDRESS) ^ a'],
  ['32-bit', 'physical[i + 5] = (wordF & WORD_ADDRESS)', 'physical[i + 5] = (wordE & WORD_ADDRESS)'],
  ['32-bit', 'if ((wordG & bit) === 0) return i + 6;', 'if ((wordF & bit) === 0) return i + 6;'],
  ['32-bit', '(word & WORD_ADDRESS) ^ linearAddress', 'word ^ linearAddress'],
]);

const RUN_MUTANTS: readonly Mutant[] = of('mmu/translate-run.ts', [
  // misses
  ['32-bit', 'const slot = directoryAt | (address >>> 22);', 'const slot = directoryAt | (address >>> 23);'],
  ['32-bit', 'if ((pde & (PTE_P | PDE_PS)) !== PTE_P) break;', 'if ((pde & PTE_P) === 0) break;'],
  ['32-bit', '((address >>> 12) & 0x3ff);', '((address >>> 12) & 0x1ff);'],
  ['32-bit', 'const used = pte | usedBits;', 'const used = pte | usedBits | PTE_D;'],
  ['32-bit', '(((pde & pte) >>> 1) & 3) | ((used', '(((pde | pte) >>> 1) & 3) | ((used'],
  ['32-bit', 'if ((pde & PTE_A) === 0) directory[slot] = pde | PTE_A;', ''],
  ['32-bit', 'if (used !== pte) table[at] = used;', 'if (used !== pte) directory[slot] = used;'],
  ['32-bit', '(pte & PTE_FRAME_MASK) | (address & PAGE_OFFSET_MASK)', 'pte & PTE_FRAME_MASK'],
  // faults
  ['32-bit', 'code |= PF_P;', ''],
  ['32-bit', 'const absent = accessCodes[access]!;', 'const absent = accessCodes[access]! | PF_P;'],
  [
    '32-bit',
    '(pde & PTE_FRAME_MASK) | ((address >>> 10) & 0xffc)',
    '(pde & PTE_FRAME_MASK) | ((address >>> 10) & 0x7fc)',
  ],
  [
    '32-bit',
    '| RIGHT_D]!;\n        if ((bits & bit) !== 0) break;',
    ']!;\n        if ((bits & bit) !== 0) break;',
  ],
  // absentTables
  ['32-bit', 'directory[directoryAt | (d >>> 22)]!', 'directory[directoryAt | (c >>> 22)]!'],
  ['32-bit', 'return i + 6;', 'return i + 7;'],
]);

export const LISTS_MUTANTS: readonly Mutant[] = [...HITS_MUTANTS, ...RUN_MUTANTS];
