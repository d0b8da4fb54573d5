import {
  answerKey,
  EXERCISE_KINDS,
  type ExerciseKind,
  keyText,
  makeSheet,
  type Sheet,
  sheetGift,
  sheetText,
} from '../../exercise/index.ts';
import { type Command, text, type Values } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { parseCount } from '../numbers.ts';

export const exercise: Command = {
  name: 'exercise',
  summary: 'print a sheet of exercises, its key, or a quiz for Moodle',
  operands: '',
  options: {
    seed: { type: 'string', value: 'N', help: 'the sheet: the same seed prints the same sheet (default 1)' },
    student: { type: 'string', value: 'NAME', help: "one student's own sheet of that seed" },
    count: { type: 'string', value: 'N', help: 'number of exercises, 1 to 1000 (default 8)' },
    kind: {
      type: 'string',
      value: 'KIND',
      choices: EXERCISE_KINDS,
      help: `only one kind: ${EXERCISE_KINDS.join(', ')}`,
    },
    key: { type: 'boolean', help: 'print the answers, with the walks that show them' },
    gift: { type: 'boolean', help: "print the sheet in Moodle's GIFT format, wrong answers diagnosed" },
  },
  examples: [
    'x86-paging exercise --seed 7',
    'x86-paging exercise --seed 7 --student Ada --key',
    'x86-paging exercise --seed 7 --kind fault --count 20 --gift > quiz.gift',
  ],
  run({ values, json, print, data, printJson }) {
    const wanted = ['key', 'gift'].filter((name) => values[name] === true);
    if (wanted.length === 2 || (json && values['gift'] === true)) {
      throw new UsageError('--gift goes with neither --key nor --json: it holds the answers already');
    }
    const sheet = sheetFrom(values);
    if (json) {
      for (const one of sheet.exercises) {
        printJson({
          schema: 'x86-paging/exercise/1',
          ...one,
          ...(values['key'] === true && { key: answerKey(one) }),
        });
      }
    } else if (values['gift'] === true) {
      data(sheetGift(sheet).trimEnd());
    } else {
      print(values['key'] === true ? keyText(sheet) : sheetText(sheet));
    }
    return EXIT.done;
  },
};

function sheetFrom(values: Values): Sheet {
  const number = (name: string, least: number, most: number): number | undefined => {
    const value = text(values, name);
    return value === undefined ? undefined : parseCount(value, `--${name}`, least, most);
  };
  const count = number('count', 1, 1000);
  const student = text(values, 'student');
  if (student?.trim() === '') throw new UsageError('--student needs a name');
  const kind = text(values, 'kind');
  try {
    return makeSheet({
      seed: number('seed', 0, Number.MAX_SAFE_INTEGER) ?? 1,
      ...(student !== undefined && { student }),
      ...(count !== undefined && { count }),
      ...(kind !== undefined && { kinds: [kind as ExerciseKind] }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
