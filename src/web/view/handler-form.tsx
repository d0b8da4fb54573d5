import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { diagnosisOfHandler } from '../handler.ts';
import type { HandlerTask } from '../lessons/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { perform } from './act-list.tsx';

interface HandlerFormProps {
  readonly page: Page;
  readonly task: HandlerTask;
  readonly code: readonly string[];
  readonly blanks: readonly (readonly (readonly [choice: string, wrong: string])[])[];
  readonly met: boolean;
  /** Actions before the handler ran: it begins there anew. */
  readonly since: number;
  onRight(): void;
}

/** A handler with blanks. What is chosen is really run, and the diagnosis says what came of it. */
export function HandlerForm(props: HandlerFormProps): JSX.Element {
  const { page, task, code, blanks, met, since, onRight } = props;
  const [choices, choose] = useState<readonly (number | undefined)[]>(blanks.map(() => undefined));
  const [said, say] = useState('');
  const isFilled = choices.every((choice) => choice !== undefined);
  const run = (event: Event): void => {
    event.preventDefault();
    if (!isFilled) return;
    const chosen = choices as readonly number[];
    while (page.session.outcomes.length > since) page.undo();
    for (const action of task.run(page.session, chosen)) perform(page, action);
    const wrong = diagnosisOfHandler(blanks, chosen);
    say(wrong);
    if (wrong === '') onRight();
  };
  return (
    <form class="handler" onSubmit={run}>
      <ol>
        {code.map((line, i) => (
          <li key={line}>
            {line.split(/(\{\d\})/).map((part) => {
              const blank = /^\{(\d)\}$/.exec(part)?.[1];
              if (blank === undefined) return part;
              const at = Number(blank);
              return (
                <select
                  key={part}
                  data-blank={at}
                  aria-label={TEXT.acts.blank(i + 1)}
                  disabled={met}
                  value={choices[at] === undefined ? '' : `${choices[at]}`}
                  onChange={(event) => {
                    const value = Number(event.currentTarget.value);
                    choose(choices.map((choice, j) => (j === at ? value : choice)));
                    say('');
                  }}
                >
                  <option value="" disabled>
                    …
                  </option>
                  {blanks[at]?.map(([choice], j) => (
                    <option key={choice} value={j}>
                      {choice}
                    </option>
                  ))}
                </select>
              );
            })}
          </li>
        ))}
      </ol>
      {!met && (
        <button type="submit" data-check disabled={!isFilled}>
          {TEXT.acts.tryIt}
        </button>
      )}
      <p role="status" class="wrong">
        {said}
      </p>
    </form>
  );
}
