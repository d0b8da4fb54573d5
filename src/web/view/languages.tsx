import type { JSX } from 'preact';
import { fragmentOf, type Page } from '../page.ts';
import { LANGUAGES, TEXT } from '../words/index.ts';
import { isPlain } from './page-link.tsx';

/** Links to this very state in the other languages, each named in itself. */
export function Languages({ page }: { readonly page: Page }): JSX.Element {
  const { session, view } = page;
  return (
    <>
      {Object.entries(LANGUAGES)
        .filter(([, words]) => words !== TEXT)
        .map(([code, words]) => (
          <a
            key={code}
            lang={code}
            hreflang={code}
            data-language={code}
            title={words.actions.language}
            href={`#${fragmentOf({ session, view, language: code })}`}
            onClick={(event) => {
              if (!isPlain(event)) return;
              event.preventDefault();
              page.speakIn(code);
            }}
          >
            {words.itself}
          </a>
        ))}
    </>
  );
}
