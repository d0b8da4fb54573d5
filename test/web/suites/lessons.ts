import type { Browser } from 'playwright-core';
import { expect, it } from 'vitest';
import { LESSONS } from '../../../src/web/lessons/index.ts';
import { TEXT } from '../../../src/web/words/index.ts';
import { openPage } from '../chromium.ts';
import { Keyboard } from '../keyboard.ts';

const ACCESS = '[data-do="access"]';
const bit = (kind: 'PDE' | 'PTE', number: number): string => `[data-entry="${kind}"] [data-bit="${number}"]`;

/** What a student does in each step, with the keyboard alone. A number is a choice in a question. */
type Deed = number | ((keys: Keyboard) => Promise<void>);
const SOLUTIONS: Readonly<Record<string, readonly Deed[]>> = {
  walk: [
    (keys) => keys.use('[data-step="forward"]'),
    async (keys) => {
      await keys.use('[data-step="forward"]');
      await keys.press('Enter');
    },
    async (keys) => {
      await keys.use('.address-strip [data-bit="14"]');
      await keys.use('.address-strip [data-bit="12"]');
    },
    2,
    (keys) => keys.address('8048000'),
  ],
  tables: [
    (keys) => keys.address('c0fff000'),
    async (keys) => {
      await keys.choose('what', 1);
      await keys.use(ACCESS);
    },
    1,
    async (keys) => {
      await keys.use(bit('PTE', 1));
      await keys.use(ACCESS);
    },
    (keys) => keys.use(bit('PTE', 25)),
    async (keys) => {
      for (let i = 0; i < 4; i++) await keys.use('[data-tool="undo"]');
    },
    0,
  ],
  wp: [
    async (keys) => {
      await keys.panel('machine');
      await keys.goTo('[data-cpu]');
      for (let i = 0; i < 6; i++) await keys.press('ArrowUp');
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.panel('machine');
      await keys.goTo('[data-cpu]');
      await keys.press('ArrowDown');
      await keys.toggle('[data-switch="wp"]');
      await keys.use(ACCESS);
    },
    1,
    async (keys) => {
      await keys.toggle('[data-switch="wp"]');
      await keys.use(ACCESS);
    },
  ],
  dirty: [
    (keys) => keys.use(bit('PTE', 5)),
    (keys) => keys.use(ACCESS),
    async (keys) => {
      await keys.choose('what', 1);
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.use(bit('PTE', 6));
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.panel('tlb');
      await keys.use('[data-invlpg]');
      await keys.use(ACCESS);
    },
  ],
  stale: [
    (keys) => keys.use(ACCESS),
    async (keys) => {
      await keys.use(bit('PTE', 0));
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.panel('tlb');
      await keys.use('[data-invlpg]');
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.use(bit('PTE', 0));
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.address('fc500000');
      await keys.use(ACCESS);
      await keys.panel('tlb');
      await keys.use('[data-do="cr3"]');
    },
  ],
  large: [
    async (keys) => {
      await keys.use('[data-step="forward"]');
      await keys.press('Enter');
    },
    2,
    async (keys) => {
      await keys.panel('machine');
      await keys.toggle('[data-switch="pse"]');
    },
    async (keys) => {
      await keys.toggle('[data-switch="pse"]');
      await keys.use(bit('PDE', 21));
    },
  ],
  segments: [
    async (keys) => {
      await keys.choose('who', 2);
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.choose('who', 1);
      await keys.use(ACCESS);
    },
    3,
    async (keys) => {
      await keys.panel('machine');
      await keys.toggle('[data-switch="limit"]');
      await keys.use(ACCESS);
    },
    async (keys) => {
      await keys.address('fc000000');
      await keys.use(ACCESS);
    },
  ],
  backwards: [
    (keys) => keys.address('c0fff000'),
    (keys) => keys.address('c0ffe000'),
    1,
    async (keys) => {
      await keys.use('[data-request="restart"]');
      await keys.use('[data-request="forward"]');
      await keys.press('Enter');
      await keys.press('Enter');
    },
    (keys) => keys.use('[data-request="readonly"]'),
    async (keys) => {
      await keys.use('[data-request="all"]');
      await keys.address('c0ff9000');
    },
  ],
};

export function lessons(browser: () => Browser): void {
  it.each(LESSONS.map(({ id }) => id))('%s is done with the keyboard alone', async (id) => {
    const { page, problems, context } = await openPage(browser());
    const keys = new Keyboard(page);
    await keys.use(`[data-start="${id}"]`);
    const deeds = SOLUTIONS[id]!;
    const steps = TEXT.lesson[id]!.steps;
    expect(deeds).toHaveLength(steps.length);
    for (const [i, deed] of deeds.entries()) {
      const met = page.locator('.task.is-met');
      expect(await page.locator('.lesson .task').innerText()).not.toContain('✓');
      if (typeof deed === 'number') {
        const choices = steps[i]!.choices!;
        // A wrong answer first: it must not pass.
        await keys.choose('question', (deed + 1) % choices.length);
        await keys.use('.question button');
        expect(await met.count()).toBe(0);
        expect(await page.locator('.wrong').innerText()).toBe(TEXT.lessons.wrong);
        await keys.choose('question', deed);
        await keys.use('.question button');
      } else {
        await deed(keys);
      }
      await met.waitFor({ timeout: 3000 }).catch(() => {
        throw new Error(`step ${i + 1} of ${id} is not met: ${page.url()}`);
      });
      expect(await page.evaluate(() => scrollY), `step ${i + 1} scrolled`).toBe(0);
      await keys.press('Control+Enter');
      const next = i + 1 < deeds.length ? `${i + 2} of` : TEXT.lessons.finished;
      await page.waitForSelector(`.lesson:has-text("${next}")`);
    }
    expect(await page.locator('.lesson').innerText()).toContain(TEXT.lessons.finished);
    expect(problems).toEqual([]);
    await context.close();
  });
}
