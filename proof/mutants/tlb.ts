/** Mistakes in the words of the fast TLB, and in the wide TLB. */

import { type Mutant, of } from './mutant.ts';

export const TLB_MUTANTS: readonly Mutant[] = [
  ...of('tlb/tlb-word.ts', [
    [
      'any',
      'return (word & ~WORD_GRANTS) | bits[rightsOfWord(word)]!;',
      'return word | bits[rightsOfWord(word)]!;',
    ],
    [
      'any',
      '((word & GRANTS_FETCH) === 0 ? RIGHT_NX : 0)',
      '((word & GRANTS_FETCH) !== GRANTS_FETCH ? RIGHT_NX : 0)',
    ],
  ]),
];
