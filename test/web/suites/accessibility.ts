import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { LANGUAGES, type Words } from '../../../src/web/words/index.ts';
import { drawn, follow, openPage } from '../chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const { en: EN, de: DE } = LANGUAGES as Record<'en' | 'de', Words>;

const valuesOf = (all: Element[]): unknown[] => all.map((one) => (one as HTMLElement).dataset['value']);

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Everything that axe complains about, by these rules or by all, with one example each. */
async function complaints(page: Page, rules?: readonly string[]): Promise<unknown[]> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  return page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> };
    };
    const { violations } = await axe.run(rules === undefined ? {} : { runOnly: [...rules] });
    return violations.map(({ id, impact, nodes }) => [
      id,
      impact,
      nodes.length,
      nodes[0]?.html.slice(0, 160),
      nodes[0]?.failureSummary,
    ]);
  }, rules);
}

export function accessibility(browser: () => Browser): void {
  it('gives axe nothing to complain about, light and dark', async () => {
    const { page, context, problems } = await openPage(browser());
    // By the debugger, which asks no policy.
    await page.evaluate(AXE);
    for (const fragment of [
      '',
      'at=c0fff000&as=1&do=a1.c0fff000&show=history',
      'lesson=tables.2&at=c0fff000&as=1',
      'at=c0201000&step=2&show=tlb&do=a0.c0000000~a1.c0001000~w338e000.0~s0.c0000000.9',
      'at=c0000000&show=memory',
      'at=c0000000&show=machine',
      'at=c0000000&show=files',
      'show=xen&ask=list&do=h328affc.2c87023',
      'format=4-level&at=c0201000&step=3',
      'screen=exercises',
      'inventory=pre.7',
      'screen=toy',
      'present&at=c0201000',
      'lang=de&lesson=tables.2&at=c0fff000&as=1',
    ]) {
      await follow(page, fragment);
      await drawn(page);
      expect(await complaints(page), `#${fragment}`).toEqual([]);
      // Of its rules, this one alone depends on the colours.
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await complaints(page, ['color-contrast']), `#${fragment}, dark`).toEqual([]);
      await page.emulateMedia({ colorScheme: 'light' });
    }
    expect(problems).toEqual([]);
    await context.close();
  });

  it('speaks the language of the link, else the reader’s own, and changes it in place', async () => {
    const { page, context } = await openPage(browser(), '', { locale: 'de-AT' });
    const spoken = () => page.evaluate(() => [document.documentElement.lang, document.title]);
    expect(await spoken()).toEqual(['de', DE.title]);
    await follow(page, 'lang=en&at=c0fff000&as=1&do=a0.c0000000');
    await expect.poll(spoken).toEqual(['en', EN.title]);
    const before = await page.locator('.drawing .column').evaluateAll(valuesOf);
    await page.click('.menu summary');
    await page.click('[data-language="de"]');
    expect(await spoken()).toEqual(['de', DE.title]);
    await page.waitForFunction(() => location.hash.includes('lang=de'));
    expect(await page.locator('.drawing .column').evaluateAll(valuesOf)).toEqual(before);
    const text = await page.locator('.stage').innerText();
    expect(text).toContain(DE.fault.names[14]);
    expect(text).not.toMatch(/\b(?:page|entry|table|the|of|read|write)\b/i);
    await context.close();
  });

  it('says each step and each deed, once', async () => {
    const { page, context } = await openPage(browser(), 'at=c0201000&step=0');
    const live = page.locator('.sentence[aria-live="polite"]');
    const said = [await live.innerText()];
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('ArrowRight');
      said.push(await live.innerText());
    }
    expect(said[0]).toContain('CR3');
    expect(said[1]).toContain('PDE[768]');
    expect(said[2]).toContain('PTE[513]');
    expect(said[3]).toContain('physical address');
    await page.click('[data-do="access"]');
    expect(await live.innerText()).toMatch(/^The kernel reads 0xc020_1000/);
    await page.click('[data-entry="PTE"] [data-bit="1"]');
    expect(await live.innerText()).toMatch(/^You, from outside,/);
    await context.close();
  });

  it('never lets the focus fall to the body', async () => {
    const { page, context } = await openPage(browser(), 'at=c0201000&step=2&show=tlb&do=a0.c0201000');
    const focus = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.tagName.toLowerCase() ?? '');
    for (const selector of [
      '[data-step="forward"]',
      '[data-invlpg]',
      '[data-tool="undo"]',
      '[data-tool="reset"]',
      '.dock-tabs a[href*="memory"]',
      '.top nav a:first-child',
    ]) {
      await page.focus(selector);
      await page.keyboard.press('Enter');
      await page.waitForTimeout(30);
      expect(await focus(), selector).not.toBe('body');
    }
    await page.focus('[data-lesson="start"]');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(30);
    expect(await focus()).not.toBe('body');
    await context.close();
  });

  it('goes from part to part with F6, and lists its keys by ?', async () => {
    const { page, context } = await openPage(browser(), 'lesson=walk.0&at=c0000000');
    const parts = new Set<string>();
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('F6');
      parts.add(await page.evaluate(() => document.activeElement?.className ?? ''));
    }
    expect(parts.size).toBe(5);
    await page.keyboard.press('?');
    expect(await page.locator('dialog[open] dt').count()).toBeGreaterThan(8);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await context.close();
  });
}
