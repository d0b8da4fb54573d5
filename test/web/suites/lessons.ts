import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { decodeFragment } from '../../../src/web/fragment.ts';
import { LESSONS, type LessonStep } from '../../../src/web/lessons/index.ts';
import { truthOf } from '../../../src/web/predict.ts';
import { Session } from '../../../src/web/session.ts';
import { TOY_STEPS } from '../../../src/web/toy.ts';
import { LANGUAGES } from '../../../src/web/words/index.ts';
import { openPage, visibleShare } from '../chromium.ts';
import { englishOn } from '../english.ts';
import { type Hand, Keyboard, Mouse } from '../hands.ts';

const bit = (kind: string, number: number): string => `[data-entry="${kind}"] [data-bit="${number}"]`;
const lens = (number: number): string => `.lens [data-bit="${number}"]`;
const address = (number: number): string => `.address-strip [data-bit="${number}"]`;
type Deed = (hand: Hand) => Promise<void>;

const walkThrough: Deed = async (hand) => {
  const next = '[data-step="forward"]';
  while (await hand.can(next)) await hand.press(next);
};
const switches =
  (name: string): Deed =>
  async (hand) => {
    await hand.panel('machine');
    await hand.press(`[data-switch="${name}"]`);
  };
const flips =
  (...selectors: string[]): Deed =>
  async (hand) => {
    for (const selector of selectors) await hand.press(selector);
  };

/** What is to be done in the steps that ask for neither an answer nor a press of “Run”. */
const DEEDS: Readonly<Record<string, Readonly<Record<number, Deed>>>> = {
  walk: {
    1: walkThrough,
    2: flips(...[14, 12, 11, 9, 7, 5, 4, 3, 2].map(address)),
    4: flips(address(12)),
  },
  tables: {
    0: (hand) => hand.pick('[data-places]', '7'),
    4: flips(bit('PTE', 1)),
    10: flips('[data-tool="reset"]'),
  },
  wp: {
    0: async (hand) => {
      await hand.panel('machine');
      await hand.pick('[data-cpu]', 'i386');
    },
    3: async (hand) => {
      await hand.panel('machine');
      await hand.pick('[data-cpu]', 'i486');
      await hand.press('[data-switch="wp"]');
    },
    7: switches('wp'),
  },
  dirty: { 0: flips(bit('PTE', 5)), 4: flips(bit('PTE', 6)) },
  stale: { 1: flips(bit('PTE', 0)), 5: flips(bit('PTE', 0)) },
  large: { 1: walkThrough, 4: switches('pse'), 5: switches('pse'), 7: flips(bit('PDE', 21)) },
  pae: {
    1: walkThrough,
    3: flips(lens(32)),
    4: flips(lens(32)),
    6: flips('[data-focus-entry="PDPTE[0]"]', lens(0)),
  },
  long: { 1: walkThrough, 4: walkThrough, 7: flips(address(47), address(47)) },
  guards: { 2: flips(lens(63)), 6: switches('smep'), 10: switches('smap') },
  segments: { 5: switches('limit') },
  backwards: {
    1: async (hand) => {
      await hand.panel('map');
      await hand.press('[data-region-name="page directory"]');
    },
    2: flips('[data-page="3237994496"]'),
    4: flips('[data-request="restart"]', ...Array(3).fill('[data-request="forward"]')),
    5: flips('[data-request="readonly"]'),
    6: async (hand) => {
      await hand.press('[data-request="all"]');
      await hand.pick('[data-places]', '4');
    },
  },
};

const EN = LANGUAGES['en']!;

/** The machine that the page shows, made anew from its link, which names this step soon after it began. */
async function sessionOf(page: Page, step: string): Promise<Session> {
  await page.waitForFunction((part) => location.hash.includes(part), `lesson=${step}`);
  const { scenario, actions } = decodeFragment(new URL(page.url()).hash.slice(1));
  return Session.start(scenario, actions);
}

/** Answers, runs or does what a step asks for; where it can be wrong, wrong first. */
async function solve(page: Page, hand: Hand, id: string, index: number, step: LessonStep): Promise<void> {
  const said = page.locator('.wrong');
  const notMet = async (): Promise<void> => {
    expect(await said.innerText(), 'the diagnosis').not.toBe('');
    expect(await page.locator('.task.is-met').count()).toBe(0);
  };
  if (step.predict !== undefined) {
    const truth = truthOf(await sessionOf(page, `${id}.${index}`), step.predict);
    if (truth === undefined) throw new Error('there is no such prediction');
    await hand.choose('question', truth === 'ok' ? 1 : 0);
    await hand.press('[data-check]');
    await notMet();
    await hand.choose('question', truth === 'ok' ? 0 : 1);
    for (const code of [1, 2, 4, 8, 16]) {
      if (truth !== 'ok' && (truth & code) !== 0) await hand.press(`[data-code="${code}"]`);
    }
    await hand.press('[data-check]');
  } else if (step.handler !== undefined) {
    const { right, counts } = step.handler;
    for (const [i, count] of counts.entries()) {
      await hand.pick(`[data-blank="${i}"]`, `${i === 2 ? (right[i]! + 1) % count : right[i]}`);
    }
    await hand.press('[data-check]');
    await notMet();
    await hand.pick('[data-blank="2"]', `${right[2]}`);
    await hand.press('[data-check]');
  } else if (step.right !== undefined) {
    const wrong = (step.right + 1) % EN.lesson[id]!.steps[index]!.choices!.length;
    await hand.choose('question', wrong);
    await hand.press('[data-check]');
    await notMet();
    await hand.choose('question', step.right);
    await hand.press('[data-check]');
  } else if (step.acts !== undefined) {
    for (let i = 0; (await page.locator(`[data-act="${i}"]`).count()) > 0; i++) {
      await hand.press(`[data-act="${i}"]`);
      await page.waitForSelector(`[data-act="${i}"]`, { state: 'detached' });
    }
  } else {
    await DEEDS[id]![index]!(hand);
  }
}

/** Nothing has scrolled, and nothing needs to be: neither the page nor the lesson's text; a step is met or not. */
async function expectStill(page: Page, where: string, isMet: boolean): Promise<void> {
  const seen = await page.evaluate(() => {
    const text = document.querySelector('.lesson-scroll')!;
    const hidden = Math.max(0, text.scrollHeight - text.clientHeight);
    const met = document.querySelectorAll('.task.is-met').length;
    return { pageY: scrollY, textY: text.scrollTop, hidden, met };
  });
  expect(seen, where).toEqual({ pageY: 0, textY: 0, hidden: 0, met: isMet ? 1 : 0 });
}

export function lessons(browser: () => Browser): void {
  const ids = LESSONS.map(({ id }) => id);
  it.each([
    ['mouse', 'de'],
    ['keyboard', 'en'],
  ] as const)(
    'are all solved by %s alone, in the language %s, on one screen that does not scroll',
    async (kind, language) => {
      const words = LANGUAGES[language]!;
      const { page, problems, context } = await openPage(browser(), `lang=${language}`);
      const hand: Hand = kind === 'mouse' ? new Mouse(page) : new Keyboard(page);
      await hand.press(`[data-start="${ids[0]}"]`);
      for (const [i, lesson] of LESSONS.entries()) {
        const { id, steps, sources } = lesson;
        for (const [index, step] of steps.entries()) {
          const where = `step ${index + 1} of ${id}`;
          await page.waitForSelector(`.lesson:has-text("${words.lessons.step(index + 1, steps.length)}")`);
          for (const heading of sources.manual ?? [])
            expect(await page.textContent('.sources')).toContain(heading);
          await expectStill(page, `${where} begins`, false);
          if (language !== 'en') expect(await englishOn(page), where).toEqual([]);
          await solve(page, hand, id, index, step).catch((error: Error) => {
            throw new Error(`${where}: ${error.message}`, { cause: error });
          });
          await page.waitForSelector('.task.is-met').catch(() => {
            throw new Error(`${where} is not met: ${page.url()}`);
          });
          await expectStill(page, `${where}, done`, true);
          if ((await page.locator('[data-result="fault"]').count()) > 0) {
            expect(await visibleShare(page, '[data-result="fault"]'), `the fault in ${where}`).toBe(1);
          }
          if (language !== 'en') expect(await englishOn(page), `${where}, done`).toEqual([]);
          if (kind === 'mouse') await hand.press('[data-lesson="next"]');
          else await page.keyboard.press('Control+Enter');
        }
        const over = page.locator(`.lesson:has-text("${words.lessons.finished}")`);
        await over.waitFor();
        const isLast = i === LESSONS.length - 1;
        // All of them, not only the last.
        expect((await over.innerText()).includes(words.lessons.all), id).toBe(isLast);
        if (!isLast) await hand.press('[data-lesson="following"]');
      }
      expect(problems).toEqual([]);
      await context.close();
    },
    240_000,
  );

  it('begin with a toy that is seen whole, solved to its end without a scroll', async () => {
    const { page, problems, context } = await openPage(browser());
    const hand = new Mouse(page);
    // The first picture is alive already: another address, other letters, and at the last one nothing for B.
    const picture = page.locator('.two-programs svg');
    expect(await picture.getAttribute('aria-label')).toContain(EN.toy.picture.letter('m'));
    await page.focus('.two-programs input');
    await page.keyboard.press('End');
    expect(await picture.getAttribute('aria-label')).toBe(
      EN.toy.picture.alt(11, EN.toy.picture.letter('h'), EN.toy.picture.nothing),
    );
    await hand.press('[data-start="toy"]');
    for (const [i, { right }] of TOY_STEPS.entries()) {
      await expectStill(page, `step ${i + 1} of the toy`, false);
      for (const part of ['.drawing', '.toy-memory', '.end']) {
        expect(await visibleShare(page, part), `${part} in step ${i + 1}`).toBeGreaterThan(0.99);
      }
      if (right === undefined) {
        expect(await visibleShare(page, '.bit.is-bad')).toBe(1);
        await hand.press(bit('PTE', 0));
      } else {
        await hand.choose('question', (right + 1) % EN.toy.steps[i]!.choices!.length);
        await hand.press('[data-check]');
        expect(await page.locator('.wrong').innerText()).not.toBe('');
        await hand.choose('question', right);
        await hand.press('[data-check]');
      }
      await page.waitForSelector('.task.is-met');
      await expectStill(page, `step ${i + 1} of the toy, done`, true);
      await hand.press('[data-toy="next"]');
    }
    expect(await page.locator('#lesson-title').innerText()).toBe(EN.lesson['walk']!.title);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('remembers on this computer which lessons are done, and forgets on demand', async () => {
    const { page, context } = await openPage(browser(), 'lesson=large.7&at=fc501234');
    await page.click(bit('PDE', 21));
    await page.click('[data-lesson="next"]');
    await page.waitForSelector(`.lesson:has-text("${EN.lessons.finished}")`);
    expect(await page.locator('.lesson').innerText()).not.toContain(EN.lessons.all);
    await page.click('.lesson-head a');
    await page.waitForFunction(() => location.hash.includes('screen=home'));
    await page.reload();
    expect(await page.locator('.contents li.is-done').count()).toBe(1);
    await page.click('.contents .hint button');
    expect(await page.locator('.contents li.is-done').count()).toBe(0);
    await page.reload();
    expect(await page.locator('.contents li.is-done').count()).toBe(0);
    await context.close();
  });

  it('rings the right bit, gives it the keyboard, and lets go at the next press', async () => {
    const { page, context } = await openPage(browser(), 'lesson=stale.1&at=c0300000&do=a0.c0300000');
    await page.click('[data-lesson="where"]');
    await page.waitForSelector('.is-shown');
    const ringed = page.locator('.is-shown');
    expect(await ringed.getAttribute('data-bit')).toBe('0');
    expect(await ringed.evaluate((one) => one.closest('[data-entry]')?.getAttribute('data-entry'))).toBe(
      'PTE',
    );
    expect(await ringed.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.task.is-met');
    expect(await ringed.count()).toBe(0);
    await context.close();
  });

  it('never shows what it asks for', async () => {
    const { page, context } = await openPage(browser(), 'lesson=tables.1&at=c0fff000&as=1');
    expect(await page.locator('[data-result]').getAttribute('data-result')).toBe('veiled');
    const text = await page.locator('.stage').textContent();
    expect(text).not.toMatch(/0b011|#PF|error code/);
    expect(await page.locator('.bit.is-bad, .block.is-broken, .cross').count()).toBe(0);
    await context.close();
  });
}
