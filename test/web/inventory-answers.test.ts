import { describe, expect, it } from 'vitest';
import { MISCONCEPTIONS, makeInventory } from '../../src/exercise/index.ts';
import {
  believedIn,
  gainOf,
  type InventoryAnswers,
  inventoryAnswersText,
  LESSON_FOR,
  marksOfInventory,
  readInventoryAnswers,
  resultsOf,
  scoreOf,
} from '../../src/web/inventory-answers.ts';
import { lessonById } from '../../src/web/lessons/index.ts';

/** Answers of which the first so many are right, and the others the same wrong option. */
function answered(form: 'pre' | 'post', student: string, right: number): InventoryAnswers {
  const questions = makeInventory(form, 7);
  const answers = questions.map(({ id, options }, i): [string, number] => [
    id,
    options.findIndex(({ misconception }) => (misconception === undefined) === i < right),
  ]);
  return { form, seed: 7, student, answers: Object.fromEntries(answers) };
}

describe('answers to the inventory that are handed in', () => {
  it('are read as they were saved, and marked again', () => {
    const file = answered('pre', 'Ada', 20);
    const read = readInventoryAnswers(inventoryAnswersText(file));
    expect(read).toEqual(file);
    const marks = marksOfInventory(read!);
    expect(scoreOf(marks)).toBe(20);
    expect(marks.slice(20)).not.toContain('none');
    const believed = believedIn(marks);
    expect(believed.reduce((total, [, count]) => total + count, 0)).toBe(6);
    for (const [name] of believed) expect(MISCONCEPTIONS).toHaveProperty(name);
  });

  it('count where they are numbers of options, and no others', () => {
    const { answers, ...file } = answered('post', 'y'.repeat(99), 26);
    const [id, ...others] = Object.keys(answers);
    const odd = { ...answers, [id!]: 4, [others[0]!]: '1', __proto__: 1 };
    const read = readInventoryAnswers(inventoryAnswersText({ ...file, answers: odd as never }))!;
    expect(read.student).toHaveLength(60);
    expect(scoreOf(marksOfInventory(read))).toBe(24);
    expect(marksOfInventory({ ...read, answers: {} })).toEqual(Array(26).fill('none'));
  });

  it.each([
    ['no JSON', 'x'],
    ['nothing', 'null'],
    ['a form that is none', inventoryAnswersText({ ...answered('pre', '', 0), form: 'mid' as never })],
    ['a number that is none', inventoryAnswersText({ ...answered('pre', '', 0), seed: 0.5 })],
    [
      'answers to a sheet',
      JSON.stringify({ schema: 'x86-paging/answers/1', seed: 1, student: '', answers: {} }),
    ],
    ['more than a class writes', inventoryAnswersText(answered('pre', 'x'.repeat(1 << 16), 0))],
  ])('are refused if the file holds %s', (_what, text) => {
    expect(readInventoryAnswers(text)).toBeUndefined();
  });

  it('are set beside one another by student, with what the class has gained', () => {
    const files = [
      answered('pre', 'Ada', 13),
      answered('pre', 'Bob', 0),
      answered('post', ' Ada ', 26),
      answered('post', 'Bob', 13),
      answered('pre', '', 26),
    ];
    const results = resultsOf(files);
    expect(results.map(({ student }) => student)).toEqual(['Ada', 'Bob', '']);
    // 13 of 52 before, 39 after: 26 of the 39 that there were to gain.
    expect(gainOf(results)).toBeCloseTo(26 / 39);
    expect(gainOf(resultsOf(files.slice(0, 2)))).toBeUndefined();
    expect(gainOf(resultsOf([answered('pre', 'A', 26), answered('post', 'A', 26)]))).toBeUndefined();
  });
});

describe('every misconception', () => {
  it('has a lesson that shows what is otherwise', () => {
    expect(Object.keys(LESSON_FOR).sort()).toEqual(Object.keys(MISCONCEPTIONS).sort());
    for (const id of Object.values(LESSON_FOR)) expect(lessonById(id), id).toBeDefined();
  });
});
