import { readFileSync } from 'node:fs';
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

  it('hands answers in as a file, which who teaches reads and sums up', async () => {
    const { page, context, problems } = await openPage(browser(), 'screen=exercises');
    const card = page.locator('[data-exercise="1"]');
    await page.click('[data-exercise="1"] summary');
    await card.locator('input').fill('0x0000_0001');
    await card.locator('form button').click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-export="answers"]')]);
    await page.click('.teacher summary');
    await page.setInputFiles('[data-handed-in]', [
      { name: 'ada.json', mimeType: 'application/json', buffer: readFileSync(await file.path()) },
      { name: 'odd.json', mimeType: 'application/json', buffer: Buffer.from('{}') },
    ]);
    await page.waitForSelector('.marks');
    expect(await page.locator('.marks tbody td').allInnerTexts()).toEqual(['✗', ...Array(7).fill('–'), '0']);
    expect(await page.locator('.mistakes li').count()).toBe(1);
    expect(await page.locator('.teacher [role="status"]').innerText()).toContain('odd.json');
    expect(problems).toEqual([]);
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
