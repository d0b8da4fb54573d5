import { describe, expect, it } from 'vitest';
import { answerKey, checkAnswer, typicalMistakes } from '../../src/exercise/index.ts';
import {
  type Answers,
  answersText,
  marksOf,
  mistakesOf,
  readAnswers,
  sheetOf,
} from '../../src/web/answers.ts';

const EMPTY: Answers = { seed: 5, student: 'Ada', count: 4, answers: {} };

describe('answers that are handed in', () => {
  it('are read as they were saved, and checked again', () => {
    const [first, second] = sheetOf(EMPTY).exercises;
    const slip = typicalMistakes(second!)[0]!.answer;
    const answers: Answers = { ...EMPTY, answers: { 1: answerKey(first!).answer, 2: slip, 3: ' ' } };
    const read = readAnswers(answersText(answers));
    expect(read).toEqual(answers);
    const { mistake } = checkAnswer(second!, slip);
    expect(marksOf(read!)).toEqual(['right', mistake, 'none', 'none']);
    expect(mistakesOf([marksOf(read!), marksOf(read!)])).toEqual([[mistake, 2]]);
  });

  it.each([
    ['no JSON', 'x'],
    ['nothing', 'null'],
    ['another schema', JSON.stringify({ ...EMPTY, schema: 'x86-paging/exercise/1' })],
    ['a seed that is none', answersText({ ...EMPTY, seed: -1 })],
    ['too many exercises', answersText({ ...EMPTY, count: 101 })],
    ['more than a class writes', answersText({ ...EMPTY, student: 'x'.repeat(2 ** 20) })],
  ])('are refused if the file holds %s', (_what, text) => {
    expect(readAnswers(text)).toBeUndefined();
  });

  it('count only as text, under a name of at most 60 letters', () => {
    const text = JSON.stringify({
      ...EMPTY,
      schema: 'x86-paging/answers/1',
      student: 'y'.repeat(99),
      answers: { 1: 7 },
    });
    expect(readAnswers(text)).toEqual({ ...EMPTY, student: 'y'.repeat(60) });
  });
});
