import type { ComponentChildren, JSX } from 'preact';
import { fragmentOf, type Page } from '../page.ts';
import type { View } from '../view-state.ts';

interface PageLinkProps {
  readonly page: Page;
  /** What of the view the link changes. */
  readonly change: Partial<View>;
  readonly current?: boolean;
  /** Marks the link for those who look for it. */
  readonly panel?: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A link to another view of the same state: it can be opened in a tab of its own, or kept. */
export function PageLink({ page, change, current = false, children, ...rest }: PageLinkProps): JSX.Element {
  const { session, view, language, look } = page;
  return (
    <a
      class={rest.class}
      data-panel={rest.panel}
      href={`#${fragmentOf({ session, view: { ...view, ...change }, language })}`}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (!isPlain(event)) return;
        event.preventDefault();
        look(change);
      }}
    >
      {children}
    </a>
  );
}

/** Whether a link is followed here: with a key held, the browser opens it in a tab of its own. */
export function isPlain({ ctrlKey, metaKey, shiftKey, button }: MouseEvent): boolean {
  return !ctrlKey && !metaKey && !shiftKey && button === 0;
}
