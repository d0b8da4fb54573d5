import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { PANELS } from '../../../src/web/view-state.ts';
import { elfCore } from '../../dump/writers.ts';
import { drawn, follow, openPage } from '../chromium.ts';
import { ENGLISH_WORD, englishOn } from '../english.ts';

const SAID = '.sentence, .notice, [data-asked] [role="status"], .failure';

/** Waits for what is said, and for that the page is German throughout. */
async function expectSaid(page: Page, part: string): Promise<void> {
  await expect.poll(() => page.locator(SAID).first().textContent()).toContain(part);
  expect(await englishOn(page), part).toEqual([]);
}

const file = (name: string, content: Uint8Array | string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

/** The German page; what the lessons and the inventory say in it is looked at where these are done. */
export function language(browser: () => Browser): void {
  it('is the page’s own, on every screen and in every panel', async () => {
    const { page, problems, context } = await openPage(browser(), 'lang=de');
    expect(await page.getAttribute('html', 'lang')).toBe('de');
    const done = 'do=a1.c0fff000~a0.c0000000~r0.80000011~i0~cpentium';
    const forked = 'setting=fork&format=4-level&at=804a000&as=5&do=a5.804a000~s0.c0000000.5';
    const fragments = [
      ...['home', 'toy', 'exercises'].map((screen) => `screen=${screen}`),
      ...PANELS.map((panel) => `show=${panel}&${done}`),
      ...['map', 'tlb', 'history'].map((panel) => `show=${panel}&${forked}`),
      'present&format=5-level',
      'embed&at=c0fff000&as=1',
    ];
    for (const fragment of fragments) {
      await follow(page, `lang=de&${fragment}`);
      await drawn(page);
      expect(await englishOn(page), fragment).toEqual([]);
    }
    await follow(page, 'lang=de&at=c0000000');
    await page.keyboard.press('?');
    expect(await englishOn(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('says all that it refuses', async () => {
    const { page, problems, context } = await openPage(browser(), 'lang=de&size=5&nonsense=1');
    await expectSaid(page, 'size=5 ist keines von 4, 16, 64; nonsense=1 bedeutet hier nichts');
    for (const [fragment, said] of [
      ['byte=fffffff0', 'byte=fffffff0 ist keine Zahl von 0 bis '],
      ['at=xyz', 'at=xyz ist keine Adresse aus 8'],
      ['do=x9', 'do: „x9“ ist keine Handlung'],
      ['do=wffffffff.0', 'bei 0xffff_ffff ist kein RAM für 4 Bytes'],
      ['do=r0.80000000', '#GP(0): CR0.PG verlangt CR0.PE'],
      ['do=r2.100000000', 'CR4 fasst 32 Bit, und 0x100000000 hat mehr'],
      ['cpu=i386&do=i0', '#UD: Das CPU-Modell „i386“ hat kein INVLPG'],
      ['format=PAE&do=h0.0', 'unter dieser Maschine liegt kein Xen'],
      ['machine=AAAA', 'machine=AAAA enthält keine Maschine: '],
      ['lesson=walk.99', 'lesson=walk.99: Einen solchen Schritt gibt es nicht'],
    ] as const) {
      await follow(page, `lang=de&screen=work&${fragment}`);
      await expectSaid(page, said);
    }
    // More than two lines are read from their beginning, and scrolled with the keyboard.
    await follow(
      page,
      'lang=de&screen=work&size=5&nonsense=1&as=3&at=zz&step=zz&byte=zz&ring=zz&setting=zz&seed=zz',
    );
    await expectSaid(page, 'seed=zz');
    const sentence = await page.locator('.sentence').evaluate((one) => {
      const text = document.createRange();
      text.selectNodeContents(one);
      const above = one.getBoundingClientRect().top - text.getBoundingClientRect().top;
      return { above, isCut: one.scrollHeight > one.clientHeight, tabIndex: (one as HTMLElement).tabIndex };
    });
    expect(sentence).toEqual({ above: expect.toSatisfy((by: number) => by < 4), isCut: true, tabIndex: 0 });
    // What is typed.
    await follow(page, 'lang=de&at=c0000000&show=memory');
    await page.fill('[data-address]', '12345678901');
    await page.fill('.memory-side input >> nth=0', 'zz');
    await page.keyboard.press('Enter');
    await drawn(page);
    expect(await page.locator('.is-bad').allInnerTexts()).toHaveLength(2);
    expect(await englishOn(page)).toEqual([]);
    // What the hypervisor and the CPU refuse.
    await follow(page, 'lang=de&show=xen&ask=own-table&at=c0fff000&as=1');
    await page.click('[data-xen=write]');
    await page.click('[data-xen=ask]');
    await expectSaid(page, 'abgelehnt mit −22 (EINVAL)');
    // Files of each kind.
    await follow(page, 'lang=de&show=files&at=c0000000');
    const core = elfCore([{ start: 0, bytes: new Uint8Array(8192) }], {});
    for (const [name, content, said] of [
      ['leer', '', 'Das Abbild ist leer'],
      ['rest.elf', core.subarray(0, 100), 'Das Abbild ist abgeschnitten'],
      ['zu.gz', Uint8Array.of(0x1f, 0x8b, ...new Uint8Array(9000)), 'mit gzip gepackt'],
      ['alt.x86page', `X86PAGE\n\x09${'\0'.repeat(99)}`, 'Die Version 9 der Datei ist unbekannt'],
    ] as const) {
      await page.setInputFiles('#files input[type=file]', file(name, content));
      await expectSaid(page, `${name} lässt sich nicht öffnen: `);
      await expectSaid(page, said);
    }
    await page.setInputFiles('#files input[type=file]', file('ram.raw', new Uint8Array(8192)));
    await page.waitForSelector('[data-asked]');
    expect(await englishOn(page)).toEqual([]);
    await page.setInputFiles('[data-registers]', file('r.txt', 'no registers'));
    await expectSaid(page, 'weder CR0 noch CR3 noch CR4');
    await page.setInputFiles('[data-registers]', file('r.json', '{"cr0": '));
    await expectSaid(page, 'Die Register sind kein JSON');
    // What a parser of others says is there, and marked.
    expect(await page.locator('[data-asked] code[lang="en"]').count()).toBe(1);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('says that something unforeseen happened, with the program’s English beside it', async () => {
    const { page, context } = await openPage(browser(), 'lang=de&at=c0000000');
    await page.evaluate(() => {
      Object.assign(globalThis, {
        kept: globalThis.BigInt,
        BigInt: () => {
          throw new Error('this is broken');
        },
      });
    });
    await page.click('[data-step="back"]');
    expect(await page.locator('.failure [lang="en"]').innerText()).toBe('this is broken');
    await expectSaid(page, 'niemand vorhergesehen');
    await page.evaluate(() => Object.assign(globalThis, { BigInt: (globalThis as { kept?: unknown }).kept }));
    await context.close();
  });

  it('goes into what is saved', async () => {
    const { page, context } = await openPage(browser(), 'lang=de&at=c0fff000&as=1&show=files');
    for (const what of ['map', 'walk', 'space']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`[data-export="${what}"]`),
      ]);
      const text = readFileSync(await download.path(), 'utf8').replaceAll(/<style[\s\S]*?<\/style>/g, '');
      const said = [...text.matchAll(/>([^<]+)<|aria-label="([^"]*)"/g)].map(([, a, b]) => a ?? b!);
      expect(
        said.filter((one) => ENGLISH_WORD.test(one)),
        what,
      ).toEqual([]);
    }
    await context.close();
  });
}
