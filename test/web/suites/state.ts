import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { expect, it } from 'vitest';
import { formatAddress } from '../../../src/arch/index.ts';
import { readOnly } from '../../../src/claims/index.ts';
import { machineFragment } from '../../../src/cli/page-link.ts';
import { counterexampleMachine, smallestCounterexample } from '../../../src/counterexample/index.ts';
import { PhysicalMemory } from '../../../src/memory/index.ts';
import { ACCESS_KINDS, USER_WRITE, WRITE } from '../../../src/mmu/index.ts';
import { Mapper } from '../../../src/tables/index.ts';
import { encodeFragment } from '../../../src/web/fragment.ts';
import { codeText } from '../../../src/web/narrate.ts';
import { cpusFor, DEFAULT_SCENARIO, type Scenario, usualCpu } from '../../../src/web/scenario.ts';
import { type Action, RefusedAction, Session } from '../../../src/web/session.ts';
import { DEFAULT_VIEW } from '../../../src/web/view-state.ts';
import { machineOf, smallKernel } from '../../claims/layout.ts';
import { elfCore, qemuNotes } from '../../dump/writers.ts';
import { follow, openPage } from '../chromium.ts';
import { englishOn } from '../english.ts';

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
    actions.push({ kind: 'register', name: 'cr3', value: Number(session.mmu.cr3) });
    try {
      session.do(pick(actions));
    } catch (error) {
      if (!(error instanceof RefusedAction)) throw error;
    }
  }
  const view = { ...DEFAULT_VIEW, screen: 'work' as const, linear, access };
  return { session, linear, access, fragment: encodeFragment({ scenario, actions: session.actions, view }) };
}

export function state(browser: () => Browser): void {
  it('opens the link of a counterexample with its claim, the access that fails, and what would mend it', async () => {
    const kernel = smallKernel('PAE');
    kernel.mapper.map(0xf000_0000, kernel.mapper.tableFrames[1]! * 4096, 0x1000, { writable: true });
    const small = smallestCounterexample(machineOf(kernel), readOnly('tables'))!;
    const { page, problems, context } = await openPage(
      browser(),
      machineFragment(counterexampleMachine(small)),
    );
    const told = await page.textContent('[data-claim]');
    expect(told).toContain('No page gives write access to a page table.');
    expect(told).toContain('write at 0xf000_0000: expected a page fault');
    expect(told).toMatch(/clear RW in the PTE at 0x\w+/);
    await follow(page, `lang=de&${machineFragment(counterexampleMachine(small))}`);
    await page.waitForSelector('[data-claim]:has-text("RW löschen in dem PTE")');
    expect(await englishOn(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('walks as the library does, in random states', async () => {
    const { page, problems, context } = await openPage(browser());
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const { session, fragment, linear, access } = randomState(seed);
      const report = session.mmu.explain(linear, access as 0);
      await follow(page, fragment);
      const shown = () =>
        page.evaluate(() => ({
          entries: [...document.querySelectorAll<SVGElement>('.column')].map((column) => [
            column.querySelector('.entry-name')?.textContent,
            column.dataset['value'],
          ]),
          outcome: document.querySelector<HTMLElement>('[data-result]')?.dataset['result'],
          number:
            document.querySelector<HTMLElement>('[data-result]')?.dataset['code'] ??
            document.querySelector('.physical')?.textContent,
        }));
      const expected = {
        entries: report.steps.map((step) => [
          `${step.kind}[${step.index}]`,
          formatAddress(step.entry, step.entryBytes * 2),
        ]),
        outcome: report.ok ? 'ok' : 'fault',
        number: report.ok ? formatAddress(report.physical) : codeText(report.fault.code),
      };
      await expect
        .poll(shown, { message: `state ${seed}: #${fragment}`, timeout: 30_000, interval: 10 })
        .toEqual(expected);
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
    const first = await openPage(browser(), 'at=c0fff000&as=1');
    await first.page.click('[data-entry="PTE"] [data-bit="1"]');
    await first.page.click('[data-do="access"]');
    await first.page.waitForFunction(() => /do=w.*~a1/.test(location.hash));
    const fragment = new URL(first.page.url()).hash.slice(1);
    const text = (page: typeof first.page): Promise<string | null> =>
      page.locator('.drawing, .dock').evaluateAll((all) => all.map((one) => one.textContent).join());
    const second = await openPage(browser(), fragment);
    expect(await text(second.page)).toBe(await text(first.page));
    await first.context.close();
    await second.context.close();
  });

  it.each([
    ['do=x9', "'x9'"],
    ['frame=ffffff', ''],
    ['lesson=walk.-5', 'lesson=walk.-5'],
    ['at=c0000000&do=r1.ffffffff~a0.c0000000', ''],
    ['at=c0000000&do=r0.80000000', 'CR0'],
    ['byte=fffffff0', 'byte=fffffff0'],
  ])('says what is wrong with the link #%s, and works all the same', async (fragment, said) => {
    const { page, problems, context } = await openPage(browser(), `screen=work&${fragment}`);
    expect(await page.locator('.sentence').innerText()).toContain(said);
    expect(await page.locator('[data-result]').count()).toBe(1);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('says what broke it, and goes on', async () => {
    const { page, context } = await openPage(browser(), 'at=c0000000');
    // No link breaks the page, so something that every walk needs is taken away.
    await page.evaluate(() => {
      Object.assign(globalThis, {
        kept: globalThis.BigInt,
        BigInt: () => {
          throw new Error('broken on purpose');
        },
      });
    });
    await page.click('[data-step="back"]');
    expect(await page.locator('.failure pre').innerText()).toBe('broken on purpose');
    await page.evaluate(() => Object.assign(globalThis, { BigInt: (globalThis as { kept?: unknown }).kept }));
    await page.click('.failure .primary');
    expect(await page.locator('.home').count()).toBe(1);
    await context.close();
  });

  it('opens dumps in the mode that they tell, asks for that of raw RAM, and refuses what is none, by name', async () => {
    const { page, context } = await openPage(browser(), 'at=c0000000&show=files');
    const file = (name: string, buffer: Uint8Array) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(buffer),
    });
    const memory = new PhysicalMemory(4 * 2 ** 20);
    let frame = 16;
    const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: () => ++frame });
    mapper.map(0xffff_8880_0000_0000n, 0, 4 * 2 ** 20, {
      writable: true,
      executable: false,
      accessed: true,
      dirty: true,
      global: true,
    });
    mapper.map(0xffff_ffff_8000_0000n, 0x20_0000, 0x10_0000, { accessed: true, global: true });
    mapper.map(0x40_0000, 0x10_0000, 0x4000, { user: true, accessed: true });
    const ram = memory.read(0, memory.sizeBytes);
    const cr3 = BigInt(mapper.root);

    // A dump that tells its registers, with a hole above its RAM.
    const notes = qemuNotes([{ cr0: 0x8001_0033n, cr3, cr4: 0xa0n, code64: true }]);
    const segments = [
      { start: 0, bytes: ram },
      { start: 0x80_0000, bytes: new Uint8Array(4096) },
    ];
    await page.setInputFiles('#files input[type=file]', file('guest.elf', elfCore(segments, { notes })));
    await page.waitForSelector('.sentence:has-text("Opened guest.elf")');
    expect(await page.locator('.sentence').innerText()).toContain('EFER is not known');
    expect(await page.locator('.column').count()).toBe(4);
    expect(await page.locator('[data-result]').getAttribute('data-result')).toBe('ok');
    // The same memory without registers is shown in no mode at all before one is chosen.
    await page.click('.dock-tabs a[data-panel="files"]');
    await page.setInputFiles('#files input[type=file]', file('ram.raw', ram));
    await page.waitForSelector('[data-asked]');
    expect(await page.locator('[data-asked]').innerText()).toContain('ram.raw does not tell its registers');
    expect(await page.locator('.column').count()).toBe(0);
    // Nor is the machine that was there before acted upon; it is there again if the file is let go.
    await page.keyboard.press('Control+Enter');
    await page.click('[data-let-go]');
    expect(await page.locator('.column').count()).toBe(4);
    expect(await page.locator('[data-tool="undo"]').getAttribute('aria-disabled')).toBe('true');
    await page.click('.dock-tabs a[data-panel="files"]');
    await page.setInputFiles('#files input[type=file]', file('ram.raw', ram));
    await page.setInputFiles('[data-registers]', file('odd.txt', Buffer.from('no registers')));
    await page.waitForSelector('[data-asked]:has-text("ram.raw cannot be opened:")');
    const first = page.locator('[data-found-root]').first();
    expect(await first.getAttribute('data-found-root')).toBe('4-level');
    expect(await first.innerText()).toContain(formatAddress(mapper.root));
    await first.click();
    await page.waitForSelector('.sentence:has-text("Opened ram.raw")');
    expect(await page.locator('.column').count()).toBe(4);
    expect(await page.locator('[data-asked]').count()).toBe(0);

    // Registers beside it are as good.
    await page.click('.dock-tabs a[data-panel="files"]');
    await page.setInputFiles('#files .file input:not([data-registers])', file('ram.raw', ram));
    await page.waitForSelector('[data-asked]');
    const text = `CR0=80010033 CR2=0 CR3=${cr3.toString(16)} CR4=000000a0\nEFER=0000000000000d01\n`;
    await page.setInputFiles('[data-registers]', file('registers.txt', Buffer.from(text)));
    await page.waitForSelector('.sentence:has-text("Opened ram.raw")');
    expect(await page.locator('.column').count()).toBe(4);

    await page.click('.dock-tabs a[data-panel="files"]');
    const cut = elfCore(segments, { notes }).subarray(0, 100);
    await page.setInputFiles('#files input[type=file]', file('cut.elf', cut));
    await page.waitForSelector('.sentence:has-text("cut.elf cannot be opened:")');
    await context.close();
  });

  it('takes back with Ctrl+Z, and does again with Ctrl+Y', async () => {
    const { page, context } = await openPage(browser(), 'at=c0000000');
    const flag = page.locator('[data-entry="PTE"] [data-bit="1"]');
    await flag.click();
    expect(await flag.getAttribute('aria-pressed')).toBe('false');
    await page.keyboard.press('Control+z');
    expect(await flag.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Control+y');
    expect(await flag.getAttribute('aria-pressed')).toBe('false');
    await context.close();
  });

  it('goes back in time and on again by its strip, with the keyboard, and a lesson goes on from there', async () => {
    const { page, context } = await openPage(
      browser(),
      'lesson=stale.3&from=2&show=tlb&at=c0300000&do=a0.c0300000~w399cc00.0',
    );
    const ticks = page.locator('[data-moment]');
    const act = page.locator('[data-act="0"]');
    await act.click();
    await page.waitForSelector('.task.is-met');
    expect(await ticks.count()).toBe(4);
    expect(await page.locator('[data-moment="1"] .tick-walk').count()).toBe(2);
    expect(await page.getAttribute('[data-moment="1"]', 'aria-label')).toMatch(
      /^1\. The kernel reads 0xc030_0000.* 2 reads of tables\.$/,
    );
    // The last one found in the TLB what is in memory no more.
    expect(await page.locator('[data-moment="3"] .tick-hit').count()).toBe(1);
    await page.focus('[data-moment="3"]');
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
    const sentence = page.locator('.sentence');
    expect(await sentence.innerText()).toBe('Moment 0 of 3. The beginning, before anything was done.');
    expect(await ticks.evaluateAll((all) => all.map((one) => one.matches('.is-undone')))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    // The focus stays where it was, and the page where it is.
    expect(await page.evaluate(() => [document.activeElement?.getAttribute('data-moment'), scrollY])).toEqual(
      ['0', 0],
    );
    for (const key of ['End', 'Enter']) await page.keyboard.press(key);
    expect(await sentence.innerText()).toContain('Moment 3 of 3. The kernel reads 0xc030_0000');
    // A step that has not been done begins where one went back to.
    await follow(page, 'lesson=stale.3&from=1&show=tlb&at=c0300000&do=a0.c0300001');
    await page.click('[data-moment="0"]');
    expect(await page.locator('.task.is-met').count()).toBe(0);
    await act.click();
    await page.waitForSelector('.task.is-met');
    await context.close();
  });

  it('keeps drawings as SVG that stands alone, and a machine that opens again as it was', async () => {
    const { page, context } = await openPage(browser(), 'at=c0fff000&as=1&show=files');
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
    await page.waitForSelector('.sentence:has-text("Opened")');
    await page.selectOption('[data-places]', { label: 'page directory' });
    expect(await page.locator('[data-entry="PTE"] [data-bit="1"]').getAttribute('aria-pressed')).toBe(
      'false',
    );
    await context.close();
  });

  it('writes bytes in the hex view, and the walk follows', async () => {
    const { page, context } = await openPage(browser(), 'at=c0000000&show=memory');
    await page.click('.hex td[aria-selected="true"]');
    await page.keyboard.type('22');
    await page.waitForSelector('[data-result="fault"]');
    expect(await page.locator('.block.is-broken .entry-name').textContent()).toContain('PTE[0]');
    await context.close();
  });

  it('goes to each of its parts by a link that holds the whole state', async () => {
    const { page, context } = await openPage(browser(), 'at=c0fff000&as=1&do=a1.c0fff000');
    for (const panel of ['map', 'memory', 'tlb', 'machine', 'history', 'files']) {
      const link = page.locator(`.dock-tabs a[data-panel="${panel}"]`);
      expect(await link.getAttribute('href')).toMatch(/^#.*at=c0fff000.*do=a1/);
      await link.click();
      expect(await page.locator(`.panel#${panel}`).count()).toBe(1);
      expect(await link.getAttribute('aria-current')).toBe('page');
      expect(await page.evaluate(() => scrollY)).toBe(0);
    }
    await context.close();
  });
}
