import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface ChoiceProps<T> {
  readonly label: string;
  /** For those who look for it. */
  readonly name: string;
  /** The value, its name, and something small beside it. */
  readonly options: readonly (readonly [value: T, text: string, small?: string])[];
  readonly value: T;
  onChoose(value: T): void;
}

/** One of a few, side by side. */
export function Choice<T extends string | number>({
  label,
  name,
  options,
  value,
  onChoose,
}: ChoiceProps<T>): JSX.Element {
  const group = useId();
  return (
    <fieldset class="choice" data-choice={name}>
      <legend>{label}</legend>
      <div class="segments">
        {options.map(([option, text, small]) => (
          <label key={option} class={option === value ? 'is-chosen' : ''}>
            <input
              type="radio"
              name={group}
              value={option}
              checked={option === value}
              onChange={() => onChoose(option)}
            />
            {text}
            {small !== undefined && <small>{small}</small>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
