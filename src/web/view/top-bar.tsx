import type { JSX } from 'preact';
import type { Page } from '../page.ts';
import type { Screen } from '../view-state.ts';
import { TEXT } from '../words/index.ts';
import { MoreMenu } from './more-menu.tsx';
import { PageLink } from './page-link.tsx';

/** Title, ways through the page, and what can be done anywhere. */
export function TopBar({ page, onHelp }: { readonly page: Page; onHelp(): void }): JSX.Element {
  const { session, view } = page;
  return (
    <header class="top" data-region tabIndex={-1}>
      <h1>{TEXT.title}</h1>
      <nav aria-label={TEXT.nav.label}>
        <ul>
          {NAMED.map((screen) => (
            <li key={screen}>
              <PageLink page={page} change={{ screen }} current={NAV_OF[view.screen] === screen}>
                {TEXT.nav[screen]}
              </PageLink>
            </li>
          ))}
        </ul>
      </nav>
      <div class="tools">
        <Tool name="undo" mark="↶" off={!session.canUndo} onPress={page.undo} />
        <Tool name="redo" mark="↷" off={!session.canRedo} onPress={page.redo} />
        <Tool name="reset" mark="⟲" off={!session.canUndo} onPress={page.reset} />
        <MoreMenu page={page} onHelp={onHelp} />
      </div>
    </header>
  );
}

/** The link that stands for a screen: the toy is reached from the start, the inventory from the exercises. */
const NAV_OF: Readonly<Record<Screen, 'home' | 'work' | 'exercises'>> = {
  home: 'home',
  toy: 'home',
  work: 'work',
  exercises: 'exercises',
  inventory: 'exercises',
};
const NAMED = ['home', 'work', 'exercises'] as const;

interface ToolProps {
  readonly name: 'undo' | 'redo' | 'reset';
  readonly mark: string;
  readonly off: boolean;
  onPress(): void;
}

/** A button that keeps the focus also while it can do nothing. */
function Tool({ name, mark, off, onPress }: ToolProps): JSX.Element {
  return (
    <button
      type="button"
      data-tool={name}
      aria-disabled={off}
      title={TEXT.actions[name]}
      onClick={() => {
        if (!off) onPress();
      }}
    >
      <span class="tool-mark" aria-hidden="true">
        {mark}{' '}
      </span>
      <span class="tool-name">{TEXT.actions[name]}</span>
    </button>
  );
}
