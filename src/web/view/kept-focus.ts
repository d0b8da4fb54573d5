import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps the keyboard where its user was: when what had the focus is gone, or can no longer have it, the part of the
 * page around it gets it, not the body.
 */
export function useKeptFocus(): void {
  const region = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const onFocus = (event: FocusEvent): void => {
      if (event.target instanceof Element)
        region.current = event.target.closest<HTMLElement>('[data-region]');
    };
    addEventListener('focusin', onFocus);
    return () => removeEventListener('focusin', onFocus);
  }, []);
  useLayoutEffect(() => {
    // The browser itself takes the focus away a little later.
    const timer = setTimeout(() => {
      const { activeElement, body } = document;
      if (region.current === null || (activeElement !== body && activeElement !== null)) return;
      const place = region.current.isConnected ? region.current : document.querySelector<HTMLElement>(REGION);
      place?.focus({ preventScroll: true });
    });
    return () => clearTimeout(timer);
  });
}

const REGION = '[data-region]';
