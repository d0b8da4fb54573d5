import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface ChoiceProps<T> {
  readonly label: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  onChoose(value: T): void;
}

/** One of a few, side by side. */
export function Choice<T extends string | number>({
  label,
  options,
  value,
  onChoose,
}: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="segments">
        {options.map(([option, text]) => (
          <label key={option} class={option === value ? 'is-chosen' : ''}>
            <input
              type="radio"
              name={name}
              value={option}
              checked={option === value}
              onChange={() => onChoose(option)}
            />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
