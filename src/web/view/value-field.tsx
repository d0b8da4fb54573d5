import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { parseAddress } from './address-field.tsx';

/** What a write puts into memory; empty: the write is made, but memory stays as it is. */
export function ValueField({ page }: { readonly page: Page }): JSX.Element {
  const { value } = page.view;
  const id = useId();
  const written = value === undefined ? '' : formatAddress(value);
  const [text, setText] = useState(written);
  const [bad, setBad] = useState(false);
  useEffect(() => {
    setText(written);
    setBad(false);
  }, [written]);
  const commit = (): void => {
    const next = text.trim() === '' ? undefined : parseAddress(text, 8);
    setBad(text.trim() !== '' && next === undefined);
    if (text.trim() === '' || next !== undefined) page.look({ value: next as number | undefined });
  };
  return (
    <div class="address-field">
      <label for={id}>{TEXT.work.value}</label>
      <input
        id={id}
        class="mono"
        type="text"
        data-value
        autoComplete="off"
        spellcheck={false}
        size={9}
        placeholder="—"
        value={text}
        aria-invalid={bad}
        aria-describedby={bad ? `${id}-hint` : undefined}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
        onBlur={commit}
      />
      {bad && (
        <p id={`${id}-hint`} class="field-hint is-bad">
          {TEXT.work.badValue}
        </p>
      )}
    </div>
  );
}
