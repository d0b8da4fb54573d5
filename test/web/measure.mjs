/**
 * Measures the built page in Chromium: how long until it is seen, and from an edit until it is drawn. Prints the result
 * and writes it to docs/page.md. Not a test: a busy machine is no mistake of the page.
 *
 * Usage: npm run bench:web
 */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg } from 'node:os';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FILE = new URL('../../dist/web/x86-paging.html', import.meta.url);
const REPORT = new URL('../../docs/page.md', import.meta.url);
const LOADS = 7;

if (!existsSync(CHROMIUM)) {
  console.error(`there is no Chromium at ${CHROMIUM}; set CHROMIUM to its path`);
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
});

/** Milliseconds from the start of the navigation to the first paint of content, in a context without a cache. */
async function firstView(fragment) {
  const times = [];
  for (let i = 0; i < LOADS; i++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${FILE.href}${fragment}`);
    await page.waitForSelector('main');
    times.push(
      await page.evaluate(
        () =>
          new Promise((done) => {
            new PerformanceObserver((list) => {
              const paint = list.getEntriesByName('first-contentful-paint')[0];
              if (paint !== undefined) done(paint.startTime);
            }).observe({ type: 'paint', buffered: true });
          }),
      ),
    );
    await context.close();
  }
  return times;
}

/** Milliseconds between frames while the slider of the address is dragged, one step for each frame. */
async function drag(fragment) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${FILE.href}${fragment}`);
  await page.waitForSelector('.ask input[type="range"]');
  const times = await page.evaluate(async () => {
    const slider = document.querySelector('.ask input[type="range"]');
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const between = [];
    let before = await frame();
    for (let i = 0; i < 120; i++) {
      const { min, max } = slider;
      slider.value = `${Number(min) + ((Number(max) - Number(min)) * (i % 90)) / 90}`;
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      const now = await frame();
      between.push(now - before);
      before = now;
    }
    return between;
  });
  await context.close();
  return times;
}

/** Milliseconds from a click to the finished layout, and to the frame that shows it, for each of many edits. */
async function edits(fragment, selector, count) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${FILE.href}${fragment}`);
  await page.waitForSelector(selector);
  const times = await page.evaluate(
    async ([selector, count]) => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const afterFrame = () =>
        new Promise((done) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = done;
          channel.port2.postMessage(0);
        });
      const work = [];
      const shown = [];
      for (let i = 0; i < count; i++) {
        // At every moment of a frame alike: a pause of one length would always end at the same one.
        const moment = ((i * 0.618_034) % 1) * 16.7;
        await new Promise((done) => setTimeout(done, 30 + moment));
        const changed = new Promise((done) => {
          const observer = new MutationObserver(() => {
            observer.disconnect();
            done();
          });
          observer.observe(document.body, {
            subtree: true,
            childList: true,
            attributes: true,
            characterData: true,
          });
        });
        const start = performance.now();
        document.querySelector(selector).dispatchEvent(new MouseEvent('click', { bubbles: true }));
        await changed;
        // Style and layout, which the browser would do before it paints.
        document.body.getBoundingClientRect();
        work.push(performance.now() - start);
        await frame();
        await afterFrame();
        shown.push(performance.now() - start);
      }
      return { work, shown };
    },
    [selector, count],
  );
  await context.close();
  return times;
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), p95: at(0.95), max: sorted.at(-1) };
}

const ms = (value) => value.toFixed(1);
const views = [
  ['the page as it opens', ''],
  ['a link with 40 actions', `#do=${Array(40).fill('a1.c0200000').join('~')}`],
  ['the walk', '#at=c0200000'],
  ['the walk in a domain of 64 MiB', '#size=64&at=c0200000'],
];
const changes = [
  ['a flag of a PTE is flipped', '#at=c0200000', '[data-entry="PTE"] [data-bit="1"]'],
  ['a bit of a PDE is flipped', '#at=c0200000', '[data-entry="PDE"] [data-bit="2"]'],
  ['a bit of the address is flipped', '#at=c0200000', '.address-strip [data-bit="12"]'],
  ['the same with a domain of 64 MiB', '#size=64&at=c0200000', '.address-strip [data-bit="12"]'],
  ['an access is made', '#at=c0200000&as=1', '[data-do="access"]'],
  ['the same in long mode', '#format=4-level&at=c0200000', '[data-entry="PTE"] [data-bit="1"]'],
];
const drags = [
  ['the map in view', '#at=c0000000'],
  ['the map of a domain of 64 MiB in view', '#size=64&at=c0000000'],
];
const lines = [];
const row = (...cells) => lines.push(`| ${cells.join(' | ')} |`);
lines.push('# The teaching page, measured', '');
lines.push(
  'What `x86-paging page` opens, measured in the browser by `npm run bench:web`; no gate hangs on it.',
  '',
);
const cpu = cpus()[0]?.model.trim() || arch();
lines.push(`Chromium ${browser.version()}, headless, software drawing; ${cpus().length} × ${cpu}.`, '');
const html = readFileSync(FILE);
lines.push(
  `One file of ${(statSync(FILE).size / 1024).toFixed(0)} KiB (${(gzipSync(html).length / 1024).toFixed(0)} KiB gzipped).`,
  '',
);
lines.push(
  '## Until the page is seen',
  '',
  'First contentful paint after the start of the navigation; the whole page is drawn in that paint.',
  '',
);
row('case', 'median ms', 'slowest ms', 'loads');
row('---', '--:', '--:', '--:');
for (const [name, fragment] of views) {
  const times = await firstView(fragment);
  row(name, ms(summary(times).median), ms(summary(times).max), times.length);
}
lines.push('', '## From an edit to its drawing', '');
lines.push(
  '“Work” is all of script, style and layout; “shown” ends after the frame that shows it and includes waiting for that frame, up to 16.7 ms at 60 Hz; the edits come at every moment of a frame alike.',
  '',
);
row('edit', 'work, median ms', 'work, 95 % ms', 'shown, median ms', 'edits');
row('---', '--:', '--:', '--:', '--:');
for (const [name, fragment, selector] of changes) {
  const { work, shown } = await edits(fragment, selector, 40);
  row(name, ms(summary(work).median), ms(summary(work).p95), ms(summary(shown).median), work.length);
}
lines.push('', '## Dragging through the address space', '');
lines.push('Time between frames while the slider moves with every frame; 16.7 ms is 60 frames a second.', '');
row('case', 'median ms', '95 % ms', 'frames');
row('---', '--:', '--:', '--:');
for (const [name, fragment] of drags) {
  const times = await drag(fragment);
  row(name, ms(summary(times).median), ms(summary(times).p95), times.length);
}
await browser.close();
lines.push(
  '',
  `Load of the machine meanwhile: ${loadavg()[0].toFixed(1)} on ${cpus().length} CPUs; what is above that number waits, and shows in the slowest.`,
);
const text = `${lines.join('\n')}\n`;
writeFileSync(REPORT, text);
console.log(text);
