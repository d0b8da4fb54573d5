import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openPage, visibleShare } from '../chromium.ts';

/** Where each step button stands. */
function buttonPlaces(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll('[data-step]')]
      .map((button) => {
        const { x, y, width } = button.getBoundingClientRect();
        return `${x},${y},${width}`;
      })
      .join(' '),
  );
}

export function drawing(browser: () => Browser): void {
  it('flips bits of the address and of entries, and the walk follows', async () => {
    const { page, context } = await openPage(browser(), 'at=c0000000');
    await page.click('.address-strip [data-bit="12"]');
    expect(await page.locator('[data-address]').inputValue()).toBe('0xc000_1000');
    expect(await page.locator('.column[data-entry="PTE"]').getAttribute('data-index')).toBe('1');
    await page.click('[data-entry="PTE"] [data-bit="0"]');
    expect(await page.locator('[data-result]').getAttribute('data-result')).toBe('fault');
    expect(await page.locator('.block.is-broken .entry-name').innerHTML()).toContain('PTE[1]');
    expect(await page.locator('.bit.is-bad').getAttribute('data-bit')).toBe('0');
    await context.close();
  });

  it('goes to an entry that is clicked, and from there with the keys', async () => {
    const { page, context } = await openPage(browser(), 'at=c0005abc');
    await page.click('[data-entry="PTE"] [data-row="6"]');
    expect(await page.locator('[data-address]').inputValue()).toBe('0xc000_6abc');
    await page.focus('[data-entry="PTE"] [data-bit="0"]');
    await page.keyboard.press('PageUp');
    expect(await page.locator('[data-address]').inputValue()).toBe('0xc000_7abc');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    expect(await page.locator('[data-address]').inputValue()).toBe('0xc000_5abc');
    await context.close();
  });

  it('steps by buttons that never move, and by the arrow keys', async () => {
    const { page, context } = await openPage(browser(), 'at=c0fff000&as=1&step=0');
    const before = await buttonPlaces(page);
    for (const last of [1, 2, 3]) {
      await page.click('[data-step="forward"]');
      expect(await buttonPlaces(page)).toBe(before);
      expect(await page.evaluate(() => scrollY)).toBe(0);
      expect(await page.locator('.step-position').innerText()).toBe(`${last + 1} / 4`);
    }
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.step-position').innerText()).toBe('3 / 4');
    await page.keyboard.press('Home');
    expect(await page.locator('.root.is-lit').count()).toBe(1);
    await page.keyboard.press('End');
    expect(await page.locator('.end.is-lit').count()).toBe(1);
    await context.close();
  });

  it.each([
    ['a directory entry that is not present', 'at=8048000', 'PDE[32]', '0', '0b000'],
    ['a table entry that is read-only', 'at=c0fff000&as=1', 'PTE[1023]', '1', '0b011'],
    ['a page of the supervisor', 'at=c0000000&as=4', 'PTE[0]', '2', '0b101'],
    ['a reserved bit', 'at=fc500000&do=w32d9fc4.2001e3', 'PDE[1009]', '21', '0b1001'],
    ['in long mode', 'format=4-level&at=c0000000&as=4', 'PTE[0]', '2', '0b101'],
  ])('shows a fault in red where it happens: %s', async (_name, fragment, entry, bit, code) => {
    const { page, context } = await openPage(browser(), fragment);
    expect(await page.locator('.block.is-broken .entry-name').first().textContent()).toContain(entry);
    expect(await page.locator('.bit.is-bad').getAttribute('data-bit')).toBe(bit);
    expect(await page.locator('[data-result="fault"]').getAttribute('data-code')).toBe(code);
    const cells = await page.locator('.code-bit .code-value').allTextContents();
    expect(`0b${Number.parseInt(cells.join(''), 2).toString(2).padStart(3, '0')}`).toBe(code);
    for (const part of ['.bit.is-bad', '[data-result="fault"]', '.error-code', '.cross']) {
      expect(await visibleShare(page, part), part).toBe(1);
    }
    await context.close();
  });

  it('shows all bits of the entry that is chosen, where there are 64 of them', async () => {
    const { page, context } = await openPage(browser(), 'format=4-level&at=c0000000');
    expect(await page.locator('.lens [data-bit]').count()).toBe(64);
    await page.click('[data-focus-entry="PDPTE[3]"]');
    expect(await page.locator('.lens').getAttribute('data-entry')).toBe('PDPTE');
    await page.click('.lens [data-bit="0"]');
    expect(await page.locator('.block.is-broken .entry-name').first().textContent()).toContain('PDPTE[3]');
    await context.close();
  });
}
