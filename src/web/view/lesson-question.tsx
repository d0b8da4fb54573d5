import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { TEXT } from '../words/index.ts';

interface LessonQuestionProps {
  readonly choices: readonly string[];
  readonly right: number;
  readonly met: boolean;
  onRight(): void;
}

/** A question with a few answers, one of them right. */
export function LessonQuestion({ choices, right, met, onRight }: LessonQuestionProps): JSX.Element {
  const name = useId();
  const [chosen, choose] = useState<number | undefined>();
  const [wrong, setWrong] = useState(false);
  return (
    <form
      class="question"
      data-choice="question"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen === right) onRight();
        else setWrong(true);
      }}
    >
      {choices.map((choice, i) => (
        <label key={choice}>
          <input
            type="radio"
            name={name}
            checked={met ? i === right : i === chosen}
            disabled={met}
            onChange={() => {
              choose(i);
              setWrong(false);
            }}
          />{' '}
          {choice}
        </label>
      ))}
      {!met && (
        <button type="submit" disabled={chosen === undefined}>
          {TEXT.lessons.check}
        </button>
      )}
      <p role="status" class="wrong">
        {wrong && TEXT.lessons.wrong}
      </p>
    </form>
  );
}
