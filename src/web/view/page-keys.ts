import { useEffect } from 'preact/hooks';
import { lastStepOf } from '../narrate.ts';
import type { Page } from '../page.ts';
import { askedAction } from './ask.ts';

/** Whether the key `?` opens the list of keys; who dictates to the computer may not want it to. */
export const SINGLE_KEYS = 'x86-paging.single-keys';

/** Keys that work wherever nothing else needs them. */
export function usePageKeys(page: Page, help: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      if (handled(event, page, help)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}

function handled(event: KeyboardEvent, page: Page, help: () => void): boolean {
  const { key, shiftKey, altKey } = event;
  const command = event.ctrlKey || event.metaKey;
  if (key === 'F6') return toRegion(shiftKey ? -1 : 1);
  if (key === 'Enter' && command) return goOn(page);
  if (isField(event.target)) return false;
  if (command && key.toLowerCase() === 'z') {
    (shiftKey ? page.redo : page.undo)();
    return true;
  }
  if (command && key.toLowerCase() === 'y') {
    page.redo();
    return true;
  }
  if (command || altKey) return false;
  if (key === '?' && localStorageOf(SINGLE_KEYS) !== 'off') {
    help();
    return true;
  }
  return page.view.screen === 'work' && steps(page, key);
}

/** The arrow keys go through the walk. */
function steps(page: Page, key: string): boolean {
  const last = lastStepOf(page.report);
  const step = Math.min(page.view.step ?? last, last);
  const to = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: last }[key];
  if (to === undefined || to < 0 || to > last) return false;
  page.look({ step: to });
  return true;
}

/** In a lesson whose step is done: to the next. Else the access is made. */
function goOn(page: Page): boolean {
  const next = document.querySelector<HTMLButtonElement>('[data-lesson="next"]:not(:disabled)');
  if (next !== null) next.click();
  else if (page.view.screen === 'work' && page.pending === undefined) page.act(askedAction(page.view));
  return true;
}

/** To the next part of the page that is marked as one. */
function toRegion(by: number): boolean {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  if (regions.length === 0) return false;
  const here = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions[(here + by + regions.length) % regions.length];
  if (next === undefined) return false;
  next.focus();
  // Only who jumps here needs to see where: a step that takes the focus by itself would flash at every reader.
  next.classList.add('is-jumped');
  next.addEventListener('blur', () => next.classList.remove('is-jumped'), { once: true });
  return true;
}

/** Where these keys belong to a text or a choice. */
function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input, select, textarea') || target.closest('[role="grid"], dialog') !== null)
  );
}

/** What is stored under a key; null where nothing is, or nothing can be. */
export function localStorageOf(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
