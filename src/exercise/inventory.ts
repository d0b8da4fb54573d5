/**
 * A concept inventory on paging: the same questions about other bytes before and after a course. Every wrong option
 * stands for one misconception, and the right one is what the MMU says of the bytes that are given.
 */

import { randomFrom } from '../random/random.ts';
import type { InventoryOption, InventoryQuestion } from './inventory-kinds.ts';
import { MEMORY_QUESTIONS } from './inventory-memory.ts';
import { RIGHTS_QUESTIONS } from './inventory-rights.ts';
import type { Template } from './inventory-scene.ts';
import { WALK_QUESTIONS } from './inventory-walk.ts';

/** The forms: before a course and after it. */
export const INVENTORY_FORMS = ['pre', 'post'] as const;

const TEMPLATES: readonly Template[] = [...WALK_QUESTIONS, ...RIGHTS_QUESTIONS, ...MEMORY_QUESTIONS];

/**
 * Makes a form of the inventory: every question once, about bytes of its own.
 *
 * @param seed - The class: the same seed makes the same two forms everywhere. 0 to 2^53 − 1.
 * @throws RangeError if the seed is out of range.
 */
export function makeInventory(form: (typeof INVENTORY_FORMS)[number], seed: number): InventoryQuestion[] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed ${seed} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return TEMPLATES.map((template) => {
    const random = randomFrom(JSON.stringify(['inventory', form, seed, template.id]));
    // Rarely two options agree, where addresses happen to; other bytes are drawn then.
    for (;;) {
      const { scene, prompt, right, wrong } = template.make(random);
      const options: InventoryOption[] = [
        { text: right, misconception: undefined },
        ...wrong.map(([misconception, text]) => ({ text, misconception })),
      ];
      if (new Set(options.map(({ text }) => text)).size < options.length) continue;
      const order = random.distinct(options.length, 0, options.length - 1);
      const { tables, machine } = scene;
      return { id: template.id, prompt, tables, machine, options: order.map((at) => options[at]!) };
    }
  });
}

/** The form as text: with `key` the right letters, and what each wrong one stands for. */
export function inventoryText(questions: readonly InventoryQuestion[], key = false): string {
  return questions
    .map(({ prompt, tables, options }, i) =>
      [
        `${i + 1}. ${prompt}`,
        '',
        ...tables.map((line) => `   ${line}`),
        '',
        ...options.map(({ text, misconception }, at) => {
          const mark = misconception === undefined ? ' <- right' : ` [${misconception}]`;
          return `   ${'ABCD'[at]}) ${text}${key ? mark : ''}`;
        }),
      ].join('\n'),
    )
    .join('\n\n');
}
