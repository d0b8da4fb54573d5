import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { expect, it } from 'vitest';
import { openPage, pageUrl } from '../chromium.ts';

export function security(browser: () => Browser): void {
  it('asks nothing of the network, and its policy would not let it', async () => {
    const { page, problems, requests, context } = await openPage(browser());
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+';/);
    expect(policy).not.toContain('unsafe');
    const refused = await page.evaluate(async () => {
      const blocked = new Promise((done) => {
        document.addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective), {
          once: true,
        });
      });
      await fetch('https://example.org/').catch(() => undefined);
      return blocked;
    });
    expect(refused).toBe('connect-src');
    expect(requests.filter((url) => !url.startsWith('file:') && !url.includes('example.org'))).toEqual([]);
    // The refused request itself is told on the console, and nothing else.
    expect(problems.filter((text) => !text.includes('example.org'))).toEqual([]);
    await context.close();
  });

  it('holds nothing but itself', () => {
    const html = readFileSync(new URL(pageUrl()), 'utf8');
    // What stands in the script is no link yet; that nothing is asked for is the test above.
    const markup = html.replaceAll(/<script[\s\S]*?<\/script>/g, '');
    const outside = [...markup.matchAll(/(?:src|href)="(?!#)([^"]+)"/g)].map(([, url]) => url);
    expect(outside).toEqual([]);
  });
}
