import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';

/** An address as somebody types it: hexadecimal, with or without `0x` and underscores. */
export function parseAddress(text: string, digits: number): number | undefined {
  const hex = text.trim().toLowerCase().replace(/^0x/, '').replaceAll('_', '');
  return /^[0-9a-f]+$/.test(hex) && hex.length <= digits ? Number.parseInt(hex, 16) : undefined;
}

/** The address to walk: typed, or dragged. */
export function AddressInput({ page }: { readonly page: Page }): JSX.Element {
  const { view, session } = page;
  const id = useId();
  const [text, setText] = useState(formatAddress(view.linear));
  const [bad, setBad] = useState(false);
  const digits = session.machine.format === '4-level' ? 12 : 8;
  useEffect(() => {
    setText(formatAddress(view.linear));
    setBad(false);
  }, [view.linear]);
  const enter = (value: string): void => {
    setText(value);
    const linear = parseAddress(value, digits);
    setBad(linear === undefined);
  };
  const commit = (): void => {
    const linear = parseAddress(text, digits);
    if (linear === undefined) setBad(true);
    else if (linear !== view.linear) page.look({ linear });
    else setText(formatAddress(linear));
  };
  return (
    <div class="address-input">
      <label for={id}>
        {TEXT.walk.address}, {TEXT.walk.addressHint}
      </label>
      <input
        id={id}
        class="mono big"
        type="text"
        inputMode="text"
        autoComplete="off"
        spellcheck={false}
        value={text}
        aria-invalid={bad}
        aria-describedby={`${id}-hint`}
        onInput={(event) => enter(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
        onBlur={commit}
      />
      <p id={`${id}-hint`} class="hint is-bad">
        {bad && (digits === 12 ? TEXT.walk.badAddress48 : TEXT.walk.badAddress)}
      </p>
      <input
        class="slider"
        type="range"
        min={0}
        max={0xf_ffff}
        step={1}
        aria-label={TEXT.walk.slider}
        aria-valuetext={formatAddress(view.linear)}
        value={Math.min(Math.floor(view.linear / 4096), 0xf_ffff)}
        onInput={(event) =>
          page.look({ linear: Number(event.currentTarget.value) * 4096 + (view.linear % 4096) })
        }
      />
    </div>
  );
}
