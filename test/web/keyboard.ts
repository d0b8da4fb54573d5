/** A person without a mouse: Tab and arrow keys to get somewhere, Enter, Space and letters to do something. */

import type { Page } from 'playwright-core';

/** What a key press may need at most to reach anything in the page. */
const MOST_TABS = 400;

export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  /** Goes to the element with Tab; inside a toolbar with the arrow keys. @throws if it cannot be reached so. */
  async goTo(selector: string): Promise<void> {
    const target = await this.#page.waitForSelector(selector, { timeout: 5000 });
    const here = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement);
    // In a group that is one stop of the Tab key, that stop is what Tab must reach.
    const inGroup = await target.evaluate((element) => element.hasAttribute('data-roving'));
    const group = (): Promise<boolean> =>
      target.evaluate((element) => {
        const active = document.activeElement;
        const toolbar = element.closest('[role="toolbar"]') ?? element.parentElement;
        return active?.hasAttribute('data-roving') === true && toolbar?.contains(active) === true;
      });
    // The shorter way: back, if it lies before what has the focus.
    const isBefore = await target.evaluate((element) => {
      const active = document.activeElement;
      if (active === null || active === document.body) return false;
      return (active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
    });
    const tab = isBefore ? 'Shift+Tab' : 'Tab';
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await here()) return;
      if (inGroup && (await group())) {
        await this.press('Home');
        for (let i = 0; i < 70; i++) {
          if (await here()) return;
          await this.press('ArrowRight');
        }
        throw new Error(`the arrow keys do not reach ${selector}`);
      }
      await this.press(tab);
    }
    throw new Error(`the Tab key does not reach ${selector}`);
  }

  /** Goes there and presses it. */
  async use(selector: string): Promise<void> {
    await this.goTo(selector);
    await this.press('Enter');
  }

  /** Ticks or clears a box. */
  async toggle(selector: string): Promise<void> {
    await this.goTo(selector);
    await this.press(' ');
  }

  /** Types an address and walks it. */
  async address(hex: string): Promise<void> {
    await this.goTo('.address-input input[type=text]');
    await this.press('Control+a');
    await this.#page.keyboard.type(hex);
    await this.press('Enter');
  }

  /** Chooses one of a group of radio buttons by its text. */
  async choose(text: string): Promise<void> {
    const label = this.#page.locator('label', { hasText: text }).first();
    const wanted = label.locator('input');
    const name = await wanted.getAttribute('name');
    const radios = this.#page.locator(`input[name="${name}"]`);
    const count = await radios.count();
    const isBefore = await radios.first().evaluate((radio) => {
      const active = document.activeElement ?? document.body;
      return (active.compareDocumentPosition(radio) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
    });
    // Tab stops at the chosen one of a group, or at its first.
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await radios.evaluateAll((all) => all.some((one) => one === document.activeElement))) break;
      await this.press(isBefore ? 'Shift+Tab' : 'Tab');
    }
    for (let i = 0; i < count + 1; i++) {
      if (await wanted.evaluate((one) => one === document.activeElement && (one as HTMLInputElement).checked))
        return;
      await this.press(i === 0 ? ' ' : 'ArrowDown');
    }
    if (!(await wanted.isChecked())) throw new Error(`the keys do not choose '${text}'`);
  }
}
