import {
  answerKey,
  EXERCISE_KINDS,
  EXERCISE_LANGUAGES,
  type ExerciseKind,
  type ExerciseLanguage,
  INVENTORY_FORMS,
  type InventoryForm,
  inventoryGift,
  inventoryName,
  inventoryQti,
  inventoryText,
  keyText,
  makeInventory,
  makeSheet,
  type Sheet,
  sheetGift,
  sheetQti,
  sheetText,
} from '../../exercise/index.ts';
import { type Command, text, type Values } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { parseCount } from '../numbers.ts';

export const exercise: Command = {
  name: 'exercise',
  summary: 'print a sheet of exercises or a concept inventory, its key, or a quiz for a learning platform',
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
    inventory: {
      type: 'string',
      value: 'FORM',
      choices: INVENTORY_FORMS,
      help: 'in place of a sheet: the concept inventory, pre before a course or post after it',
    },
    lang: {
      type: 'string',
      value: 'CODE',
      choices: EXERCISE_LANGUAGES,
      help: `language of the texts: ${EXERCISE_LANGUAGES.join(', ')} (default en)`,
    },
    key: { type: 'boolean', help: 'print the answers, with the walks that show them' },
    gift: { type: 'boolean', help: "print it in Moodle's GIFT format, wrong answers diagnosed" },
    qti: { type: 'boolean', help: 'write it as a QTI 2.1 package, a ZIP file, for TAO, ILIAS or Canvas' },
  },
  examples: [
    'x86-paging exercise --seed 7',
    'x86-paging exercise --seed 7 --student Ada --key',
    'x86-paging exercise --seed 7 --kind fault --count 20 --gift > quiz.gift',
    'x86-paging exercise --inventory pre --seed 7 --qti > inventory.zip',
  ],
  run({ values, json, print, data, printJson, stdout }) {
    const key = values['key'] === true;
    const platforms = ['gift', 'qti'].filter((name) => values[name] === true);
    if (platforms.length > 0 && (key || json || platforms.length === 2)) {
      throw new UsageError(
        `--${platforms[0]} goes with neither ${OTHERS[platforms[0]!]}: it holds the answers already`,
      );
    }
    if (values['qti'] === true && stdout.columns !== undefined) {
      throw new UsageError(
        '--qti would write a ZIP file to the terminal; send standard output into a file or pipe',
      );
    }
    const made = values['inventory'] === undefined ? sheetOf(values) : inventoryOf(values);
    if (json) for (const line of made.json(key)) printJson(line);
    else if (values['gift'] === true) data(made.gift().trimEnd());
    else if (values['qti'] === true) stdout.write(made.qti());
    else print(made.text(key));
    return EXIT.done;
  },
};

const OTHERS: Readonly<Record<string, string>> = {
  gift: '--key nor --json nor --qti',
  qti: '--key nor --json',
};

/** What was asked for, in every form that it has. */
interface Made {
  text(key: boolean): string;
  gift(): string;
  qti(): Uint8Array;
  json(key: boolean): object[];
}

function sheetOf(values: Values): Made {
  const sheet = sheetFrom(values);
  return {
    text: (key) => (key ? keyText(sheet) : sheetText(sheet)),
    gift: () => sheetGift(sheet),
    qti: () => sheetQti(sheet),
    json: (key) =>
      sheet.exercises.map((one) => ({
        schema: 'x86-paging/exercise/1',
        ...one,
        ...(key && { key: answerKey(one) }),
      })),
  };
}

function inventoryOf(values: Values): Made {
  for (const name of ['student', 'count', 'kind']) {
    if (values[name] !== undefined) {
      throw new UsageError(
        `--${name} does not go with --inventory, which has the same questions for everybody`,
      );
    }
  }
  const form = text(values, 'inventory') as InventoryForm;
  const seed = seedFrom(values);
  const language = text(values, 'lang') as ExerciseLanguage | undefined;
  const questions = makeInventory(form, seed, language);
  const name = inventoryName(form, seed, language);
  return {
    text: (key) => inventoryText(questions, key, name),
    gift: () => inventoryGift(questions, name),
    qti: () => inventoryQti(questions, name),
    // Which option is right, and what the others stand for, is the key.
    json: (key) =>
      questions.map(({ options, ...one }) => ({
        schema: 'x86-paging/inventory-question/1',
        form,
        seed,
        ...one,
        options: options.map(({ text, misconception }) => ({
          text,
          ...(key && (misconception === undefined ? { right: true } : { right: false, misconception })),
        })),
      })),
  };
}

function seedFrom(values: Values): number {
  const value = text(values, 'seed');
  return value === undefined ? 1 : parseCount(value, '--seed', 0, Number.MAX_SAFE_INTEGER);
}

function sheetFrom(values: Values): Sheet {
  const countText = text(values, 'count');
  const count = countText === undefined ? undefined : parseCount(countText, '--count', 1, 1000);
  const student = text(values, 'student');
  if (student?.trim() === '') throw new UsageError('--student needs a name');
  const kind = text(values, 'kind');
  const language = text(values, 'lang') as ExerciseLanguage | undefined;
  try {
    return makeSheet({
      seed: seedFrom(values),
      ...(student !== undefined && { student }),
      ...(count !== undefined && { count }),
      ...(kind !== undefined && { kinds: [kind as ExerciseKind] }),
      ...(language !== undefined && { language }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
