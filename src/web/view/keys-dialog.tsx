import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { TEXT } from '../words/index.ts';
import { localStorageOf, SINGLE_KEYS } from './page-keys.ts';

/** The list of all keys. */
export function KeysDialog({ open, onClose }: { readonly open: boolean; onClose(): void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [single, setSingle] = useState(localStorageOf(SINGLE_KEYS) !== 'off');
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  const words = TEXT.keys;
  return (
    <dialog class="keys" ref={dialog} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">{words.title}</h2>
      <dl>
        {words.list.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="switch">
        <input
          type="checkbox"
          checked={single}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            setSingle(on);
            try {
              localStorage.setItem(SINGLE_KEYS, on ? 'on' : 'off');
            } catch {
              // It holds for as long as the page is open.
            }
          }}
        />
        {words.single}
      </label>
      <button type="button" class="primary" onClick={() => dialog.current?.close()}>
        {TEXT.actions.close}
      </button>
    </dialog>
  );
}
