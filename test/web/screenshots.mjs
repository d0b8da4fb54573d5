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
const DESKTOP = { width: 1280, height: 800 };
const PROJECTOR = { width: 1920, height: 1080 };
const PHONE = { width: 390, height: 844 };

/** Name, size, colours, state, and what is pressed there. */
const VIEWS = [
  ['start', DESKTOP, 'light', ''],
  ['first', DESKTOP, 'light', 'at=c0201abc'],
  ['lesson', DESKTOP, 'light', 'lesson=tables.2&at=c0fff000&as=1&do=a1.c0fff000'],
  ['lesson-dark', PROJECTOR, 'dark', 'lesson=tables.2&at=c0fff000&as=1&do=a1.c0fff000'],
  ['map', DESKTOP, 'light', 'at=c0fff000'],
  ['present', PROJECTOR, 'light', 'present&format=4-level&at=c0201abc&step=3'],
  [
    'xen',
    DESKTOP,
    'light',
    'show=xen&ask=own-table&at=c0fff000&as=1',
    ['[data-xen=write]', '[data-xen=ask]'],
  ],
  ['phone', PHONE, 'light', 'lesson=walk.0&at=c0000000&step=0'],
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
for (const [name, viewport, colorScheme, fragment, presses = []] of VIEWS) {
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
  await page.waitForSelector('main');
  for (const selector of presses) await page.click(selector);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${IMAGES}page-${name}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  console.log(`page-${name}.png${wide ? ' — wider than the screen!' : ''}`);
  await context.close();
}
await browser.close();
