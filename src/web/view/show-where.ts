import type { LessonStep } from '../lessons/index.ts';
import type { Page } from '../page.ts';

/** Time for which a place is marked, in milliseconds. */
const MARKED_TIME = 4000;

/** What is marked now, to be let go. */
let letGo: (() => void) | undefined;

/** Rings what a step is about, and gives it the keyboard. The ring goes with the next press, or after a while. */
export function showWhere(page: Page, step: LessonStep): void {
  letGo?.();
  if (step.panel !== undefined) page.look({ panel: step.panel });
  // The panel is there after the next drawing.
  requestAnimationFrame(() => {
    const place = step.where === undefined ? null : document.querySelector<HTMLElement>(step.where);
    if (place !== null) ring(place);
  });
}

function ring(place: HTMLElement | SVGElement): void {
  const target = place.matches(FOCUSABLE) ? place : (place.querySelector<HTMLElement>(FOCUSABLE) ?? place);
  // On a phone it may be out of sight.
  if (!isInView(place)) place.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
  place.classList.add('is-shown');
  const end = (): void => {
    place.classList.remove('is-shown');
    removeEventListener('pointerdown', end, true);
    removeEventListener('keydown', end, true);
    clearTimeout(timer);
    letGo = undefined;
  };
  const timer = setTimeout(end, MARKED_TIME);
  addEventListener('pointerdown', end, true);
  addEventListener('keydown', end, true);
  letGo = end;
}

const FOCUSABLE = 'button, input, select, a, [role="button"], [tabindex="0"]';

function isInView(place: Element): boolean {
  const { top, bottom } = place.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}
