import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { FoundRoot } from '../../inspect/index.ts';
import type { RegisterSource } from '../../machine/index.ts';
import type { TableMode } from '../../tables/index.ts';
import { type PendingFile, searched } from '../open-file.ts';
import type { Page } from '../page.ts';
import { registersFor } from '../scenario.ts';
import { TEXT } from '../words/index.ts';
import { parseAddress } from './address-field.tsx';
import { Cr3Field } from './cr3-field.tsx';
import { openPending } from './file-drop.tsx';
import { Message } from './message.tsx';

/** In place of a machine, what a file does not tell: its registers, or the mode and the root of its tables. */
export function AskedFile({
  page,
  pending,
}: {
  readonly page: Page;
  readonly pending: PendingFile;
}): JSX.Element {
  const { name, roots } = pending;
  const open = (registers: RegisterSource): void => openPending(page, pending, registers);
  return (
    <main class="asked" data-asked data-region tabIndex={-1}>
      <h2>{name}</h2>
      <p role="status">{page.message === '' ? TEXT.files.asked(name) : <Message page={page} />}</p>
      {roots === undefined ? (
        <button type="button" onClick={() => page.ask(searched(pending))}>
          {TEXT.files.search}
        </button>
      ) : (
        <>
          <p class="hint">{roots.length === 0 ? TEXT.files.noRoots : TEXT.files.roots}</p>
          <ol>
            {roots.map((root) => (
              <li key={`${root.mode} ${root.cr3}`}>
                <button type="button" data-found-root={root.mode} onClick={() => open(registersOf(root))}>
                  {TEXT.files.root(
                    TEXT.machine.formats[root.mode as TableMode],
                    formatAddress(root.cr3),
                    root.score,
                  )}
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
      <label class="file">
        <span>{TEXT.files.registers}</span>
        <input
          type="file"
          data-registers
          onChange={(event) => {
            void event.currentTarget.files?.[0]?.text().then(open);
          }}
        />
      </label>
      <ByHand onOpen={open} />
      <p>
        <button type="button" class="link" data-let-go onClick={() => page.ask(undefined)}>
          {TEXT.files.letGo}
        </button>
      </p>
    </main>
  );
}

function registersOf({ registers: { cr0, cr3, cr4, efer } }: FoundRoot): RegisterSource {
  return { cr0, cr3, cr4, efer };
}

const MODES: readonly TableMode[] = ['32-bit', 'PAE', '4-level', '5-level'];

/** Mode and CR3, for who knows them. */
function ByHand({ onOpen }: { onOpen(registers: RegisterSource): void }): JSX.Element {
  const [mode, setMode] = useState<TableMode>('32-bit');
  const [text, setText] = useState('');
  const cr3 = parseAddress(text, 13);
  return (
    <form
      class="pager"
      onSubmit={(event) => {
        event.preventDefault();
        if (cr3 !== undefined) onOpen(registersFor('sapphire-rapids', mode, Number(cr3)));
      }}
    >
      <label class="select">
        <span>{TEXT.machine.format}</span>
        <select value={mode} onChange={(event) => setMode(event.currentTarget.value as TableMode)}>
          {MODES.map((one) => (
            <option key={one} value={one}>
              {TEXT.machine.formats[one]}
            </option>
          ))}
        </select>
      </label>
      <Cr3Field text={text} isBad={cr3 === undefined} onText={setText} />
      <button type="submit" disabled={cr3 === undefined}>
        {TEXT.files.openSo}
      </button>
    </form>
  );
}
