import type { JSX } from 'preact';
import { TEXT } from '../words/index.ts';

interface Cr3FieldProps {
  readonly text: string;
  /** What is typed is no address of a table. */
  readonly isBad: boolean;
  readonly placeholder?: string;
  readonly onText: (text: string) => void;
}

/** CR3, typed. */
export function Cr3Field({ text, isBad, placeholder, onText }: Cr3FieldProps): JSX.Element {
  return (
    <label class="select">
      <span>{TEXT.files.cr3}</span>
      <input
        class="mono"
        type="text"
        autoComplete="off"
        placeholder={placeholder}
        value={text}
        aria-invalid={text !== '' && isBad}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}
