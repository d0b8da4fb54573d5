/** A person without a mouse: Tab, F6 and arrow keys to get somewhere, Enter, Space and letters to do something. */

import type { ElementHandle, Page } from 'playwright-core';

type Target = ElementHandle<SVGElement | HTMLElement>;

/** Steps of the Tab key that anything in the page may need at most, from the nearest part that F6 reaches. */
const MOST_TABS = 40;
/** Bits in a row, at most. */
const MOST_ARROWS = 70;

export class Keyboard {
  readonly #page: Page;
  /** Keys pressed so far. */
  presses = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(key: string): Promise<void> {
    this.presses++;
    await this.#page.keyboard.press(key);
  }

  /** Goes to the element as a person would: to its part with F6, then with Tab, in a row of bits with the arrows. */
  async goTo(selector: string): Promise<void> {
    const target = await this.#page.waitForSelector(selector, { timeout: 5000 });
    if (await this.#isHere(target)) return;
    await this.#toPartOf(target);
    const inGroup = await target.evaluate((element) => element.hasAttribute('data-roving'));
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await this.#isHere(target)) return;
      if (inGroup && (await this.#isInGroupOf(target))) return this.#alongTo(target, selector);
      await this.press('Tab');
    }
    throw new Error(`${MOST_TABS} presses of the Tab key do not reach ${selector}`);
  }

  /** F6 until the focus is in the part of the page that holds the element; nothing where it is there already. */
  async #toPartOf(target: Target): Promise<void> {
    const inPart = (): Promise<boolean> =>
      target.evaluate((element) => {
        const part = element.closest('[data-region]');
        const active = document.activeElement;
        if (part === null) return true;
        if (!part.contains(active)) return false;
        // Behind it already: Tab leads away.
        return (
          active === part ||
          (active!.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) === 0
        );
      });
    for (let i = 0; i < 8; i++) {
      if (await inPart()) return;
      await this.press('F6');
      // A second press within the same part goes round to its start.
      if (await inPart()) return;
    }
  }

  async #alongTo(target: Target, selector: string): Promise<void> {
    await this.press('Home');
    for (let i = 0; i < MOST_ARROWS; i++) {
      if (await this.#isHere(target)) return;
      await this.press('ArrowRight');
    }
    throw new Error(`the arrow keys do not reach ${selector}`);
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

  /** Opens one of the panels below the drawing. */
  async panel(name: string): Promise<void> {
    if ((await this.#page.locator(`.panel#${name}`).count()) === 0) {
      await this.use(`.dock-tabs a[data-panel="${name}"]`);
    }
  }

  /** Types an address and walks it. */
  async address(hex: string): Promise<void> {
    await this.#type('[data-address]', hex);
  }

  /** Types a value to be written. */
  async value(hex: string): Promise<void> {
    await this.#type('[data-value]', hex);
  }

  async #type(selector: string, hex: string): Promise<void> {
    await this.goTo(selector);
    await this.press('Control+a');
    await this.#page.keyboard.type(hex);
    await this.press('Enter');
  }

  /** Chooses one of a group of radio buttons, by its number. */
  async choose(group: string, index: number): Promise<void> {
    const radios = this.#page.locator(`[data-choice="${group}"] input[type=radio]`);
    const checked = await radios.evaluateAll((all) =>
      all.findIndex((one) => (one as HTMLInputElement).checked),
    );
    // The Tab key stops at the chosen one of a group, or at its first.
    const stop = Math.max(0, checked);
    await radios.nth(stop).evaluate((radio) => radio.setAttribute('data-stop', ''));
    await this.goTo('[data-stop]');
    await radios.nth(stop).evaluate((radio) => radio.removeAttribute('data-stop'));
    if (checked < 0) await this.press(' ');
    for (let at = stop; at !== index; at += Math.sign(index - at)) {
      await this.press(index > at ? 'ArrowDown' : 'ArrowUp');
    }
    if (!(await radios.nth(index).isChecked())) throw new Error(`the keys do not choose ${group} ${index}`);
  }
}
