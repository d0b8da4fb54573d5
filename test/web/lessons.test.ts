import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnosisOfHandler } from '../../src/web/handler.ts';
import { LESSONS, type LessonStep } from '../../src/web/lessons/index.ts';
import { diagnosisOf, PREDICTIONS, truthOf } from '../../src/web/predict.ts';
import { Session } from '../../src/web/session.ts';
import { LANGUAGES, type StepWords, speak } from '../../src/web/words/index.ts';

const LANGUAGE_NAMES = Object.keys(LANGUAGES);

/** Wrong answers of a step's question: how many can be given, and how many diagnoses there are for them. */
interface Coverage {
  readonly lesson: string;
  readonly step: number;
  readonly kind: string;
  readonly wrongAnswers: number;
  readonly diagnosed: number;
  readonly different: number;
}

/** All ways to fill blanks that have so many choices. */
function combinations(counts: readonly number[]): number[][] {
  return counts.reduce<number[][]>(
    (all, count) => all.flatMap((one) => Array.from({ length: count }, (_, i) => [...one, i])),
    [[]],
  );
}

function diagnosesOf(session: Session, step: LessonStep, words: StepWords): string[] | undefined {
  const { predict, handler, right } = step;
  if (predict !== undefined) {
    const truth = truthOf(session, predict);
    return PREDICTIONS.filter((one) => one !== truth).map((one) => diagnosisOf(session, predict, one));
  }
  if (handler !== undefined) {
    return combinations(handler.counts)
      .filter((choices) => choices.join() !== handler.right.join())
      .map((choices) => diagnosisOfHandler(words.blanks!, choices));
  }
  return right === undefined ? undefined : words.wrong!.filter((_, i) => i !== right);
}

it('each lesson says where to read on: a heading of the manual, or a document that is there', () => {
  for (const { id, sources } of LESSONS) {
    const { manual = [], document } = sources;
    expect(manual.length > 0 || document !== undefined, id).toBe(true);
    // Numbers of sections change with the edition.
    for (const heading of manual) expect(heading, id).not.toMatch(/^\d+\./);
    if (document !== undefined)
      expect(existsSync(new URL(`../../${document}`, import.meta.url)), id).toBe(true);
  }
});

describe.each(LANGUAGE_NAMES)('the lessons, in the language %s', (language) => {
  const words = LANGUAGES[language]!;

  it('have words for every step, and what the words speak of', () => {
    expect(Object.keys(words.lesson)).toEqual(LESSONS.map(({ id }) => id));
    for (const { id, steps } of LESSONS) {
      const texts = words.lesson[id]!.steps;
      expect(texts, id).toHaveLength(steps.length);
      for (const [i, step] of steps.entries()) {
        const { choices, wrong, code, blanks, after, hint, task } = texts[i]!;
        expect(choices !== undefined, `${id} ${i}`).toBe(step.right !== undefined);
        expect(wrong?.length, `${id} ${i}`).toBe(choices?.length);
        if (step.right !== undefined) expect(wrong?.[step.right], `${id} ${i}`).toBe('');
        expect(
          blanks?.map((blank) => blank.length),
          `${id} ${i}`,
        ).toEqual(step.handler?.counts);
        expect(code !== undefined, `${id} ${i}`).toBe(step.handler !== undefined);
        if (step.handler !== undefined) {
          expect(diagnosisOfHandler(blanks!, step.handler.right)).toBe('');
        }
        for (const text of [after, hint, task]) expect(text, `${id} ${i}`).toMatch(/\S/);
      }
    }
  });

  it('ask for a prediction before they show, in every lesson', () => {
    for (const { id, steps } of LESSONS) {
      const asks = steps.findIndex(({ right, predict }) => right !== undefined || predict !== undefined);
      const shows = steps.findIndex(({ acts, check }, i) => i > asks && (acts ?? check) !== undefined);
      expect(asks, id).toBeGreaterThanOrEqual(0);
      expect(shows, id).toBeGreaterThan(asks);
    }
  });

  it('diagnose every wrong answer that can be given, no two alike', () => {
    speak(language);
    const coverage: Coverage[] = [];
    for (const { id, steps, scenario } of LESSONS) {
      const session = Session.start(scenario);
      for (const [i, step] of steps.entries()) {
        const diagnoses = diagnosesOf(session, step, words.lesson[id]!.steps[i]!);
        // What the lesson has run before a question belongs to it.
        for (const action of step.acts?.(session) ?? []) session.do(action);
        if (diagnoses === undefined) continue;
        coverage.push({
          lesson: id,
          step: i + 1,
          kind: step.predict ? 'prediction' : step.handler ? 'handler' : 'choice',
          wrongAnswers: diagnoses.length,
          diagnosed: diagnoses.filter((text) => text !== '').length,
          different: new Set(diagnoses).size,
        });
      }
    }
    speak('en');
    const sum = (key: 'wrongAnswers' | 'diagnosed' | 'different'): number =>
      coverage.reduce((total, one) => total + one[key], 0);
    console.log(
      `${language}: ${coverage.length} questions, ${sum('wrongAnswers')} wrong answers, ${sum('diagnosed')} diagnosed, ${sum('different')} different diagnoses`,
    );
    if (language === 'en') console.table(coverage);
    for (const one of coverage) {
      expect(one.diagnosed, `${one.lesson} ${one.step}`).toBe(one.wrongAnswers);
      expect(one.different, `${one.lesson} ${one.step}`).toBe(one.wrongAnswers);
    }
    expect(sum('wrongAnswers')).toBeGreaterThan(400);
  });
});

describe('a handler that is completed', () => {
  it('brings about what it should with the right choices, and with no others', () => {
    const { scenario, steps } = LESSONS.find(({ id }) => id === 'demand')!;
    const handler = steps.find((step) => step.handler !== undefined)!.handler!;
    const session = Session.start(scenario);
    const [touch] = steps[1]!.acts!(session);
    for (const choices of combinations(handler.counts)) {
      session.reset();
      session.do(touch!);
      for (const action of handler.run(session, choices)) session.do(action);
      const last = session.outcomes.at(-1)!;
      const isRight = choices.join() === handler.right.join();
      // Whatever else is chosen, the program's write does not go through.
      expect(last.who === 'program' && last.fault === undefined, choices.join()).toBe(isRight);
    }
  });
});
