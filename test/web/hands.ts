/** Two people who use the page: one with a mouse alone, one with the keyboard alone. */

import type { ElementHandle, Page } from 'playwright-core';

/** What either can do. */
export interface Hand {
  /** Presses a button, a bit, an entry. */
  press(selector: string): Promise<void>;
  /** Whether a button can be pressed now. */
  can(selector: string): Promise<boolean>;
  /** Chooses one of a group of radio buttons, by its number. */
  choose(group: string, index: number): Promise<void>;
  /** Chooses one of a list. */
  pick(selector: string, value: string): Promise<void>;
  /** Opens one of the panels below the drawing. */
  panel(name: string): Promise<void>;
}

export class Mouse implements Hand {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(selector: string): Promise<void> {
    // What must be scrolled to is out of reach: the page is one screen.
    const box = await this.#page.locator(selector).first().boundingBox();
    const size = this.#page.viewportSize()!;
    if (box === null || box.y < 0 || box.y + box.height > size.height) {
      throw new Error(`${selector} cannot be seen at ${JSON.stringify(box)}`);
    }
    await this.#page.click(selector);
  }

  can(selector: string): Promise<boolean> {
    return canPress(this.#page, selector);
  }

  async choose(group: string, index: number): Promise<void> {
    await this.#page.locator(`[data-choice="${group}"] label:has(input[type=radio])`).nth(index).click();
  }

  async pick(selector: string, value: string): Promise<void> {
    await this.#page.selectOption(selector, value);
  }

  async panel(name: string): Promise<void> {
    await this.press(`.dock-tabs a[data-panel="${name}"]`);
  }
}

async function canPress(page: Page, selector: string): Promise<boolean> {
  return (await page.locator(selector).first().getAttribute('aria-disabled')) !== 'true';
}

type Target = ElementHandle<SVGElement | HTMLElement>;

/** Steps of the Tab key that anything may need at most, from the start of its part of the page. */
const MOST_TABS = 16;
/** Bits in a row, at most. */
const MOST_ARROWS = 70;

/** Goes about as a person would: F6 to a part of the page, Tab to a thing in it, arrows along a row of bits. */
export class Keyboard implements Hand {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(selector: string): Promise<void> {
    await this.#goTo(selector);
    const isBox = await this.#page
      .locator(selector)
      .first()
      .evaluate((one) => one.matches('input'));
    await this.#key(isBox ? ' ' : 'Enter');
  }

  can(selector: string): Promise<boolean> {
    return canPress(this.#page, selector);
  }

  async choose(group: string, index: number): Promise<void> {
    const radios = this.#page.locator(`[data-choice="${group}"] input[type=radio]`);
    const chosen = await radios.evaluateAll((all) =>
      all.findIndex((one) => (one as HTMLInputElement).checked),
    );
    // The Tab key stops at the chosen one of a group, or at its first.
    const stop = Math.max(0, chosen);
    const handle = (await radios.nth(stop).elementHandle()) as Target;
    await this.#reach(handle, `${group} ${stop}`);
    if (chosen < 0) await this.#key(' ');
    for (let at = stop; at !== index; at += Math.sign(index - at)) {
      await this.#key(index > at ? 'ArrowDown' : 'ArrowUp');
    }
    if (!(await radios.nth(index).isChecked())) throw new Error(`the keys do not choose ${group} ${index}`);
  }

  async pick(selector: string, value: string): Promise<void> {
    await this.#goTo(selector);
    const place = this.#page.locator(selector).first();
    const [from, to] = await place.evaluate((select, value) => {
      const options = [...(select as HTMLSelectElement).options].filter((option) => !option.disabled);
      const at = options.findIndex((option) => option.selected);
      return [at, options.findIndex((option) => option.value === value)] as const;
    }, value);
    for (let at = from; at !== to; at += Math.sign(to - at)) {
      await this.#key(to > at ? 'ArrowDown' : 'ArrowUp');
    }
  }

  async panel(name: string): Promise<void> {
    if ((await this.#page.locator(`.panel#${name}`).count()) > 0) return;
    await this.press(`.dock-tabs a[data-panel="${name}"]`);
  }

  async #goTo(selector: string): Promise<void> {
    const handle = (await this.#page.waitForSelector(selector, { timeout: 5000 })) as Target;
    await this.#reach(handle, selector);
  }

  async #reach(target: Target, name: string): Promise<void> {
    if (await this.#isHere(target)) return;
    await this.#toPartOf(target);
    const inGroup = await target.evaluate((element) => element.hasAttribute('data-roving'));
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await this.#isHere(target)) return;
      if (inGroup && (await this.#isInGroupOf(target))) return this.#alongTo(target, name);
      await this.#key('Tab');
    }
    throw new Error(`${MOST_TABS} presses of the Tab key do not reach ${name}`);
  }

  /** F6 until the focus is at the start of the part that holds the element, or in it and before the element. */
  async #toPartOf(target: Target): Promise<void> {
    for (let presses = 0; presses < 10; presses++) {
      const isBefore = await target.evaluate((element) => {
        const part = element.closest('[data-region]');
        const active = document.activeElement;
        if (part === null || active === null) return true;
        if (part === active) return true;
        const precedes = (active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
        return part.contains(active) && precedes;
      });
      if (isBefore) return;
      await this.#key('F6');
    }
  }

  async #alongTo(target: Target, name: string): Promise<void> {
    await this.#key('Home');
    for (let i = 0; i < MOST_ARROWS; i++) {
      if (await this.#isHere(target)) return;
      await this.#key('ArrowRight');
    }
    throw new Error(`the arrow keys do not reach ${name}`);
  }

  #isHere(target: Target): Promise<boolean> {
    return target.evaluate((element) => element === document.activeElement);
  }

  #isInGroupOf(target: Target): Promise<boolean> {
    return target.evaluate((element) => {
      const active = document.activeElement;
      const group = element.closest('[role="toolbar"]') ?? element.parentElement;
      return active?.hasAttribute('data-roving') === true && group?.contains(active) === true;
    });
  }

  #key(key: string): Promise<void> {
    return this.#page.keyboard.press(key);
  }
}
