import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { TEXT } from '../words/index.ts';
import { RichText } from './rich-text.tsx';

interface LessonQuestionProps {
  readonly choices: readonly string[];
  /** What is to be said to who takes a choice. */
  readonly wrong: readonly string[];
  readonly right: number;
  readonly met: boolean;
  onRight(): void;
}

/** A question with a few answers, one of them right; each wrong one has a diagnosis of its own. */
export function LessonQuestion({ choices, wrong, right, met, onRight }: LessonQuestionProps): JSX.Element {
  const name = useId();
  const [chosen, choose] = useState<number | undefined>();
  const [said, say] = useState('');
  return (
    <form
      class="question"
      data-choice="question"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen === right) onRight();
        else if (chosen !== undefined) say(wrong[chosen] ?? '');
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
              say('');
            }}
          />{' '}
          <span>
            <RichText text={choice} />
          </span>
        </label>
      ))}
      {!met && (
        <button type="submit" data-check disabled={chosen === undefined}>
          {TEXT.lessons.check}
        </button>
      )}
      <p role="status" class="wrong">
        {said !== '' && !met && <RichText text={said} />}
      </p>
    </form>
  );
}
