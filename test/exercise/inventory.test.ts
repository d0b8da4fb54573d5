import { describe, expect, it } from 'vitest';
import { INVENTORY_FORMS, inventoryText, MISCONCEPTIONS, makeInventory } from '../../src/exercise/index.ts';

const SEEDS = [0, 2004];

describe('the concept inventory', () => {
  it('has 26 questions of four options, one right, each wrong one with a misconception of its own', () => {
    for (const form of INVENTORY_FORMS) {
      for (const seed of SEEDS) {
        const questions = makeInventory(form, seed);
        expect(questions).toHaveLength(26);
        expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
        for (const { id, options } of questions) {
          const believed = options.map(({ misconception }) => misconception);
          expect(options, id).toHaveLength(4);
          expect(new Set(options.map(({ text }) => text)).size, id).toBe(4);
          expect(new Set(believed).size, id).toBe(4);
          expect(
            believed.filter((one) => one === undefined),
            id,
          ).toHaveLength(1);
        }
      }
    }
  });

  it('asks the same before and after, about other bytes, the same for a seed everywhere', () => {
    const [pre, post] = INVENTORY_FORMS.map((form) => makeInventory(form, 5));
    expect(pre!.map(({ id }) => id)).toEqual(post!.map(({ id }) => id));
    for (const [i, { tables }] of pre!.entries()) expect(tables).not.toEqual(post![i]!.tables);
    expect(makeInventory('pre', 5)).toEqual(pre);
  });

  it('has the right answers that the manual gives, and uses every misconception that it names', () => {
    const questions = makeInventory('pre', 3);
    const right = Object.fromEntries(
      questions.map(({ id, options }) => [
        id,
        options.find(({ misconception }) => misconception === undefined)!.text,
      ]),
    );
    expect(right).toMatchObject({
      'supervisor-writes-read-only': expect.stringContaining('code 3 '),
      'supervisor-without-wp': 'It goes through.',
      'ring-1': 'It goes through.',
      'program-reads-kernel': expect.stringContaining('code 5 '),
      'directory-forbids': expect.stringContaining('code 7 '),
      'table-forbids': expect.stringContaining('code 7 '),
      'absent-page': expect.stringContaining('code 6 '),
      'read-of-nothing': expect.stringContaining('code 0 '),
      'bits-after-read': 'A = 1, D = 0',
      'bits-after-write': 'A = 1, D = 1',
      'stale-entry': expect.stringMatching(/^It goes through/),
      'new-entry': 'It goes through.',
      'load-of-cr3': 'A page fault.',
    });
    const used = new Set(
      questions.flatMap(({ options }) => options.map(({ misconception }) => misconception)),
    );
    expect(Object.keys(MISCONCEPTIONS).filter((one) => !used.has(one as never))).toEqual([]);
  });

  it('is printed without its answers, and with them for who teaches', () => {
    const questions = makeInventory('post', 3);
    expect(inventoryText(questions)).not.toMatch(/<- right|\[[a-z-]+\]$/m);
    expect(inventoryText(questions, true).match(/<- right$/gm)).toHaveLength(26);
  });

  it.each([-1, 0.5, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => makeInventory('pre', seed)).toThrow(
      `seed ${seed} is not a whole number from 0 to 9007199254740991`,
    );
  });
});
