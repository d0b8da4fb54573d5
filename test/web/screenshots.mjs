/**
 * Pictures of the page's main views for the documentation: docs/images/page-*.png.
 *
 * Usage: npm run screenshots
 */

import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FILE = new URL('../../dist/web/x86-paging.html', import.meta.url);
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const DESKTOP = { width: 1440, height: 1000 };
const PHONE = { width: 390, height: 844 };

/** Name, size, colours, state, and the part that is scrolled to. */
const VIEWS = [
  ['first', DESKTOP, 'light', '', undefined],
  ['first-dark', DESKTOP, 'dark', '', undefined],
  ['lesson', DESKTOP, 'light', 'lesson=tables.2&at=c0fff000&as=1&do=a1.c0fff000', undefined],
  ['lesson-dark', DESKTOP, 'dark', 'lesson=tables.2&at=c0fff000&as=1&do=a1.c0fff000', '.ladder'],
  ['map', DESKTOP, 'light', 'at=c0fff000', '#map'],
  ['map-dark', DESKTOP, 'dark', 'at=c0fff000', '#map'],
  ['tlb', DESKTOP, 'light', 'at=c0300000&do=a0.c0300000~a1.c0000000~w32d9c00.0', '#memory'],
  ['exercises', DESKTOP, 'light', '', '#exercises'],
  ['builder', DESKTOP, 'light', 'lesson=backwards.3&do=u1802&at=c0bfe000', '#map'],
  ['phone', PHONE, 'light', '', undefined],
  ['phone-walk', PHONE, 'light', 'at=c0fff000&as=1', '.ladder'],
  ['phone-lesson', PHONE, 'dark', 'lesson=walk.0&step=0', undefined],
];

if (!existsSync(CHROMIUM)) {
  console.error(`there is no Chromium at ${CHROMIUM}; set CHROMIUM to its path`);
  process.exit(2);
}
mkdirSync(IMAGES, { recursive: true });
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
});
for (const [name, viewport, colorScheme, fragment, part] of VIEWS) {
  const phone = viewport === PHONE;
  const context = await browser.newContext({
    viewport,
    colorScheme,
    deviceScaleFactor: phone ? 2 : 1,
    isMobile: phone,
    hasTouch: phone,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${FILE.href}${fragment === '' ? '' : `#${fragment}`}`);
  await page.waitForSelector('[data-result]');
  await page.waitForSelector('.is-settled');
  if (part === '#exercises') await page.click('[data-exercise="1"] summary');
  if (part !== undefined) await page.evaluate((part) => document.querySelector(part).scrollIntoView(), part);
  await page.screenshot({ path: `${IMAGES}page-${name}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  console.log(`page-${name}.png${wide ? ' — wider than the screen!' : ''}`);
  await context.close();
}
await browser.close();
