import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { isVeiled } from '../lessons/index.ts';
import { lastStepOf, stepSentence } from '../narrate.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { Message } from './message.tsx';

/** Time for a step to be read, in milliseconds. */
const STEP_TIME = 2600;

/** Characters that always fit; what is longer is smaller, and may have to be scrolled, by keys too. */
const FITS = 120;

interface StepBarProps {
  readonly page: Page;
  readonly children?: ComponentChildren;
}

/** Goes through the walk step by step, each with its sentence; says also what was done last. Nothing here moves. */
export function StepBar({ page, children }: StepBarProps): JSX.Element {
  const { report, view, message, technical } = page;
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
  const go = (to: number | undefined): void => {
    play(false);
    page.look({ step: to });
  };
  const words = TEXT.work;
  const isLong = message.length + technical.length > FITS;
  return (
    <section class="step-bar" data-region tabIndex={-1} aria-label={words.controls}>
      <div class="step-buttons">
        <StepButton
          name="first"
          label={words.first}
          mark="M6 5v14M19 5 9 12l10 7z"
          off={step === 0}
          onPress={() => go(0)}
        />
        <StepButton
          name="back"
          label={words.back}
          mark="M17 5 7 12l10 7z"
          off={step === 0}
          onPress={() => go(step - 1)}
        />
        <span class="step-position" aria-hidden="true">
          {words.position(step, last)}
        </span>
        <StepButton
          name="forward"
          label={words.forward}
          mark="M7 5l10 7-10 7z"
          off={step === last}
          onPress={() => go(step + 1)}
        />
        <StepButton
          name="all"
          label={words.all}
          mark="M18 5v14M5 5l10 7-10 7z"
          off={step === last}
          onPress={() => go(undefined)}
        />
        <StepButton
          name="play"
          label={playing ? words.pause : words.play}
          mark={playing ? 'M8 5v14M16 5v14' : 'M12 4a8 8 0 1 1-.1 0M10 8.5l6 3.5-6 3.5z'}
          off={false}
          onPress={() => {
            if (!playing && step === last) page.look({ step: 0 });
            play(!playing);
          }}
        />
      </div>
      <p
        class={isLong ? 'sentence is-long' : 'sentence'}
        aria-live="polite"
        tabIndex={isLong ? 0 : undefined}
      >
        {message !== '' ? (
          <Message page={page} />
        ) : isVeiled(view) && step === last ? (
          TEXT.drawing.veiled
        ) : (
          stepSentence(report, step)
        )}
      </p>
      {children}
    </section>
  );
}

interface StepButtonProps {
  readonly name: string;
  readonly label: string;
  /** Path of its picture. */
  readonly mark: string;
  readonly off: boolean;
  onPress(): void;
}

/** Stays where it is and can be reached, also while it can do nothing. */
function StepButton({ name, label, mark, off, onPress }: StepButtonProps): JSX.Element {
  return (
    <button
      type="button"
      data-step={name}
      aria-label={label}
      title={label}
      aria-disabled={off}
      onClick={() => {
        if (!off) onPress();
      }}
    >
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d={mark} />
      </svg>
    </button>
  );
}
