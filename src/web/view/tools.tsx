import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { fragmentOf, type Page } from '../page.ts';
import { TEXT } from '../text.en.ts';

type Theme = 'auto' | 'light' | 'dark';

/** What can be done anywhere: undo, start over, share, print, colours. */
export function Tools({ page }: { readonly page: Page }): JSX.Element {
  const { session, view } = page;
  const [theme, setTheme] = useState<Theme>('auto');
  const { undo, redo } = page;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // In a field these keys belong to its text.
      if (!(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) redo();
      else undo();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [undo, redo]);
  const share = async (): Promise<void> => {
    if (session.scenario === undefined) return page.say(TEXT.actions.noShare);
    const link = `${location.href.split('#')[0]}#${fragmentOf(session, view)}`;
    try {
      await navigator.clipboard.writeText(link);
      page.say(TEXT.actions.shared);
    } catch {
      page.say(TEXT.actions.shareFailed);
    }
  };
  return (
    <div class="tools">
      <button type="button" data-tool="undo" disabled={!session.canUndo} onClick={page.undo}>
        {TEXT.actions.undo}
      </button>
      <button type="button" data-tool="redo" disabled={!session.canRedo} onClick={page.redo}>
        {TEXT.actions.redo}
      </button>
      <button type="button" data-tool="reset" disabled={!session.canUndo} onClick={page.reset}>
        {TEXT.actions.reset}
      </button>
      <button type="button" data-tool="share" onClick={() => void share()}>
        {TEXT.actions.share}
      </button>
      <button type="button" data-tool="print" onClick={() => print()}>
        {TEXT.actions.print}
      </button>
      <select
        aria-label={TEXT.actions.theme}
        value={theme}
        onChange={(event) => {
          const chosen = event.currentTarget.value as Theme;
          setTheme(chosen);
          document.documentElement.dataset['theme'] = chosen;
        }}
      >
        {(Object.keys(TEXT.actions.themes) as Theme[]).map((name) => (
          <option key={name} value={name}>
            {TEXT.actions.theme}: {TEXT.actions.themes[name]}
          </option>
        ))}
      </select>
    </div>
  );
}
