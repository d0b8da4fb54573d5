import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { fragmentOf, type Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { Languages } from './languages.tsx';
import { PageLink } from './page-link.tsx';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** What is needed seldom. */
export function MoreMenu({ page, onHelp }: { readonly page: Page; onHelp(): void }): JSX.Element {
  const [theme, setTheme] = useState<Theme>('auto');
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current?.open !== true) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  useClosing(menu);
  const words = TEXT.actions;
  const copy = async (text: string, said: string): Promise<void> => {
    close();
    if (page.session.scenario === undefined) return page.say(words.noShare);
    try {
      await navigator.clipboard.writeText(text);
      page.say(said);
    } catch {
      page.say(words.shareFailed);
    }
  };
  const file = location.href.split('#')[0] ?? '';
  return (
    <details class="menu" ref={menu} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <summary>{words.more}</summary>
      <div class="menu-list">
        <button
          type="button"
          data-tool="share"
          onClick={() => void copy(`${file}#${fragmentOf(page)}`, words.shared)}
        >
          {words.share}
        </button>
        <button
          type="button"
          data-tool="embed"
          onClick={() => void copy(embedLine(page, file), words.embedded)}
        >
          {words.embed}
        </button>
        <PageLink page={page} change={{ frame: 'present', screen: 'work' }}>
          {words.present}
        </PageLink>
        <button type="button" data-tool="print" onClick={() => print()}>
          {words.print}
        </button>
        <button
          type="button"
          onClick={() => {
            close();
            onHelp();
          }}
        >
          {words.help} <kbd>?</kbd>
        </button>
        <Languages page={page} />
        <label class="menu-choice">
          {words.theme}
          <select
            value={theme}
            onChange={(event) => {
              const chosen = event.currentTarget.value as Theme;
              setTheme(chosen);
              document.documentElement.dataset['theme'] = chosen;
            }}
          >
            {THEMES.map((name) => (
              <option key={name} value={name}>
                {words.themes[name]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </details>
  );
}

/** One line of HTML that shows this state in another page beside the file. */
function embedLine(page: Page, file: string): string {
  const name = file.split('/').at(-1) ?? 'x86-paging.html';
  const { session, view, language } = page;
  const fragment = fragmentOf({ session, view: { ...view, frame: 'embed', lesson: undefined }, language });
  return `<iframe src="${name}#${fragment.replaceAll('&', '&amp;')}" width="100%" height="560" title="${TEXT.title}"></iframe>`;
}

/** A menu closes when something else is clicked. */
function useClosing(menu: { readonly current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const onDown = (event: Event): void => {
      const { current } = menu;
      if (current?.open === true && !current.contains(event.target as Node)) current.open = false;
    };
    addEventListener('pointerdown', onDown);
    return () => removeEventListener('pointerdown', onDown);
  }, [menu]);
}
