/**
 * Our QTI packages in an implementation that others wrote: Citolab's converter reads a sheet and a form of the inventory
 * whole, and its player, in Chromium, scores every choice of every item, and the answers that are written. Fetches both
 * packages into build/qti-player first.
 *
 * Usage: npm run check:qti
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import {
  inventoryName,
  inventoryQti,
  makeInventory,
  makeSheet,
  sheetQti,
} from '../../dist/exercise/index.js';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FOLDER = fileURLToPath(new URL('../../build/qti-player/', import.meta.url));
const PACKAGES = ['@citolab/qti-convert@0.3.52', '@citolab/qti-components@7.27.4'];
const PLAYER = '/node_modules/@citolab/qti-components/cdn/index.js';
const SEED = 7;

mkdirSync(FOLDER, { recursive: true });
const run = (command, args) =>
  execFileSync(command, args, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
if (!existsSync(join(FOLDER, 'node_modules/@citolab/qti-components'))) {
  run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--prefix', FOLDER, ...PACKAGES]);
}
const packages = {
  sheet: sheetQti(makeSheet({ seed: SEED, count: 16 })),
  inventory: inventoryQti(makeInventory('pre', SEED, 'de'), inventoryName('pre', SEED, 'de')),
};
for (const [name, bytes] of Object.entries(packages)) {
  writeFileSync(join(FOLDER, `${name}.zip`), bytes);
  run(process.execPath, ['node_modules/@citolab/qti-convert/dist/qti-convert-pkg.mjs', `${name}.zip`]);
  run('python3', ['-m', 'zipfile', '-e', `${name}-qti3.zip`, name]);
}

const TYPES = { xml: 'application/xml', js: 'text/javascript' };
const server = createServer(({ url }, response) => {
  const path = url.split('?')[0];
  if (path === '/') {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><script type="module" src="${PLAYER}"></script><div id="host"></div>`);
    return;
  }
  try {
    const bytes = readFileSync(join(FOLDER, path));
    response.setHeader('content-type', TYPES[path.split('.').at(-1)] ?? 'text/plain');
    response.end(bytes);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}).listen(0, '127.0.0.1');
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => customElements.get('qti-assessment-item') !== undefined);

/** What the player gives for each answer to an item. */
function scores(url, answers) {
  return page.evaluate(
    async ([url, answers]) => {
      const connected = new Promise((done) => {
        addEventListener('qti-assessment-item-connected', ({ detail }) => done(detail), { once: true });
      });
      document.querySelector('#host').innerHTML =
        `<qti-item><div><item-container item-url="${url}"></item-container></div></qti-item>`;
      const item = await connected;
      await new Promise((done) => setTimeout(done, 50));
      return answers.map((answer) => {
        item.updateResponseVariable('RESPONSE', answer);
        item.processResponse();
        return Number(item.variables.find(({ identifier }) => identifier === 'SCORE')?.value);
      });
    },
    [url, answers],
  );
}

let items = 0;
let failed = 0;
for (const name of Object.keys(packages)) {
  for (const file of readdirSync(join(FOLDER, name)).filter((one) => one.startsWith('item-'))) {
    const xml = readFileSync(join(FOLDER, name, file), 'utf8');
    const right = /<qti-correct-response>\s*<qti-value>([^<]+)/.exec(xml)[1];
    const choices = [...xml.matchAll(/qti-simple-choice identifier="(C\d)"/g)].map(([, id]) => id);
    const answers = choices.length > 0 ? choices : [right, right.replaceAll('_', ''), '0x0000_0001'];
    const wanted = answers.map((answer) =>
      answer.replaceAll('_', '') === right.replaceAll('_', '') ? 1 : 0,
    );
    const given = await scores(`/${name}/${file}`, answers);
    items++;
    if (given.join() !== wanted.join()) {
      failed++;
      console.error(`${name}/${file}: scores ${given.join()} for ${answers.join()}, not ${wanted.join()}`);
    }
  }
}
await browser.close();
server.close();
console.log(`${items} items, ${failed} scored otherwise (${PACKAGES.join(', ')})`);
process.exitCode = failed === 0 && items > 0 ? 0 : 1;
