import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { asNumber, formatAddress, isLongMode } from '../../arch/index.ts';
import type { Linear } from '../linear.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';

/** An address as somebody types it: hexadecimal, with or without `0x` and underscores. */
export function parseAddress(text: string, digits: number): Linear | undefined {
  const hex = text.trim().toLowerCase().replace(/^0x/, '').replaceAll('_', '');
  return /^[0-9a-f]+$/.test(hex) && hex.length <= digits ? asNumber(BigInt(`0x${hex}`)) : undefined;
}

/** The address to walk, typed or dragged. */
export function AddressField({ page }: { readonly page: Page }): JSX.Element {
  const { view, report } = page;
  const id = useId();
  const [text, setText] = useState(formatAddress(view.linear));
  const [bad, setBad] = useState(false);
  const digits = isLongMode(report.mode) ? 16 : 8;
  useEffect(() => {
    setText(formatAddress(view.linear));
    setBad(false);
  }, [view.linear]);
  const commit = (): void => {
    const linear = parseAddress(text, digits);
    setBad(linear === undefined);
    if (linear === undefined) return;
    if (linear !== view.linear) page.look({ linear });
    else setText(formatAddress(linear));
  };
  const low = Number(BigInt(view.linear) & 0xffff_ffffn);
  const high = BigInt(view.linear) - BigInt(low);
  return (
    <div class="address-field">
      <label for={id}>{TEXT.work.address}</label>
      <input
        id={id}
        class="mono"
        type="text"
        data-address
        autoComplete="off"
        spellcheck={false}
        size={digits === 8 ? 10 : 20}
        value={text}
        aria-invalid={bad}
        aria-describedby={bad ? `${id}-hint` : undefined}
        onInput={(event) => {
          const { value } = event.currentTarget;
          setText(value);
          setBad(parseAddress(value, digits) === undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
        onBlur={commit}
      />
      {bad && (
        <p id={`${id}-hint`} class="field-hint is-bad">
          {TEXT.work.badAddress(digits)}
        </p>
      )}
      <input
        class="slider"
        type="range"
        min={0}
        max={0xf_ffff}
        step={1}
        aria-label={TEXT.work.slider}
        aria-valuetext={formatAddress(view.linear)}
        value={Math.floor(low / 4096)}
        onInput={(event) => {
          const next = Number(event.currentTarget.value) * 4096 + (low % 4096);
          page.look({ linear: asNumber(high + BigInt(next)) });
        }}
      />
    </div>
  );
}
