import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { expect, it } from 'vitest';
import { makeInventory } from '../../../src/exercise/index.ts';
import { LANGUAGES } from '../../../src/web/words/index.ts';
import { openPage } from '../chromium.ts';
import { englishOn } from '../english.ts';

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

  it('gives the inventory by a link, in German too, its result, and a file for who teaches', async () => {
    const language = 'de';
    const words = LANGUAGES[language]!;
    const { page, context, problems } = await openPage(browser(), `lang=${language}&inventory=pre.7`);
    const questions = makeInventory('pre', 7, language);
    expect(await page.locator('.inventory-question').count()).toBe(26);
    // The first wrong on purpose, the others right; by the keyboard.
    await page.focus('[data-choice] input');
    for (const [i, { id, options }] of questions.entries()) {
      const at = options.findIndex(({ misconception }) => (misconception === undefined) !== (i === 0));
      await page.locator(`[data-choice="${id}"] input`).nth(at).focus();
      await page.keyboard.press('Space');
    }
    expect(await page.innerText('.finish-bar')).toContain(words.inventory.answered(26, 26));
    await page.click('[data-inventory="finish"]');
    const result = page.locator('[data-inventory-result]');
    expect(await result.innerText()).toContain(words.inventory.score(25, 26));
    expect(await result.evaluate((one) => one === document.activeElement)).toBe(true);
    const believed = questions[0]!.options.find(({ misconception }) => misconception !== undefined)!;
    expect(await page.getAttribute('.believed li', 'data-misconception')).toBe(believed.misconception);
    expect(await page.innerText('.believed li')).toContain(
      words.sheet.inventory.misconceptions[believed.misconception!],
    );
    if (language === 'de') expect(await englishOn(page)).toEqual([]);
    await page.fill('.hand-in input', 'Ada');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.click('[data-export="inventory-answers"]'),
    ]);
    await page.click('.panel-head a');
    await page.click('.teacher summary');
    await page.setInputFiles('[data-handed-in]', {
      name: 'ada.json',
      mimeType: 'application/json',
      buffer: readFileSync(await file.path()),
    });
    // Read in its own time.
    await page.waitForSelector('[data-inventories] tbody td');
    expect(await page.locator('[data-inventories] tbody td').allInnerTexts()).toEqual(['25', '–']);
    expect(await page.locator('.mistakes li').allInnerTexts()).toHaveLength(1);
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
