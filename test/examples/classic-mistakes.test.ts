import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asked, mark, type Part } from '../../examples/classic-mistakes/mark.ts';
import { MISTAKES, type Mistake } from '../../examples/classic-mistakes/mistakes.ts';
import { Solution } from '../../examples/classic-mistakes/solution.ts';
import type { BuildRequest } from '../../src/campaign/index.ts';
import { blocksOf, textOf } from '../support/documents.ts';

/** What the document shows comes from this seed. */
const SEED = 1;

const NAMES = Object.keys(MISTAKES) as (keyof typeof MISTAKES)[];

/** The smallest request of which a wrong solution fails, as fast-check finds it within 1,000 runs. */
function smallest({ solution, part }: Mistake, seed: number): BuildRequest {
  const right = fc.property(asked(part), (request) => mark(solution, part, request).length === 0);
  const { counterexample, numRuns } = fc.check(right, { seed, numRuns: 1000 });
  if (counterexample === null) throw new Error(`seed ${seed}: not found within ${numRuns} runs`);
  return counterexample[0];
}

/** What is told of the smallest failure, from the seed of the document. */
const FAILURES = NAMES.map((name) => {
  const { solution, part } = MISTAKES[name];
  return mark(solution, part, smallest(MISTAKES[name], SEED)).join('\n');
});

/** What the failure must say: which address, which access, which entries, and what to do. */
const TOLD: Record<keyof typeof MISTAKES, RegExp[]> = {
  'index shifted': [
    /^ {2}read at 0x0000_1000: expected frame 0x0 .*, found a page fault \(not present, error code 0\)$/m,
    /^ {2}to mend it: write the PTE at 0x0000_\d00[48] \(0x0: not present\), so that it leads to 0x0000_0000$/m,
    // Twice as far in the table as it should be.
    /^ {2}read at 0x0000_2000: expected a page fault .*, found frame 0x0$/m,
    /^ {2}to mend it: clear P in the PTE at 0x0000_\d0(08|10) \(0x1: P\)$/m,
  ],
  'parent’s rights forgotten': [
    /^ {2}(write|user read) at 0x0000_0000: expected that it succeeds .*, found a page fault \(.*, error code [35]\)$/m,
    /^ {2}to mend it: set (RW|US) in the PDE at 0x0000_\d000 \(0x\d001: P\)$/m,
  ],
  'table mapped writable': [
    /^No page gives write access to a page table\.$/m,
    /^ {2}write at 0xd000_1000: expected a page fault .*, found frame 0x1$/m,
    /^ {2}to mend it: clear RW in the PTE at 0x\w+ \(0x\w*103: P RW G( NX)?\)$/m,
  ],
  'PS without PSE': [
    /^ {2}read at 0x0000_0000: expected frame 0x400 .*, found frame 0xfffff$/m,
    /^ {2}to mend it: set CR4\.PSE: .*, PS \(bit 7\) of the PDE at 0x0000_1000 \(0x400081: P\) means nothing/m,
    /expected a page of 0x40_0000 bytes .*, found one of 0x1000 bytes\n {2}to mend it: set CR4\.PSE/,
  ],
  'NX without NXE': [
    /^ {2}read at 0x0000_0000: expected frame 0x0 .*, found a page fault \(reserved bit, error code 9\)$/m,
    /^ {2}to mend it: set EFER\.NXE: .* NX \(bit 63\) of the PTE at 0x0000_3000 \(0x8000000000000001: P\)/m,
  ],
  'missing flush': [
    /^step 2, unmap: the P[TD]E at 0x0000_\d000 was changed from 0x\w+ \(P A( PS)?\) to 0x0 \(not present\)$/m,
    /^since then there was neither INVLPG 0x0000_0000 nor a load of CR3$/m,
    /^step \d, program: read at 0x0000_0000: it went to .* that the tables no longer have/m,
    /^to mend it: after the change of the entry: INVLPG 0x0000_0000, or a load of CR3$/m,
  ],
  'alias forgotten': [
    /^No page gives write access to frame 0x0 beside another use\.$/m,
    /^ {2}write at 0xd000_0000: expected a page fault \(a frame with another page\), found frame 0x0$/m,
    /^ {2}to mend it: clear RW in the PTE at 0x\w+ \(0x\w*103: P RW G( NX)?\)$/m,
  ],
};

describe('the exercise of the classic mistakes', () => {
  it.each<[Part, number]>([
    ['a', 60],
    ['b', 60],
    ['c', 6],
  ])('part %s: the solution has no mistake', (part, numRuns) => {
    const nothingWrong = fc.property(asked(part), (request) => {
      expect(mark(Solution, part, request)).toEqual([]);
    });
    fc.assert(nothingWrong, { numRuns });
  });

  it.each(NAMES)('%s: found within 1,000 runs from any seed, and shrunk to one page or none', (name) => {
    for (const seed of [2, Math.floor(Math.random() * 2 ** 31)]) {
      const request = smallest(MISTAKES[name], seed);
      const pages = request.mappings.map(({ bytes, pageSize }) => bytes / pageSize);
      // The tables themselves suffice where they are what is mapped wrongly.
      expect([seed, pages]).toEqual([seed, name === 'table mapped writable' ? [] : [1]]);
      expect([seed, request.frames.length <= 3]).toEqual([seed, true]);
    }
  });

  it.each(NAMES)('%s: explained by address, access, entries, and what would mend it', (name) => {
    const told = FAILURES[NAMES.indexOf(name)];
    for (const line of TOLD[name]) expect(told).toMatch(line);
  });
});

describe('docs/classic-mistakes.md', () => {
  const document = 'docs/classic-mistakes.md';
  const source = ['solution', 'mistakes', 'mark'].map((name) =>
    textOf(`examples/classic-mistakes/${name}.ts`),
  );

  it('tells every mistake with its real failure', () => {
    const headings = [...textOf(document).matchAll(/^## (.*)$/gm)].map(([, heading]) =>
      heading!.toLowerCase(),
    );
    for (const name of NAMES) expect(headings).toContain(name.toLowerCase());
    expect(blocksOf(document, 'text')).toEqual(FAILURES.map((lines) => `${lines}\n`));
  });

  it('shows the code as it is', () => {
    const shown = blocksOf(document, 'js');
    expect(shown.length).toBe(NAMES.length);
    for (const block of shown) expect(source.some((text) => text.includes(block))).toBe(true);
  });
});
