/** Time for which a place is marked, in milliseconds. */
const MARKED_TIME = 2500;

/** Goes to a part of the page, by eye and by keyboard, and marks it for a moment. */
export function showWhere(selector: string): void {
  const place = document.querySelector<HTMLElement>(selector);
  if (place === null) return;
  place.scrollIntoView({ block: 'center' });
  const target = place.matches('button, input, select')
    ? place
    : (place.querySelector<HTMLElement>('button, input, select') ?? place);
  target.focus({ preventScroll: true });
  place.classList.add('is-shown');
  setTimeout(() => place.classList.remove('is-shown'), MARKED_TIME);
}
