import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { answerKey, checkAnswer, type Exercise, mmuFor, type Verdict } from '../../exercise/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';

/** The memory that is given, frame by frame. */
function framesOf({ tables }: Exercise): string[] {
  return tables.join('\n').split('\n\n');
}

/** One exercise: what is given, a place for the answer, and what is wrong with it. */
export function ExerciseCard({
  page,
  exercise,
  onAnswer,
}: {
  readonly page: Page;
  readonly exercise: Exercise;
  /** Told every answer that is checked. */
  onAnswer(text: string): void;
}): JSX.Element {
  const id = useId();
  const [answer, setAnswer] = useState('');
  const [verdict, setVerdict] = useState<Verdict | undefined>();
  const [key, showKey] = useState(false);
  const words = TEXT.exercises;
  const { task, machine } = exercise;
  return (
    <details class="exercise" data-exercise={exercise.id}>
      <summary>
        <b>
          {exercise.id}. {exercise.title}
        </b>
        {verdict?.right === true && <span class="chip is-yes">✓ {words.right}</span>}
      </summary>
      {exercise.prompt.split('\n').map((line) => (
        <p key={line}>{line}</p>
      ))}
      <div class="given">
        {framesOf(exercise).map((frame) => (
          <pre key={frame} class="mono">
            {frame}
          </pre>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setVerdict(checkAnswer(exercise, answer));
          onAnswer(answer);
        }}
      >
        <label class="select">
          <span>{words.answer}</span>
          <input
            class="mono"
            type="text"
            size={28}
            autoComplete="off"
            spellcheck={false}
            value={answer}
            aria-describedby={`${id}-format`}
            onInput={(event) => {
              setAnswer(event.currentTarget.value);
              setVerdict(undefined);
            }}
          />
        </label>
        <button type="submit" disabled={answer.trim() === ''}>
          {TEXT.lessons.check}
        </button>
        <p class="hint" id={`${id}-format`}>
          {exercise.answerFormat}
        </p>
      </form>
      <p role="status" class={verdict?.right === true ? 'verdict is-yes' : 'verdict'}>
        {verdict !== undefined && (
          <>
            <b aria-hidden="true">{verdict.right ? '✓' : '✗'}</b> <span>{verdict.diagnosis}</span>
          </>
        )}
      </p>
      <p class="pager">
        <button type="button" aria-expanded={key} onClick={() => showKey(!key)}>
          {key ? words.hideKey : words.showKey}
        </button>
        <button
          type="button"
          data-open
          onClick={() => {
            const { cr0, cr3, cr4 } = machine;
            const { memory } = mmuFor(machine);
            const registers = { cr0, cr3, cr4, efer: 0 };
            page.open(
              { memory, cpu: 'pentium-iii', registers },
              task.kind === 'alias' || task.kind === 'fix'
                ? {}
                : { linear: task.linear, ...(task.kind === 'fault' && { access: task.access }) },
            );
          }}
        >
          {words.open}
        </button>
      </p>
      {key && (
        <pre class="mono">
          {[answerKey(exercise).answer, '', ...answerKey(exercise).explanation].join('\n')}
        </pre>
      )}
    </details>
  );
}
