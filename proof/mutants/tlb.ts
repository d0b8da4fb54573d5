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
  ...of('tlb/wide-tlb.ts', [
    ['any', 'this.#epochFloor = this.#lastEpoch;\n    this.#beginEpoch();', 'this.#beginEpoch();'],
    ['any', 'if (epoch > this.#epochFloor)', 'if (epoch >= this.#epochFloor)'],
    ['any', 'this.#lastEpoch++;', ''],
    ['any', 'this.words.fill(0);', ''],
    ['any', 'this.#flushedAt[pcid] = this.clock;', ''],
    ['any', 'this.#allFlushedAt = this.clock;', ''],
    ['any', 'this.#globalsFlushedAt = this.clock;', ''],
    ['any', 'stamp > this.#allFlushedAt && stamp', 'stamp >= this.#allFlushedAt && stamp'],
    ['any', 'this.words[slot] = 0;', ''],
    ['any', 'this.words[slot] !== 0 && this.#concerns', 'this.#concerns'],
    ['any', 'return this.highs[slot] === high && ((', 'return (('],
    [
      'any',
      'return this.highs[slot] === high && ((this.words[slot]! ^ low) & TAG) === 0;',
      'return this.highs[slot] === high;',
    ],
    ['any', ': meta >>> META_PCID_SHIFT === pcid;', ': true;'],
    ['any', 'if (pcid === this.#pcid) this.#beginEpoch();', ''],
    ['any', 'this.#epochs[pcid] = 0;', ''],
    ['4-level', 'return this.meta[slot]! & META_RIGHTS;', 'return this.meta[slot]! & (META_RIGHTS >> 1);'],
    ['4-level', '(this.meta[slot]! >>> META_KEY_SHIFT) & 0xf;', '(this.meta[slot]! >>> META_KEY_SHIFT) & 7;'],
  ]),
  ...of('mmu/wide-run.ts', [
    ['any', ' | (highs[slot]! ^ halves[2 * i + 1]!)', ''],
    ['any', 'const mask = WORD_ADDRESS | bit;', 'const mask = WORD_ADDRESS;'],
    ['any', '(words[slot]! ^ (low & WIDE_TAG) ^ wanted)', '(words[slot]! ^ wanted)'],
    ['any', 'pages[slot]! + (low & PAGE_OFFSET_MASK)', 'pages[slot]!'],
  ]),
  ...of('mmu/mmu.ts', [
    ['any', 'this.#wideBases[slot] === linear - offset', 'true'],
    ['any', ' | (this.#wideHighs[slot]! ^ high)', ''],
    ['any', '(wide ^ (low & WIDE_TAG) ^ this.#wideKey)', '(wide ^ this.#wideKey)'],
  ]),
  ...of('mmu/translation.ts', [['any', ' | (wide.highs[slot]! ^ high)', '']]),
];
