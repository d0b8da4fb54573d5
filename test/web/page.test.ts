import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/arch/index.ts';
import { ACCESS_KINDS, USER_WRITE, WRITE } from '../../src/index.ts';
import { encodeFragment } from '../../src/web/fragment.ts';
import { binary } from '../../src/web/narrate.ts';
import { cpusFor, DEFAULT_SCENARIO, type Scenario, usualCpu } from '../../src/web/scenario.ts';
import { type Action, RefusedAction, Session } from '../../src/web/session.ts';
import { DEFAULT_VIEW } from '../../src/web/view-state.ts';
import { buildPage, launch, NO_BROWSER, openPage, pageUrl } from './chromium.ts';

/** Small and seeded, so that a failure can be seen again: mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A machine in which somebody has flipped bits of entries, switched registers and made accesses. */
function randomState(seed: number): { session: Session; fragment: string; linear: number; access: number } {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const format = pick(['32-bit', '32-bit', 'PAE', '4-level'] as const);
  const cpu = random(2) === 0 ? usualCpu(format) : pick(cpusFor(format));
  const scenario: Scenario = { ...DEFAULT_SCENARIO, megabytes: 4, format, cpu, seed: random(100) };
  const session = Session.start(scenario);
  const address = (): number =>
    pick([
      0xc000_0000 + random(0x40_0000),
      0xc03f_d000 + random(0x3000),
      0xc03f_e000 + random(0x2000),
      0xfc00_0000 + random(0x400_0000),
      random(2 ** 32),
    ]);
  const linear = address();
  const access = pick([...ACCESS_KINDS, WRITE, WRITE, USER_WRITE]);
  for (let i = 0; i < 6; i++) {
    const at = random(2) === 0 ? linear : address();
    const step = pick(session.mmu.explain(at, access).steps);
    const actions: Action[] = [{ kind: 'access', linear: at, access: pick(ACCESS_KINDS) }];
    if (step !== undefined && step.entryAddress + 8 < session.machine.memory.sizeBytes) {
      const physical = step.entryAddress + 4 * random(step.entryBytes / 4);
      const value = (session.machine.memory.readUint32(physical) ^ (1 << random(32))) >>> 0;
      actions.push({ kind: 'word', physical, value });
    }
    actions.push({ kind: 'register', name: 'cr0', value: (session.mmu.cr0 ^ 0x1_0000) >>> 0 });
    actions.push({ kind: 'register', name: 'cr3', value: session.mmu.cr3 });
    try {
      session.do(pick(actions));
    } catch (error) {
      if (!(error instanceof RefusedAction)) throw error;
    }
  }
  const view = { ...DEFAULT_VIEW, linear, access };
  return { session, linear, access, fragment: encodeFragment({ scenario, actions: session.actions, view }) };
}

describe.skipIf(NO_BROWSER !== undefined)(`the page${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildPage('page');
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('asks nothing of the network, and its policy would not let it', async () => {
    const { page, problems, requests, context } = await openPage(browser);
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
    const outside = [...html.matchAll(/(?:src|href)="(?!#)([^"]+)"/g)].map(([, url]) => url);
    expect(outside).toEqual([]);
  });

  it('walks as the library does, in random states', async () => {
    const { page, problems, context } = await openPage(browser);
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const { session, fragment, linear, access } = randomState(seed);
      const report = session.mmu.explain(linear, access as 0);
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      const shown = () =>
        page.evaluate(() => ({
          entries: [...document.querySelectorAll('.entry')].map((entry) => [
            entry.querySelector('h3')?.textContent,
            entry.querySelector('.formula b')?.textContent,
            entry.querySelector('.card-head .big')?.textContent,
          ]),
          outcome: document.querySelector<HTMLElement>('[data-result]')?.dataset['result'],
          number: document.querySelector('[data-result] .big')?.textContent,
        }));
      const expected = {
        entries: report.steps.map((step) => [
          `${step.kind}[${step.index}]`,
          formatAddress(step.entryAddress),
          formatAddress(step.entry, step.entryBytes * 2),
        ]),
        outcome: report.ok ? 'ok' : 'fault',
        number: report.ok ? formatAddress(report.physical) : binary(report.fault.code),
      };
      await expect.poll(shown, { message: `state ${seed}: #${fragment}`, timeout: 5000 }).toEqual(expected);
      outcomes.add(report.ok ? 'ok' : report.fault.reason);
    }
    // Else the states would show nothing.
    expect([...outcomes]).toEqual(
      expect.arrayContaining([
        'ok',
        'not-present',
        'user-access-to-supervisor-page',
        'write-to-read-only-page',
      ]),
    );
    expect(problems).toEqual([]);
    await context.close();
  });

  it('puts its whole state into the address, and opens it again', async () => {
    const first = await openPage(browser, 'at=c0fff000&as=1');
    await first.page.click('[data-entry="PTE"] [data-bit="1"]');
    await first.page.click('[data-do="access"]');
    await first.page.waitForFunction(() => /do=w.*~a1/.test(location.hash));
    const fragment = new URL(first.page.url()).hash.slice(1);
    const text = (page: typeof first.page): Promise<string | null> => page.locator('main').textContent();
    const second = await openPage(browser, fragment);
    expect(await text(second.page)).toBe(await text(first.page));
    await first.context.close();
    await second.context.close();
  });

  it('says what is wrong with a broken link, and works all the same', async () => {
    const { page, problems, context } = await openPage(browser, 'do=x9');
    expect(await page.locator('.message').innerText()).toContain("'x9'");
    expect(await page.locator('[data-result]').count()).toBe(1);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('opens raw RAM and refuses what is none, by name', async () => {
    const { page, context } = await openPage(browser);
    const ram = Buffer.alloc(0x2000);
    ram.writeUInt32LE(0x1000 | 3, 0);
    ram.writeUInt32LE(0x0000 | 1, 0x1000);
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
    await page.setInputFiles('#files input[type=file]', file('ram.bin', ram));
    await page.waitForSelector('.message:has-text("Opened ram.bin")');
    expect(await page.locator('[data-entry]').count()).toBe(2);
    expect(await page.locator('[data-result]').getAttribute('data-result')).toBe('ok');
    await page.setInputFiles('#files input[type=file]', file('odd.bin', Buffer.alloc(5)));
    await page.waitForSelector('.message:has-text("odd.bin cannot be opened: its 5 bytes")');
    await context.close();
  });

  it('takes back with Ctrl+Z, and does again with Ctrl+Y', async () => {
    const { page, context } = await openPage(browser);
    const flag = page.locator('[data-entry="PTE"] [data-bit="1"]');
    await flag.click();
    expect(await flag.getAttribute('aria-pressed')).toBe('false');
    await page.keyboard.press('Control+z');
    expect(await flag.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Control+y');
    expect(await flag.getAttribute('aria-pressed')).toBe('false');
    await context.close();
  });

  it('keeps drawings as SVG that stands alone, and a machine that opens again as it was', async () => {
    const { page, context } = await openPage(browser, 'at=c0fff000&as=1');
    const saved = async (what: string): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`[data-export="${what}"]`),
      ]);
      return download.path();
    };
    for (const what of ['map', 'walk', 'space']) {
      const text = readFileSync(await saved(what), 'utf8');
      expect(text).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      const broken = await page.evaluate((svg) => {
        const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
        return parsed.querySelector('parsererror')?.textContent;
      }, text);
      expect(broken).toBeUndefined();
    }
    // Another bit than the machine in the file has.
    const file = await saved('machine');
    await page.click('[data-entry="PTE"] [data-bit="1"]');
    await page.setInputFiles('#files input[type=file]', file);
    await page.waitForSelector('.message:has-text("Opened")');
    await page.click('[data-place="page directory"]');
    expect(await page.locator('[data-entry="PTE"] [data-bit="1"]').getAttribute('aria-pressed')).toBe(
      'false',
    );
    await context.close();
  });

  it('writes bytes in the hex view, and the walk follows', async () => {
    const { page, context } = await openPage(browser);
    await page.click('.hex td[aria-selected="true"]');
    await page.keyboard.type('22');
    await page.waitForSelector('[data-result="fault"]');
    expect(await page.locator('.why').innerText()).toContain('PTE[0]');
    await context.close();
  });

  it('goes to each of its parts', async () => {
    const { page, context } = await openPage(browser, '', { reducedMotion: 'reduce' });
    await page.waitForSelector('.is-settled');
    const names = await page.locator('.top nav button').allInnerTexts();
    expect(names).toHaveLength(6);
    for (const [i, part] of ['walk', 'map', 'memory', 'tlb', 'exercises', 'files'].entries()) {
      await page.locator('.top nav button').nth(i).click();
      const heading = page.locator(`#${part} h2`);
      await expect.poll(() => heading.evaluate((h2) => h2 === document.activeElement)).toBe(true);
      const box = await heading.boundingBox();
      expect(box!.y, names[i]).toBeGreaterThan(0);
      expect(box!.y, names[i]).toBeLessThan(900);
    }
    await context.close();
  });

  it('fits screens from a small phone to a projector', async () => {
    const { page, context } = await openPage(browser, 'lesson=tables.2&at=c0fff000&as=1&format=32-bit');
    for (const width of [320, 390, 768, 1100, 1440, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth),
        `${width} wide`,
      ).toBeLessThanOrEqual(width);
    }
    await context.close();
  });

  it('diagnoses a wrong answer and takes the right one', async () => {
    const { page, context } = await openPage(browser);
    await page.click('[data-exercise="1"] summary');
    const card = page.locator('[data-exercise="1"]');
    await card.locator('input').fill('0x0000_0001');
    await card.locator('form button').click();
    expect(await card.locator('.verdict').innerText()).toContain('✗');
    await card.locator('.pager button').first().click();
    const key = await card.locator('pre').last().innerText();
    await card.locator('input').fill(key.split('\n')[0]!);
    await card.locator('form button').click();
    expect(await card.locator('.verdict').innerText()).toContain('✓');
    await context.close();
  });

  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  it.each([
    ['as it opens', ''],
    ['with a fault', 'at=c0fff000&as=1&do=a1.c0fff000'],
    ['in a lesson', 'lesson=tables.2&at=c0fff000&as=1'],
    ['with a TLB', 'do=a0.c0000000~a1.c0001000'],
    ['in long mode', 'format=4-level'],
  ])('gives axe nothing serious to complain about, %s', async (_name, fragment) => {
    for (const colorScheme of ['light', 'dark']) {
      const { page, context } = await openPage(browser, fragment, { colorScheme, bypassCSP: true });
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      await page.addScriptTag({ path: axe });
      const violations = await page.evaluate(async () => {
        const { violations } = await (
          globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }
        ).axe.run();
        interface AxeViolation {
          id: string;
          impact: string;
          nodes: { html: string; failureSummary: string }[];
        }
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => [id, nodes.length, nodes[0]?.html.slice(0, 200), nodes[0]?.failureSummary]);
      });
      expect(violations, colorScheme).toEqual([]);
      await context.close();
    }
  });
});
