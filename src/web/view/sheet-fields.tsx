import type { JSX } from 'preact';
import { LONGEST_NAME } from '../handed-in.ts';

interface FieldProps<Value> {
  readonly label: string;
  readonly value: Value;
  readonly onValue: (value: Value) => void;
}

/** The number that a sheet or form is made from. */
export function SeedField({ label, value, onValue }: FieldProps<number>): JSX.Element {
  return (
    <label class="select">
      <span>{label}</span>
      <input
        type="number"
        min={0}
        max={Number.MAX_SAFE_INTEGER}
        value={value}
        onInput={(event) => {
          const typed = Math.trunc(Number(event.currentTarget.value));
          if (Number.isSafeInteger(typed) && typed >= 0) onValue(typed);
        }}
      />
    </label>
  );
}

/** Who hands it in. */
export function StudentField({ label, value, onValue }: FieldProps<string>): JSX.Element {
  return (
    <label class="select">
      <span>{label}</span>
      <input
        type="text"
        autoComplete="off"
        maxLength={LONGEST_NAME}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  );
}
