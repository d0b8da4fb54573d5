import type { Browser } from 'playwright-core';
import { expect, it } from 'vitest';
import { decodeFragment } from '../../../src/web/fragment.ts';
import { LANGUAGES } from '../../../src/web/words/index.ts';
import { openPage, visibleShare } from '../chromium.ts';
import { Keyboard, Mouse } from '../hands.ts';

export function asking(browser: () => Browser): void {
  it.each([
    ['mouse', 'de'],
    ['keyboard', 'en'],
  ] as const)(
    'shows by %s, in the language %s, that Xen looks where the CPU only says no',
    async (kind, language) => {
      const { xen } = LANGUAGES[language]!;
      const { page, problems, context } = await openPage(
        browser(),
        `lang=${language}&show=xen&ask=own-table`,
      );
      const hand = kind === 'mouse' ? new Mouse(page) : new Keyboard(page);
      const answer = (whose: 'own' | 'xen'): Promise<string> => page.innerText(`[data-answer="${whose}"]`);
      await hand.press('[data-xen="write"]');
      expect(await answer('own')).toContain('0b011');
      expect(await visibleShare(page, '[data-result="fault"]')).toBe(1);
      await hand.press('[data-xen="ask"]');
      expect(await answer('xen')).toContain('−22 (EINVAL)');
      expect(await answer('xen')).toContain('0x32d9');
      // A bit of the drawing is asked for in the same way, and stays what it was.
      const bit = '[data-entry="PTE"] [data-bit="1"]';
      await hand.press(bit);
      expect(await page.innerText('.sentence')).toContain('−22 (EINVAL)');
      expect(await page.getAttribute(bit, 'aria-pressed')).toBe('false');
      await hand.pick('[data-ask]', 'list');
      await hand.press('[data-xen="ask"]');
      expect(await answer('xen')).toContain(xen.before(1, 3));
      for (const part of ['.drawing', '[data-answer="own"]', '[data-answer="xen"]']) {
        expect(await visibleShare(page, part), part).toBe(1);
      }
      await page.waitForFunction(() => location.hash.split('~').length === 4);
      const { actions, view, problems: unread } = decodeFragment(new URL(page.url()).hash.slice(1));
      expect(unread).toEqual([]);
      expect(actions.map(({ kind }) => kind)).toEqual(['access', 'ask', 'ask', 'ask']);
      expect(view).toMatchObject({ panel: 'xen', ask: 'list' });
      expect(problems).toEqual([]);
      await context.close();
    },
  );
}
