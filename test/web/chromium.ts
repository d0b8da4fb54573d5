/** A real browser with the built page in it, from the disk and without a network: one build and one browser for all. */

import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why the tests in a browser are skipped; undefined: they are not. */
export const NO_BROWSER: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `there is no Chromium at ${CHROMIUM}; set CHROMIUM to its path`;

/** The screen that the page must fit without scrolling. */
export const LAPTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

const OUT_DIR = fileURLToPath(new URL('../../build/page-test/', import.meta.url));
const PAGE_FILE = new URL('x86-paging.html', pathToFileURL(OUT_DIR));

/** Builds the page as `npm run build:web` does. */
export async function buildPage(): Promise<void> {
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'silent', build: { outDir: OUT_DIR } });
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
  });
}

/** The page on the disk, at a fragment. */
export function pageUrl(fragment = ''): string {
  return `${PAGE_FILE.href}${fragment === '' ? '' : `#${fragment}`}`;
}

/** What went wrong in a page, and what it asked of the network. */
export interface Watched {
  readonly page: Page;
  /** Closed at the end of a test. */
  readonly context: Pick<BrowserContext, 'close'>;
  readonly problems: string[];
  readonly requests: string[];
}

/** Tabs that no test uses now, by the options of their context: a new one costs as much as a short test. */
const idle = new Map<string, { page: Page; context: BrowserContext }[]>();

/** Opens the page at a fragment, from the disk, with the network off and nothing stored. */
export async function openPage(browser: Browser, fragment = '', options: object = {}): Promise<Watched> {
  const kind = JSON.stringify(options);
  const { page, context } = idle.get(kind)?.pop() ?? (await newTab(browser, options));
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pageUrl(fragment));
  await page.waitForSelector('main');
  const close = async (): Promise<void> => {
    page.removeAllListeners();
    await page.evaluate(() => localStorage.clear());
    await page.goto('about:blank');
    await page.setViewportSize((options as { viewport?: typeof LAPTOP }).viewport ?? LAPTOP);
    const tabs = idle.get(kind) ?? [];
    idle.set(kind, [...tabs, { page, context }]);
  };
  return { page, context: { close }, problems, requests };
}

async function newTab(browser: Browser, options: object): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: LAPTOP, reducedMotion: 'reduce', ...options });
  await context.setOffline(true);
  return { page: settled(await context.newPage()), context };
}

/**
 * The page as somebody uses it who looks before going on: a key or a click is done once what it changed is drawn. The
 * page draws after the event, so that without this a test reads, on a busy machine, what was there before.
 */
function settled(page: Page): Page {
  const press = page.keyboard.press.bind(page.keyboard);
  page.keyboard.press = async (...args) => {
    await press(...args);
    await drawn(page);
  };
  const click = page.click.bind(page);
  page.click = async (...args) => {
    await click(...args);
    await drawn(page);
  };
  return page;
}

/** Waits until all that was changed is drawn. */
export async function drawn(page: Page): Promise<void> {
  if (page.isClosed()) return;
  await page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done, 0))));
}

/** Goes to another fragment of the page, as a link would. */
export async function follow(page: Page, fragment: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, fragment);
}

/** The share of an element that can be seen in the viewport, 0 to 1, and whether nothing lies over its middle. */
export async function visibleShare(page: Page, selector: string): Promise<number> {
  return page.evaluate((selector) => {
    const element = document.querySelector(selector);
    if (element === null) return 0;
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    const seenX = Math.min(right, innerWidth) - Math.max(left, 0);
    const seenY = Math.min(bottom, innerHeight) - Math.max(top, 0);
    const at = document.elementFromPoint(left + width / 2, top + height / 2);
    if (at === null || !(element.contains(at) || at.contains(element) || at.closest('svg') !== null))
      return 0;
    return (Math.max(0, seenX) * Math.max(0, seenY)) / (width * height);
  }, selector);
}
