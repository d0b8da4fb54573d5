import { describe, expect, it } from 'vitest';
import { TOY_MEMORY, TOY_STEPS, toyPicture, toyWalk } from '../../src/web/toy.ts';
import { LANGUAGES } from '../../src/web/words/index.ts';

const letter = (program: 'A' | 'B', address: number): string | undefined =>
  toyWalk(TOY_MEMORY, program, address).letter;

describe('the toy', () => {
  it('gives two programs different memory at the same addresses, and lets them share', () => {
    const read = (program: 'A' | 'B', from: number): (string | undefined)[] =>
      [0, 1, 2, 3].map((i) => letter(program, from + i));
    expect(read('A', 4).join('')).toBe('home');
    expect(read('B', 4).join('')).toBe('work');
    expect(read('A', 8).join('')).toBe('both');
    expect(letter('B', 8)).toBeUndefined();
    // The bit that the student is to flip, and no other single bit of an entry of B's.
    const mended = TOY_MEMORY.flatMap((value, cell) =>
      [0, 1, 2, 3].flatMap((bit) => {
        const memory = TOY_MEMORY.map((old, at) => (at === cell ? value ^ (1 << bit) : old));
        return TOY_STEPS[3]!.check!(memory) ? [[cell, bit]] : [];
      }),
    );
    expect(mended).toEqual([[18, 0]]);
  });

  it('reads one entry where the first is not present, and blames its P', () => {
    expect(toyWalk(TOY_MEMORY, 'A', 40)).toMatchObject({ read: [6], cell: undefined });
    const picture = toyPicture(TOY_MEMORY, 'A', 40, false);
    expect(picture.columns.map(({ entry }) => entry.bits.filter(({ blamed }) => blamed))).toMatchObject([
      [{ bit: 0 }],
    ]);
    expect(JSON.stringify(toyPicture(TOY_MEMORY, 'A', 40, true))).not.toContain('"broken":true');
  });

  it.each(Object.entries(LANGUAGES))(
    'has an answer that is right, and words for each wrong one: %s',
    (_code, words) => {
      expect(words.toy.steps).toHaveLength(TOY_STEPS.length);
      for (const [i, { right }] of TOY_STEPS.entries()) {
        const { choices, wrong, hint } = words.toy.steps[i]!;
        expect(choices !== undefined).toBe(right !== undefined);
        expect(hint !== undefined).toBe(right === undefined);
        expect(wrong?.map((text) => text === '')).toEqual(choices?.map((_, at) => at === right));
      }
      // What the choices say is what the toy does.
      expect(words.toy.steps[1]!.choices!.map((text) => text.slice(1, 2))).toEqual([
        letter('A', 7),
        letter('B', 7),
        letter('A', 5),
      ]);
    },
  );
});
