import { describe, expect, it } from 'vitest';
import { sourceFiles, withoutComments } from './support/source-files.ts';

/** A rule that stands in one place, and what a second copy of it would look like. */
interface OnePlace {
  readonly rule: string;
  /** The files where it stands. */
  readonly stands: readonly string[];
  readonly copies: readonly RegExp[];
}

/** log2 of what the entries of some level stand for. */
const SHIFT = '(?:12|21|22|30|39|48)';
const LARGE_SHIFT = '(?:21|22|30|39|48)';
const MODE = `(?:'32-bit'|PAE|'[45]-level')`;
const KIND = '(?:PML5E|PML4E|PDPTE|PDE|PTE)';

const RULES: readonly OnePlace[] = [
  {
    rule: 'the shape of a paging mode',
    stands: ['arch/paging-modes.ts'],
    copies: [
      // Numbers, or a list or table of them, for each mode or for each kind of entry.
      new RegExp(`${MODE}:\\s*[[{(\\d]`),
      new RegExp(`\\b${KIND}:\\s*[[{(\\d]`),
      // Shifts in a list, and shifts, widths or counts chosen by the mode.
      new RegExp(`\\[\\s*${LARGE_SHIFT}\\s*,\\s*${LARGE_SHIFT}\\b`),
      new RegExp(`\\?\\s*${SHIFT}\\s*:\\s*${SHIFT}\\b`),
      /\?\s*(?:57|48)\s*:\s*(?:57|48)\b/,
      /\?\s*(?:512|1024)\s*:\s*(?:512|1024)\b/,
      /\b(?:shift|indexBits|linearBits)\s*:\s*\d/,
    ],
  },
  {
    rule: 'an address as a number where it fits one, else as a bigint; its halves',
    stands: ['arch/linear.ts'],
    copies: [
      /MAX_SAFE_INTEGER\)?\s*\?\s*Number/,
      /asIntN\(\s*32/,
      /<<\s*32n\)?\s*\|\s*BigInt\([^)]*>>> 0/,
      /function (?:lowHalf|highHalf|asNumber)\b/,
    ],
  },
  {
    rule: 'which accesses have a name',
    stands: ['arch/access.ts'],
    copies: [/\[USER_READ\]:/],
  },
];

describe('a rule of the architecture', () => {
  const files = sourceFiles().map(({ path, text }) => ({ path, code: withoutComments(text) }));

  it.each(RULES)('stands in one place: $rule', ({ stands, copies }) => {
    const found = files
      .filter(({ path }) => !stands.includes(path))
      .flatMap(({ path, code }) =>
        copies.flatMap((copy) => {
          const match = copy.exec(code);
          return match === null ? [] : [`${path}: ${code.slice(match.index, match.index + 60)}`];
        }),
      );
    expect(found).toEqual([]);
  });

  it.each(RULES)('is found where it stands by the same search: $rule', ({ stands, copies }) => {
    const code = files.filter(({ path }) => stands.includes(path)).map((file) => file.code);
    expect(copies.some((copy) => code.some((text) => copy.test(text)))).toBe(true);
  });
});
