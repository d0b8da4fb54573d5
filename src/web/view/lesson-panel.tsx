import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  entered,
  LESSONS,
  type Lesson,
  type LessonStep,
  lessonOf,
  type Sources,
  stepOf,
} from '../lessons/index.ts';
import type { Page } from '../page.ts';
import { finishedLessons } from '../progress.ts';
import { type StepWords, TEXT } from '../words/index.ts';
import { ActList } from './act-list.tsx';
import { HandlerForm } from './handler-form.tsx';
import { LessonQuestion } from './lesson-question.tsx';
import { OutcomeQuestion } from './outcome-question.tsx';
import { PageLink } from './page-link.tsx';
import { RequestPlayer } from './request-player.tsx';
import { RichText } from './rich-text.tsx';
import { showWhere } from './show-where.ts';

/** Starts a lesson from its first step, on a fresh machine. */
export function startLesson(page: Page, lesson: Lesson): void {
  page.start(lesson.scenario, {
    ...entered(page.view, lesson, 0, 0),
    screen: 'work',
    limit: false,
    byte: undefined,
  });
}

/** The lesson in progress: what to know, what to do, and whether it was done. */
export function LessonPanel({ page }: { readonly page: Page }): JSX.Element | null {
  const lesson = lessonOf(page.view);
  const position = page.view.lesson;
  if (lesson === undefined || position === undefined) return null;
  const text = TEXT.lesson[lesson.id]!;
  const isOver = position.step >= lesson.steps.length;
  return (
    <aside class="lesson" aria-labelledby="lesson-title">
      <header class="lesson-head">
        <PageLink page={page} change={{ screen: 'home' }}>
          ‹ {TEXT.lessons.close}
        </PageLink>
        <Progress step={position.step} count={lesson.steps.length} />
        <h2 id="lesson-title">{text.title}</h2>
      </header>
      {isOver ? (
        <Finished page={page} lesson={lesson} />
      ) : (
        <Step key={`${lesson.id}.${position.step}`} page={page} lesson={lesson} />
      )}
    </aside>
  );
}

/** How far one is in a lesson. */
export function Progress({ step, count }: { readonly step: number; readonly count: number }): JSX.Element {
  const shown = Math.min(step + 1, count);
  return (
    <span class="progress">
      <span class="dots" aria-hidden="true">
        {Array.from({ length: count }, (_, i) => (
          <i key={i} class={i < step ? 'is-done' : i === step ? 'is-here' : ''} />
        ))}
      </span>
      <span class="hint">{TEXT.lessons.step(shown, count)}</span>
    </span>
  );
}

function Step({ page, lesson }: { readonly page: Page; readonly lesson: Lesson }): JSX.Element {
  const { view, session } = page;
  const position = view.lesson!;
  const step = stepOf(view);
  const text = TEXT.lesson[lesson.id]!.steps[position.step]!;
  const [hint, showHint] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  // With the step's first drawing, not after it: else it takes the focus from who is already on their way.
  useLayoutEffect(() => body.current?.focus({ preventScroll: true }), []);
  const isLast = position.step === lesson.steps.length - 1;
  const isOpen = text.task !== undefined && !position.met;
  const goOn = (): void => page.look(entered(view, lesson, position.step + 1, session.outcomes.length));
  return (
    <>
      <div class="lesson-scroll" ref={body} data-region tabIndex={-1}>
        <div class="lesson-body">
          {text.body.map((paragraph) => (
            <p key={paragraph}>
              <RichText text={paragraph} />
            </p>
          ))}
        </div>
        {text.task !== undefined && (
          <div class={position.met ? 'task is-met' : 'task'}>
            <p>
              <b class="task-mark">{position.met ? '✓' : TEXT.lessons.todo}</b> <RichText text={text.task} />
            </p>
            <Task page={page} step={step} text={text} />
          </div>
        )}
        {step?.shows === 'requests' && <RequestPlayer page={page} />}
        <div aria-live="polite">
          {position.met && (
            <p class="after">
              <b>{TEXT.lessons.met}</b> <RichText text={text.after} />
            </p>
          )}
          {hint && isOpen && text.hint !== undefined && (
            <p class="hint-text">
              <RichText text={text.hint} />
            </p>
          )}
        </div>
        <SourcesLine sources={lesson.sources} />
      </div>
      <div class="lesson-foot">
        <button
          type="button"
          data-lesson="hint"
          aria-expanded={hint}
          aria-disabled={!isOpen || text.hint === undefined}
          onClick={() => isOpen && showHint(!hint)}
        >
          {TEXT.lessons.hint}
        </button>
        <button
          type="button"
          data-lesson="where"
          aria-disabled={!isOpen || step?.where === undefined}
          onClick={() => isOpen && step?.where !== undefined && showWhere(page, step)}
        >
          {TEXT.lessons.where}
        </button>
        <button type="button" class="primary" data-lesson="next" disabled={isOpen} onClick={goOn}>
          {isLast ? TEXT.lessons.finish : TEXT.lessons.next}
        </button>
      </div>
    </>
  );
}

/** Where to read on. Headings and file names are English in every language. */
function SourcesLine({ sources: { manual = [], document } }: { readonly sources: Sources }): JSX.Element {
  const places = document === undefined ? manual : [...manual, document];
  return (
    <div class="sources">
      <p>
        {TEXT.lessons.sources(manual.length > 0)}{' '}
        {places.map((place, i) => (
          <span key={place}>
            {i > 0 && ' · '}
            <cite lang="en">{place}</cite>
          </span>
        ))}
      </p>
    </div>
  );
}

interface TaskProps {
  readonly page: Page;
  readonly step: LessonStep | undefined;
  readonly text: StepWords;
}

/** What a step gives to be answered, run or completed. */
function Task({ page, step, text }: TaskProps): JSX.Element | null {
  const position = page.view.lesson;
  if (step === undefined || position === undefined) return null;
  const { met, since } = position;
  const onRight = (): void => page.look({ lesson: { ...position, met: true } });
  if (step.predict !== undefined) {
    return <OutcomeQuestion page={page} action={step.predict} met={met} onRight={onRight} />;
  }
  if (step.handler !== undefined) {
    const { code = [], blanks = [] } = text;
    const { handler } = step;
    return (
      <HandlerForm
        page={page}
        task={handler}
        code={code}
        blanks={blanks}
        met={met}
        since={since}
        onRight={onRight}
      />
    );
  }
  if (step.right !== undefined) {
    const { choices = [], wrong = [] } = text;
    return <LessonQuestion choices={choices} wrong={wrong} right={step.right} met={met} onRight={onRight} />;
  }
  if (step.acts === undefined) return null;
  return <ActList page={page} acts={step.acts(page.session)} since={since} />;
}

function Finished({ page, lesson }: { readonly page: Page; readonly lesson: Lesson }): JSX.Element {
  const following = LESSONS[LESSONS.indexOf(lesson) + 1];
  const done = finishedLessons();
  const all = LESSONS.every(({ id }) => done.has(id) || id === lesson.id);
  const heading = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <div class="lesson-scroll" ref={heading} data-region tabIndex={-1}>
        <p class="after" role="status">
          <b>{TEXT.lessons.finished}</b> {all && TEXT.lessons.all}
        </p>
      </div>
      <div class="lesson-foot">
        <button type="button" onClick={() => startLesson(page, lesson)}>
          {TEXT.lessons.again}
        </button>
        {following !== undefined && (
          <button
            type="button"
            class="primary"
            data-lesson="following"
            onClick={() => startLesson(page, following)}
          >
            {TEXT.lessons.nextLesson(TEXT.lesson[following.id]!.title)}
          </button>
        )}
      </div>
    </>
  );
}
