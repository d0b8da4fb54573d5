import type { JSX } from 'preact';
import type { Page } from '../page.ts';

/** What was said last, with what only a program could say of it. */
export function Message({ page }: { readonly page: Page }): JSX.Element {
  const { message, technical } = page;
  return (
    <>
      {message}
      {technical !== '' && (
        <>
          {' '}
          <code lang="en">{technical}</code>
        </>
      )}
    </>
  );
}

/** The same on a screen that has no place of its own for it. */
export function Notice({ page }: { readonly page: Page }): JSX.Element {
  return (
    <p class="notice" role="status">
      <Message page={page} />
    </p>
  );
}
