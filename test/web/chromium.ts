/** A real browser with the built page in it, from the disk and without a network. */

import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why the tests of this folder are skipped; undefined: they are not. */
export const NO_BROWSER: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `there is no Chromium at ${CHROMIUM}; set CHROMIUM to its path`;

/** The file that {@link buildPage} has made. */
let pageFile: URL | undefined;

/** Builds the page as `npm run build:web` does, but for each test file apart, since they run at the same time. */
export async function buildPage(name: string): Promise<void> {
  const outDir = fileURLToPath(new URL(`../../build/page-${name}/`, import.meta.url));
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'silent', build: { outDir } });
  pageFile = new URL('x86-paging.html', pathToFileURL(outDir));
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
  });
}

/** What went wrong in a page, and what it asked of the network. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly problems: string[];
  readonly requests: string[];
}

/** Opens the page at a fragment, from the disk, with the network off. */
export async function openPage(browser: Browser, fragment = '', options: object = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.setOffline(true);
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pageUrl(fragment));
  await page.waitForSelector('#walk');
  return { page, context, problems, requests };
}

/** The page on the disk, at a fragment. */
export function pageUrl(fragment = ''): string {
  if (pageFile === undefined) throw new Error('build the page first');
  return `${pageFile.href}${fragment === '' ? '' : `#${fragment}`}`;
}
