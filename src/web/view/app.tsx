import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { AskedFile } from './asked-file.tsx';
import { ExercisePanel } from './exercise-panel.tsx';
import { FileDrop } from './file-drop.tsx';
import { Home } from './home.tsx';
import { InventoryScreen } from './inventory-screen.tsx';
import { useKeptFocus } from './kept-focus.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { Notice } from './message.tsx';
import { usePageKeys } from './page-keys.ts';
import { Patterns } from './patterns.tsx';
import { PrintSheet } from './print-sheet.tsx';
import { TopBar } from './top-bar.tsx';
import { ToyScreen } from './toy-screen.tsx';
import { Alone, Workbench } from './workbench.tsx';

export function App(): JSX.Element {
  const page = usePage();
  const [help, showHelp] = useState(false);
  usePageKeys(page, () => showHelp(true));
  useKeptFocus();
  const { screen, frame } = page.view;
  useEffect(() => {
    document.documentElement.dataset['frame'] = frame;
    document.documentElement.dataset['screen'] = screen;
  }, [frame, screen]);
  return (
    <>
      {frame === 'whole' ? (
        <>
          <button type="button" class="skip" onClick={toDrawing}>
            {TEXT.nav.skip}
          </button>
          <TopBar page={page} onHelp={() => showHelp(true)} />
          {screen !== 'work' && <Notice page={page} />}
          {screen === 'home' && <Home page={page} />}
          {screen === 'toy' && <ToyScreen page={page} />}
          {screen === 'work' && page.pending === undefined && <Workbench page={page} />}
          {screen === 'work' && page.pending !== undefined && (
            <AskedFile page={page} pending={page.pending} />
          )}
          {screen === 'exercises' && <ExercisePanel page={page} />}
          {screen === 'inventory' && <InventoryScreen page={page} />}
        </>
      ) : (
        <Alone page={page} />
      )}
      <FileDrop page={page} />
      <Patterns />
      <PrintSheet page={page} />
      <KeysDialog open={help} onClose={() => showHelp(false)} />
    </>
  );
}

/** Not by a link: the fragment holds the state, and cannot name a place as well. */
function toDrawing(): void {
  document.querySelector<HTMLElement>('#drawing')?.focus();
}
