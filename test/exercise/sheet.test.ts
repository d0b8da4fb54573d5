import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeGift } from '../../src/exercise/gift.ts';
import {
  answerKey,
  checkAnswer,
  DIAGNOSES,
  EXERCISE_KINDS,
  type Exercise,
  keyText,
  makeSheet,
  sheetGift,
  sheetText,
} from '../../src/exercise/index.ts';
import { readGift } from './gift-reader.ts';

function one(kind: Exercise['kind'], seed = 1): Exercise {
  return makeSheet({ seed, count: 1, kinds: [kind] }).exercises[0]!;
}

describe('makeSheet', () => {
  it('numbers its exercises and goes through the kinds in turn', () => {
    const { exercises } = makeSheet({ seed: 3, count: 5 });
    expect(exercises.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
    expect(exercises.map(({ kind }) => kind)).toEqual([...EXERCISE_KINDS, 'translate']);
  });

  it('gives each student another sheet, the same every time', () => {
    const of = (student?: string): unknown =>
      makeSheet({ seed: 3, count: 4, ...(student !== undefined && { student }) }).exercises;
    expect(of('Ada')).toEqual(of('Ada'));
    expect(of('Ada')).not.toEqual(of('Bob'));
    expect(of('Ada')).not.toEqual(of());
    expect(of('null')).not.toEqual(of());
  });

  it('begins a longer sheet with the shorter one', () => {
    const short = makeSheet({ seed: 9, count: 3 }).exercises;
    expect(makeSheet({ seed: 9, count: 12 }).exercises.slice(0, 3)).toEqual(short);
  });

  it('makes the same sheet in every version: printed sheets keep their key', () => {
    const { exercises } = makeSheet({ seed: 2004, count: 4 });
    expect(exercises.map((exercise) => answerKey(exercise).answer)).toMatchInlineSnapshot(`
      [
        "0x0054_8706",
        "ok",
        "0x0502_0000",
        "0x0034_7021",
      ]
    `);
  });

  it('makes every word of 480 exercises as in version 0.1', () => {
    const hash = createHash('sha256');
    for (let seed = 0; seed < 40; seed++) {
      const sheet = makeSheet({ seed, count: 12, ...(seed & 1 && { student: 'Ada' }) });
      hash.update(JSON.stringify([sheet, sheet.exercises.map(answerKey)]));
    }
    expect(hash.digest('hex')).toBe('6fad400e6e558a3c983418316bef1e1ce44fb3e80f8c1304288fcd22c915a548');
  });

  it.each([
    [{ seed: -1 }, 'seed -1 is not a whole number from 0'],
    [{ seed: 1.5 }, 'seed 1.5'],
    [{ seed: 1, count: 0 }, 'count 0 is not a whole number from 1 to 1000'],
    [{ seed: 1, count: 1001 }, 'count 1001'],
    [{ seed: 1, kinds: [] }, 'no kinds; choose among translate, fault, alias, fix'],
    [{ seed: 1, kinds: ['walk' as never] }, "no exercise of kind 'walk'; there are translate"],
  ])('refuses %j', (options, message) => {
    expect(() => makeSheet(options)).toThrow(message);
  });
});

describe('checkAnswer reads numbers as students write them', () => {
  it.each(['translate', 'alias', 'fix'] as const)('addresses: %s', (kind) => {
    const exercise = one(kind);
    const { answer } = answerKey(exercise);
    const digits = answer.replaceAll('_', '').slice(2);
    for (const text of [
      answer,
      ` ${answer.toUpperCase().replace('0X', '0x')} `,
      `0X${digits}`,
      digits,
      `${digits}h`,
      digits.toUpperCase(),
      `${digits.slice(0, 4)}_${digits.slice(4)}`,
    ]) {
      expect(checkAnswer(exercise, text).right, text).toBe(true);
    }
  });

  it('faults, with or without names, in either order', () => {
    const exercise = Array.from({ length: 50 }, (_, seed) => one('fault', seed)).find((candidate) =>
      answerKey(candidate).answer.startsWith('7'),
    )!;
    const cr2 = answerKey(exercise).answer.split(' ')[1]!;
    for (const text of [
      `7 ${cr2}`,
      `7, ${cr2}`,
      `7/${cr2.replaceAll('_', '')}`,
      `0x7 ${cr2}`,
      `0b111 ${cr2.slice(2)}`,
      `code 7, CR2 ${cr2}`,
      `error code = 7; CR2 = ${cr2}`,
      `CR2: ${cr2}, error code: 7`,
      `#PF(7) CR2=${cr2}`,
      `${cr2} 7`,
    ]) {
      expect(checkAnswer(exercise, text), text).toMatchObject({ right: true });
    }
    for (const text of ['7', cr2, '', '7 8 9', 'perhaps', `7 ${cr2} 1`, '64 0x80']) {
      expect(checkAnswer(exercise, text), text).toMatchObject({ right: false, mistake: 'unreadable' });
    }
    expect(checkAnswer(exercise, 'No fault.').mistake).toMatch(/forgotten|confused|missed/);
  });

  it.each([
    [1, 'present-bit-confused'],
    [2, 'write-bit-confused'],
    [4, 'user-bit-confused'],
    [16, 'fetch-bit-confused'],
    [8, 'other'],
  ])('names the bit of the error code that differs, also where CR2 is wrong too: %i', (bit, mistake) => {
    const exercise = one('fault', 7);
    const [code] = answerKey(exercise).answer.split(' ');
    expect(checkAnswer(exercise, `${Number(code) ^ bit} 0x1`).mistake).toBe(mistake);
  });

  it('asks the machine of the exercise alone, whichever was asked before', () => {
    const exercise = one('fault', 7);
    const empty = { ...exercise, machine: { ...exercise.machine, words: [] } };
    const { answer } = answerKey(exercise);
    expect(Number(answer.split(' ')[0]) & 1).toBe(1);
    expect(Number(answerKey(empty).answer.split(' ')[0]) & 1).toBe(0);
    expect(answerKey(exercise).answer).toBe(answer);
  });

  it('and says how to write what it cannot read', () => {
    for (const kind of EXERCISE_KINDS) {
      const verdict = checkAnswer(one(kind), 'somewhere');
      expect(verdict).toMatchObject({ right: false, mistake: 'unreadable' });
      expect(verdict.diagnosis).toMatch(/0x[0-9a-f]{4}_/);
    }
    expect(checkAnswer(one('translate'), '0x1_0000_0000').mistake).toBe('unreadable');
  });
});

describe('sheetText and keyText', () => {
  const sheet = makeSheet({ seed: 5, student: 'Ada Lovelace' });

  it('print every exercise in 80 columns, and no answer', () => {
    const text = sheetText(sheet);
    expect(text).toContain('sheet 5 for Ada Lovelace');
    for (const { id, title, tables } of sheet.exercises) {
      expect(text).toContain(`\n${id}. ${title}\n`);
      for (const line of tables) expect(text).toContain(line);
    }
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    for (const exercise of sheet.exercises.filter(({ kind }) => kind === 'translate' || kind === 'alias')) {
      expect(text).not.toContain(answerKey(exercise).answer);
    }
  });

  it('print the key with the walks', () => {
    const key = keyText(sheet);
    for (const exercise of sheet.exercises) {
      expect(key).toContain(`Answer: ${answerKey(exercise).answer}`);
    }
    expect(key.match(/entry {5}at/g)).toHaveLength(sheet.exercises.length);
  });
});

describe('a sheet in German', () => {
  const german = makeSheet({ seed: 5, student: 'Ada', language: 'de' });

  it('has the bytes and answers of the English one, and no word of it', () => {
    const english = makeSheet({ seed: 5, student: 'Ada' });
    for (const [i, exercise] of german.exercises.entries()) {
      const { tables, machine, task, title, prompt } = english.exercises[i]!;
      expect(exercise).toMatchObject({ tables, machine, task, language: 'de' });
      expect(exercise.title).not.toBe(title);
      expect(exercise.prompt).not.toBe(prompt);
      expect(answerKey(exercise).answer).toBe(answerKey(english.exercises[i]!).answer);
    }
    const text = `${sheetText(german)}\n${keyText(german)}\n${sheetGift(german)}`;
    expect(text).not.toMatch(/\b(the|and|page|which|address|table|fault|write|read)\b/i);
    expect(text).toContain('Aufgaben zum x86-Paging, Blatt 5 für Ada');
    expect(text).toMatch(/✗ #PF: Die Seite|✓ physisch/);
  });

  it('diagnoses in German, and reads what a German student writes', () => {
    const fault = Array.from({ length: 50 }, (_, seed) =>
      makeSheet({ seed, count: 1, kinds: ['fault'], language: 'de' }),
    ).map(({ exercises }) => exercises[0]!);
    const failing = fault.find((one) => answerKey(one).answer !== 'ok')!;
    const [code, cr2] = answerKey(failing).answer.split(' ');
    expect(checkAnswer(failing, `Seitenfehler, Fehlercode ${code} und CR2 ist ${cr2}`).right).toBe(true);
    expect(checkAnswer(failing, 'kein Fehler').diagnosis).not.toMatch(/\bthe\b/);
    expect(checkAnswer(failing, 'x').diagnosis).toMatch(/^Das lässt sich nicht .* Schreiben Sie ok/);
    const going = fault.find((one) => answerKey(one).answer === 'ok')!;
    expect(checkAnswer(going, 'gelingt').right).toBe(true);
  });

  it('is refused in a language that there is not', () => {
    expect(() => makeSheet({ seed: 1, language: 'fr' as never })).toThrow(/no exercises in 'fr'/);
  });
});

describe('sheetGift', () => {
  it('is read back as the questions, each with a right answer and diagnosed wrong ones', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), (seed, student) => {
        const sheet = makeSheet({ seed, student, count: 4 });
        const questions = readGift(sheetGift(sheet));
        expect(questions).toHaveLength(4);
        for (const [i, { text, format, type, answers, name }] of questions.entries()) {
          const exercise = sheet.exercises[i]!;
          expect(format).toBe('html');
          expect(name).toContain(`${exercise.id}. ${exercise.title}`);
          expect(text).toContain(`<pre>${exercise.tables.join('\n')}</pre>`);
          expect(type).toBe(['fault', 'fix'].includes(exercise.kind) ? 'multichoice' : 'shortanswer');
          for (const { text: answer, credit, feedback } of answers) {
            const { right, mistake } = checkAnswer(exercise, answer);
            expect(right, answer).toBe(credit === 100);
            expect(feedback).toBe(right ? '' : DIAGNOSES[mistake!]);
          }
          expect(answers.filter(({ credit }) => credit === 100).length).toBeGreaterThanOrEqual(1);
          expect(answers.filter(({ credit }) => credit === 0).length).toBeGreaterThanOrEqual(3);
        }
      }),
      { numRuns: 6 },
    );
  });

  it('escapes what GIFT takes for markup', () => {
    expect(escapeGift('a~b=c#d{e}f:g\\h\r\ni')).toBe('a\\~b\\=c\\#d\\{e\\}f\\:g\\\\h\\ni');
  });
});
