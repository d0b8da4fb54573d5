import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { drawn, follow, openPage, PHONE, visibleShare } from '../chromium.ts';

/** Names of bits that run into their neighbours, or nearly so. */
function namesThatTouch(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const names = [...document.querySelectorAll('.drawing .bit-name')].map((one) => {
      const { left, right, top } = one.getBoundingClientRect();
      return { text: one.textContent ?? '', left, right, top };
    });
    return names.flatMap((one, i) => {
      const next = names[i + 1];
      return next !== undefined && next.top === one.top && next.left > one.left && next.left < one.right + 1.5
        ? [`${one.text}${next.text}`]
        : [];
    });
  });
}

export function frames(browser: () => Browser): void {
  it('fits one screen from a laptop to a projector, and is never wider than the window', async () => {
    const fault = 'lesson=tables.2&at=c0fff000&as=1';
    const { page, context } = await openPage(browser(), fault);
    for (const [width, height] of [
      [320, 640],
      [390, 844],
      [768, 1024],
      [1024, 700],
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(60);
      const size = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return [scrollWidth, scrollHeight];
      });
      expect(size[0], `${width} wide`).toBeLessThanOrEqual(width);
      if (width < 1000) continue;
      expect(size[1], `${width} × ${height}`).toBeLessThanOrEqual(height);
      for (const part of ['.lesson', '.ask', '.drawing', '[data-result]', '.step-bar', '.dock', '.map']) {
        expect(await visibleShare(page, part), `${part} at ${width} × ${height}`).toBe(1);
      }
      expect(await namesThatTouch(page), `at ${width} × ${height}`).toEqual([]);
    }
    // On a phone, what a panel asks is not cut off in either language.
    for (const state of ['show=machine', 'lang=de&show=machine', 'lang=de&show=tlb&do=a0.c0000000']) {
      await page.setViewportSize(PHONE);
      await follow(page, `at=c0000000&${state}`);
      await drawn(page);
      const beyond = await page.locator('.panel').evaluate((panel) => panel.scrollWidth - panel.clientWidth);
      expect(beyond, state).toBeLessThanOrEqual(1);
    }
    // German words are longer: what is asked, and the tools, stay on one line all the same.
    await follow(page, `lang=de&${fault}`);
    for (const width of [1280, 1024]) {
      await page.setViewportSize({ width, height: 800 });
      await drawn(page);
      const lines = await page.evaluate(() =>
        ['.top', '.tools', ...(innerWidth < 1280 ? [] : ['.ask'])].map((bar) => {
          const [first, ...others] = [...document.querySelectorAll(`${bar} > *`)].map(
            (one) => one.getBoundingClientRect().bottom,
          );
          return others.every((bottom) => Math.abs(bottom - first!) < 24);
        }),
      );
      expect(lines, `${width} wide`).not.toContain(false);
    }
    await context.close();
  });

  it.each(['present', 'embed'])('shows the drawing alone by #%s', async (frame) => {
    const viewport = frame === 'present' ? { width: 1920, height: 1080 } : { width: 760, height: 560 };
    const { page, context, problems } = await openPage(browser(), `${frame}&at=c0fff000&as=1`, { viewport });
    expect(await page.locator('.top, .lesson, .dock').count()).toBe(0);
    expect(await visibleShare(page, '.drawing')).toBe(1);
    const share = await page.evaluate(() => {
      const { width, height } = document.querySelector('.drawing')!.getBoundingClientRect();
      return (width * height) / (innerWidth * innerHeight);
    });
    expect(share).toBeGreaterThan(frame === 'present' ? 0.75 : 0.5);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.column.is-lit').count()).toBe(1);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('prints one sheet of A4', async () => {
    const { page, context } = await openPage(browser(), 'at=c0fff000&as=1&do=a1.c0fff000~a0.c0000000');
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)).toHaveLength(1);
    // The drawing was put on it just before.
    expect(await page.locator('.print-drawing svg').count()).toBe(1);
    await context.close();
  });

  it('never breaks the bits of the address into lines on a phone, and begins at the text of the lesson', async () => {
    const { page, context } = await openPage(browser(), '', {
      viewport: PHONE,
      isMobile: true,
      hasTouch: true,
    });
    await page.tap('[data-lesson="start"]');
    await page.waitForSelector('.lesson-body');
    expect(await visibleShare(page, '.lesson-body p')).toBe(1);
    const rows = await page.evaluate(() =>
      [...document.querySelectorAll('.address-strip [role="toolbar"] > g')].map(
        (row) =>
          new Set([...row.querySelectorAll('.bit-cell')].map((cell) => cell.getBoundingClientRect().y)).size,
      ),
    );
    expect(rows).toEqual([1, 1, 1]);
    const narrow = await page.evaluate(() =>
      Math.min(
        ...[...document.querySelectorAll('.bit-target')].map((bit) => bit.getBoundingClientRect().width),
      ),
    );
    expect(narrow).toBeGreaterThanOrEqual(24);
    await context.close();
  });
}
