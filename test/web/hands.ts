/** Two people who use the page: one with a mouse alone, one with the keyboard alone. */

import type { ElementHandle, Page } from 'playwright-core';
import { drawn } from './chromium.ts';

type Target = ElementHandle<SVGElement | HTMLElement>;

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
    const target = await this.#page.waitForSelector(selector);
    await this.#pressOn(target as Target, selector);
  }

  can(selector: string): Promise<boolean> {
    return canPress(this.#page, selector);
  }

  async choose(group: string, index: number): Promise<void> {
    const labels = `[data-choice="${group}"] label:has(input[type=radio])`;
    await this.#page.waitForSelector(labels);
    const label = await this.#page.locator(labels).nth(index).elementHandle();
    await this.#pressOn(label as Target, `${group} ${index}`);
  }

  async pick(selector: string, value: string): Promise<void> {
    await this.#page.selectOption(selector, value);
  }

  async panel(name: string): Promise<void> {
    await this.press(`.dock-tabs a[data-panel="${name}"]`);
  }

  /** Presses where it is seen. Nothing moves in these tests, so there is no standstill to wait for. */
  async #pressOn(target: Target, name: string): Promise<void> {
    const place = await target.evaluate((element) => {
      const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
      // What must be scrolled to is out of reach: the page is one screen.
      const isInside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
      const [x, y] = [left + width / 2, top + height / 2];
      const at = document.elementFromPoint(x, y);
      return isInside && element.contains(at)
        ? { x, y }
        : `${left}, ${top}, under ${at?.outerHTML.slice(0, 80)}`;
    });
    if (typeof place === 'string') throw new Error(`${name} cannot be pressed at ${place}`);
    await this.#page.mouse.click(place.x, place.y);
    await drawn(this.#page);
  }
}

async function canPress(page: Page, selector: string): Promise<boolean> {
  return (await page.locator(selector).first().getAttribute('aria-disabled')) !== 'true';
}

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
    const handle = (await this.#page.waitForSelector(selector)) as Target;
    await this.#reach(handle, selector);
  }

  /** Counts what is to be pressed, presses it without a pause, and looks whether that led there. */
  async #reach(target: Target, name: string): Promise<void> {
    const { parts, tabs, arrows } = await target.evaluate(waysTo);
    if (tabs > MOST_TABS || arrows > MOST_ARROWS) {
      throw new Error(`${name} is ${tabs} presses of the Tab key and ${arrows} of an arrow away`);
    }
    const keys = [
      ...Array<string>(parts).fill('F6'),
      ...Array<string>(tabs).fill('Tab'),
      ...(arrows < 0 ? [] : ['Home', ...Array<string>(arrows).fill('ArrowRight')]),
    ];
    await Promise.all(keys.map((key) => this.#move(key)));
    const reached = await target.evaluate((element) => {
      const active = document.activeElement;
      return element === active ? '' : (active?.outerHTML.slice(0, 120) ?? 'nothing');
    });
    if (reached !== '') throw new Error(`${keys.join(' ')} does not reach ${name}, but ${reached}`);
  }

  /** A key that moves the focus and changes nothing else: there is no drawing to wait for. */
  async #move(key: string): Promise<void> {
    await this.#page.keyboard.down(key);
    await this.#page.keyboard.up(key);
  }

  #key(key: string): Promise<void> {
    return this.#page.keyboard.press(key);
  }
}

/**
 * In the page: how often F6 leads to the part that holds an element, the Tab key to it or to its row of bits, and the
 * right arrow along that row (−1: it stands in no row).
 */
function waysTo(element: SVGElement | HTMLElement): { parts: number; tabs: number; arrows: number } {
  const isAfter = (one: Element, other: Element): boolean =>
    (other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  const active = document.activeElement ?? document.body;
  if (element === active) return { parts: 0, tabs: 0, arrows: -1 };
  const all = [...document.querySelectorAll('[data-region]')];
  const part = element.closest('[data-region]') ?? document.body;
  const here = all.findLastIndex((one) => one.contains(active));
  const isOnTheWay = part.contains(active) && isAfter(element, active);
  const around = (all.indexOf(part) - here + all.length) % all.length;
  const parts = isOnTheWay ? 0 : around === 0 ? all.length : around;
  const from = isOnTheWay ? active : part;
  const row = element.hasAttribute('data-roving')
    ? (element.closest('[role="toolbar"]') ?? element.parentElement)
    : null;
  const inRow = [...(row?.querySelectorAll<HTMLElement>('[data-roving]') ?? [])];
  const stop = row === null ? element : inRow.find((one) => one.tabIndex === 0)!;
  const stops = [...part.querySelectorAll<HTMLInputElement>('*')].filter((one) => {
    if (one.tabIndex < 0 || one.disabled === true || one.getClientRects().length === 0) return false;
    if (one.type !== 'radio') return true;
    // Of radio buttons the Tab key stops at the chosen one, or at the first.
    const group = [...part.querySelectorAll<HTMLInputElement>(`[name="${one.name}"]`)];
    return one === (group.find(({ checked }) => checked) ?? group[0]);
  });
  const tabs = inRow.includes(active as HTMLElement)
    ? 0
    : stops.filter((one) => isAfter(one, from) && (one === stop || isAfter(stop, one))).length;
  return { parts, tabs, arrows: inRow.indexOf(element as HTMLElement) };
}
