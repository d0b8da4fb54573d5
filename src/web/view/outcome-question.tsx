import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Page } from '../page.ts';
import { CODE_BITS, diagnosisOf, type Prediction } from '../predict.ts';
import type { Action } from '../session.ts';
import { TEXT } from '../words/index.ts';

interface OutcomeQuestionProps {
  readonly page: Page;
  readonly action: Action & { readonly kind: 'access' };
  readonly met: boolean;
  onRight(): void;
}

/** Asks what an access will do: success, or a fault whose error code is put together bit by bit. */
export function OutcomeQuestion({ page, action, met, onRight }: OutcomeQuestionProps): JSX.Element {
  const name = useId();
  const [faults, setFaults] = useState<boolean | undefined>();
  const [code, setCode] = useState(0);
  const [wrong, setWrong] = useState('');
  const words = TEXT.predict;
  const choose = (chosen: boolean): void => {
    setFaults(chosen);
    setWrong('');
  };
  const check = (event: Event): void => {
    event.preventDefault();
    const prediction: Prediction = faults === true ? code : 'ok';
    const diagnosis = diagnosisOf(page.session, action, prediction);
    setWrong(diagnosis);
    if (diagnosis === '') onRight();
  };
  return (
    <form class="question" data-choice="question" aria-label={words.label} onSubmit={check}>
      <label>
        <input
          type="radio"
          name={name}
          checked={faults === false}
          disabled={met}
          onChange={() => choose(false)}
        />{' '}
        {words.ok}
      </label>
      <label>
        <input
          type="radio"
          name={name}
          checked={faults === true}
          disabled={met}
          onChange={() => choose(true)}
        />{' '}
        {words.fault}
      </label>
      <div class="code-toggles">
        {CODE_BITS.map((bit) => {
          const value = (code & bit) !== 0 ? 1 : 0;
          const label = TEXT.fault.bits[Math.log2(bit)]?.[0] ?? '';
          return (
            <button
              key={bit}
              type="button"
              data-code={bit}
              aria-pressed={value === 1}
              aria-label={words.toggle(label, value)}
              disabled={met}
              onClick={() => {
                choose(true);
                setCode(code ^ bit);
              }}
            >
              <small>{label}</small>
              {value}
            </button>
          );
        })}
      </div>
      {!met && (
        <button type="submit" data-check disabled={faults === undefined}>
          {TEXT.lessons.check}
        </button>
      )}
      <p role="status" class="wrong">
        {wrong}
      </p>
    </form>
  );
}
