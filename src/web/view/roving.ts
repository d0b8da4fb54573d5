/** Arrow keys among the children of a group, which is one stop of the Tab key. */

import type { TargetedKeyboardEvent } from 'preact';

/** Focuses the next button of the group in the direction of the key. Give the buttons `data-roving`. */
export function rovingKeys(event: TargetedKeyboardEvent<Element>): void {
  const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-roving]')];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  const next =
    event.key === 'Home' ? 0 : event.key === 'End' ? buttons.length - 1 : by === undefined ? -1 : at + by;
  const target = buttons[next];
  if (at < 0 || target === undefined) return;
  event.preventDefault();
  for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
  target.focus();
}
