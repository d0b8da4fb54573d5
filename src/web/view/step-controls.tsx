import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { lastStepOf, stepSentence } from '../narrate.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';

/** Time for a step to be read, in milliseconds. */
const STEP_TIME = 2600;

/** Goes through a walk step by step, each with its sentence. */
export function StepControls({ page }: { readonly page: Page }): JSX.Element {
  const { report, view } = page;
  const last = lastStepOf(report);
  const step = Math.min(view.step ?? last, last);
  const [playing, play] = useState(false);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => {
      if (step < last) page.look({ step: step + 1 });
      else play(false);
    }, STEP_TIME);
    return () => clearTimeout(timer);
  }, [playing, step, last, page]);
  const go = (to: number): void => {
    play(false);
    page.look({ step: to });
  };
  return (
    <div class="steps">
      <fieldset class="step-buttons" aria-label={TEXT.walk.controls}>
        <button
          type="button"
          onClick={() => go(0)}
          disabled={step === 0}
          aria-label={TEXT.walk.first}
          data-step="first"
        >
          <span aria-hidden="true">|◀</span>
        </button>
        <button type="button" onClick={() => go(step - 1)} disabled={step === 0} data-step="back">
          <span aria-hidden="true">◀</span> {TEXT.walk.back}
        </button>
        <button type="button" onClick={() => go(step + 1)} disabled={step === last} data-step="forward">
          {TEXT.walk.forward} <span aria-hidden="true">▶</span>
        </button>
        <button
          type="button"
          data-step="play"
          onClick={() => {
            if (!playing && step === last) page.look({ step: 0 });
            play(!playing);
          }}
        >
          {playing ? TEXT.walk.pause : TEXT.walk.play}
        </button>
        {view.step !== undefined && view.step < last && (
          <button type="button" onClick={() => page.look({ step: undefined })} data-step="all">
            {TEXT.walk.all}
          </button>
        )}
        <span class="dim step-position">{TEXT.walk.position(step, last)}</span>
      </fieldset>
      <p class="sentence" aria-live="polite">
        {stepSentence(report, step)}
      </p>
    </div>
  );
}
