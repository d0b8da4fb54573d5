import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  EXERCISE_WORDS,
  INVENTORY_FORMS,
  inventoryGift,
  inventoryName,
  inventoryText,
  MISCONCEPTIONS,
  makeInventory,
} from '../../src/exercise/index.ts';
import { readGift } from './gift-reader.ts';

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

  it('is the same in every version, so that forms that were given keep their key', () => {
    const hash = createHash('sha256');
    for (const form of INVENTORY_FORMS) {
      for (let seed = 0; seed < 4; seed++) hash.update(JSON.stringify(makeInventory(form, seed)));
    }
    expect(hash.digest('hex')).toBe('2275434d359ce267b432dc4b995741f3c62a161ef8da9dde1b0479c464555b77');
  });

  it('asks about the same bytes in German, with its options in the same order', () => {
    const german = makeInventory('pre', 7, 'de');
    for (const [i, { tables, machine, options, prompt, id }] of makeInventory('pre', 7).entries()) {
      const one = german[i]!;
      expect({ tables: one.tables, machine: one.machine }, id).toEqual({ tables, machine });
      expect(one.options.map(({ misconception }) => misconception)).toEqual(
        options.map(({ misconception }) => misconception),
      );
      expect(one.prompt).not.toBe(prompt);
      expect(new Set(one.options.map(({ text }) => text)).size, id).toBe(4);
    }
    expect(inventoryText(german, true)).toMatch(/<- richtig$/m);
  });

  it('is a quiz for Moodle, in which each wrong option says what it stands for', () => {
    const questions = makeInventory('post', 7);
    const read = readGift(inventoryGift(questions, inventoryName('post', 7)));
    expect(read).toHaveLength(26);
    for (const [i, { type, answers, name }] of read.entries()) {
      expect(type).toBe('multichoice');
      expect(name).toBe(`after the course, number 7, Question ${i + 1}`);
      expect(answers).toEqual(
        questions[i]!.options.map(({ text, misconception }) => ({
          text,
          credit: misconception === undefined ? 100 : 0,
          feedback: misconception === undefined ? '' : MISCONCEPTIONS[misconception],
        })),
      );
    }
  });

  it.each(Object.entries(EXERCISE_WORDS))(
    'is printed in 80 columns, with its name above it: %s',
    (code, words) => {
      for (const key of [false, true]) {
        const text = inventoryText(makeInventory('pre', 3, code as 'de'), key, 'X');
        expect(text.split('\n')[0]).toBe(key ? words.inventory.key('X') : words.inventory.title('X'));
        for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
      }
    },
  );

  it('refuses what it does not have', () => {
    expect(() => makeInventory('mid' as never, 1)).toThrow("no form 'mid'; there are pre, post");
    expect(() => makeInventory('pre', 1, 'fr' as never)).toThrow("no exercises in 'fr'; there are en, de");
  });

  it.each([-1, 0.5, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => makeInventory('pre', seed)).toThrow(
      `seed ${seed} is not a whole number from 0 to 9007199254740991`,
    );
  });
});
