/**
 * A concept inventory on paging: the same questions about other bytes before and after a course. Every wrong option
 * stands for one misconception, and the right one is what the MMU says of the bytes that are given.
 */

import { randomFrom } from '../random/random.ts';
import { wrap } from '../render/index.ts';
import type { InventoryOption, InventoryQuestion } from './inventory-kinds.ts';
import { MEMORY_QUESTIONS } from './inventory-memory.ts';
import { RIGHTS_QUESTIONS } from './inventory-rights.ts';
import type { Template } from './inventory-scene.ts';
import { WALK_QUESTIONS } from './inventory-walk.ts';
import { checkLanguage, type ExerciseLanguage } from './language.ts';
import { registersText } from './machine.ts';
import { checkSeed } from './seed.ts';
import { wordsOf } from './words/index.ts';

/** The forms: before a course and after it. */
export const INVENTORY_FORMS = ['pre', 'post'] as const;
/** A form's name. */
export type InventoryForm = (typeof INVENTORY_FORMS)[number];

const TEMPLATES: readonly Template[] = [...WALK_QUESTIONS, ...RIGHTS_QUESTIONS, ...MEMORY_QUESTIONS];

/**
 * Makes a form of the inventory: every question once, about bytes of its own.
 *
 * @param seed - The class: the same seed makes the same two forms everywhere. 0 to 2^53 − 1.
 * @param language - Of its texts; the bytes and the order of the options are the same in each. Default English.
 * @throws RangeError if the seed is out of range, or the form or the language is none.
 */
export function makeInventory(
  form: InventoryForm,
  seed: number,
  language?: ExerciseLanguage,
): InventoryQuestion[] {
  checkSeed(seed);
  if (!INVENTORY_FORMS.includes(form)) {
    throw new RangeError(`no form '${form}'; there are ${INVENTORY_FORMS.join(', ')}`);
  }
  checkLanguage(language);
  const spoken = language === undefined ? {} : { language };
  const words = wordsOf(spoken);
  return TEMPLATES.map((template) => {
    const random = randomFrom(JSON.stringify(['inventory', form, seed, template.id]));
    // Rarely two options agree, where addresses happen to; other bytes are drawn then.
    for (;;) {
      const { scene, prompt, right, wrong } = template.make(random, words.inventory);
      const options: InventoryOption[] = [
        { text: right, misconception: undefined },
        ...wrong.map(([misconception, text]) => ({ text, misconception })),
      ];
      if (new Set(options.map(({ text }) => text)).size < options.length) continue;
      const order = random.distinct(options.length, 0, options.length - 1);
      const { tables, machine } = scene;
      return {
        id: template.id,
        prompt: `${registersText(machine, words)}\n${prompt}`,
        tables,
        machine,
        options: order.map((at) => options[at]!),
        ...spoken,
      };
    }
  });
}

/** What tells a form from others, in words. */
export function inventoryName(form: InventoryForm, seed: number, language?: ExerciseLanguage): string {
  const words = wordsOf(language === undefined ? {} : { language }).inventory;
  return words.name(words.forms[form], seed);
}

const WIDTH = 80;

/**
 * The form as text: with `key` the right letters, and what each wrong one stands for.
 * @param name - What the form is called; stands above it.
 */
export function inventoryText(questions: readonly InventoryQuestion[], key = false, name?: string): string {
  const words = wordsOf(questions[0] ?? {}).inventory;
  const title = name === undefined ? [] : [key ? words.key(name) : words.title(name), ''];
  const indented = (text: string, mark = ''): string[] =>
    wrap(text, WIDTH - 3 - mark.length).map(
      (line, i) => `   ${i === 0 ? mark : ' '.repeat(mark.length)}${line}`,
    );
  const lines = questions.flatMap(({ prompt, tables, options }, i) => [
    ...(i === 0 ? [] : ['']),
    ...prompt.split('\n').flatMap((paragraph, at) => {
      const [first = '', ...rest] = indented(paragraph);
      return at === 0 ? [`${`${i + 1}.`.padEnd(3)}${first.slice(3)}`, ...rest] : [first, ...rest];
    }),
    '',
    ...tables.map((line) => (line === '' ? '' : `   ${line}`)),
    '',
    ...options.flatMap(({ text, misconception }, at) => {
      const shown = indented(text, `${'ABCD'[at]}) `);
      if (!key) return shown;
      const mark = misconception === undefined ? `<- ${words.right}` : `[${misconception}]`;
      const last = shown.at(-1)!;
      return last.length + 1 + mark.length <= WIDTH
        ? [...shown.slice(0, -1), `${last} ${mark}`]
        : [...shown, `      ${mark}`];
    }),
  ]);
  return [...title, ...(name === undefined ? [] : [...wrap(words.given, WIDTH), '']), ...lines].join('\n');
}
