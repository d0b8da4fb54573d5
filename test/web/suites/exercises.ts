import type { Browser } from 'playwright-core';
import { expect, it } from 'vitest';
import { openPage } from '../chromium.ts';

export function exercises(browser: () => Browser): void {
  it('diagnoses a wrong answer and takes the right one', async () => {
    const { page, context } = await openPage(browser(), 'screen=exercises');
    await page.click('[data-exercise="1"] summary');
    const card = page.locator('[data-exercise="1"]');
    await card.locator('input').fill('0x0000_0001');
    await card.locator('form button').click();
    expect(await card.locator('.verdict').innerText()).toContain('✗');
    await card.locator('.pager button').first().click();
    const key = await card.locator('pre').last().innerText();
    await card.locator('input').fill(key.split('\n')[0]!);
    await card.locator('form button').click();
    expect(await card.locator('.verdict').innerText()).toContain('✓');
    await context.close();
  });

  it('opens an exercise in the emulator, with its address', async () => {
    const { page, context } = await openPage(browser(), 'screen=exercises');
    await page.click('[data-exercise="1"] summary');
    const prompt = await page.locator('[data-exercise="1"]').innerText();
    const linear = /linear address (0x[0-9a-f_]+)/.exec(prompt)?.[1];
    await page.click('[data-exercise="1"] [data-open]');
    expect(await page.locator('[data-address]').inputValue()).toBe(linear);
    await context.close();
  });
}
