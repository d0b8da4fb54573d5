import type { JSX } from 'preact';
import { LESSONS, lessonOf } from '../lessons/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';
import { startLesson } from './lesson-panel.tsx';

/** The first thing one sees: what this is, and where to begin. */
export function Intro({ page }: { readonly page: Page }): JSX.Element | null {
  const { view } = page;
  if (lessonOf(view) !== undefined) return null;
  const next = LESSONS.find(({ id }) => !view.done.includes(id)) ?? LESSONS[0]!;
  return (
    <div class="intro">
      <p>{TEXT.intro.lead}</p>
      <p>{TEXT.intro.touch}</p>
      <div class="start">
        <button type="button" class="primary" data-lesson="start" onClick={() => startLesson(page, next)}>
          {TEXT.intro.start(LESSONS.indexOf(next) + 1)}
        </button>
        <span class="dim">{TEXT.intro.minutes}</span>
      </div>
      <details class="lesson-list">
        <summary>{TEXT.lessons.choose}</summary>
        <ol>
          {LESSONS.map((lesson) => (
            <li key={lesson.id}>
              <button
                type="button"
                class="link"
                data-start={lesson.id}
                onClick={() => startLesson(page, lesson)}
              >
                {TEXT.lesson[lesson.id]!.title}
              </button>{' '}
              <span class="dim">
                {TEXT.lesson[lesson.id]!.goal}
                {view.done.includes(lesson.id) && ` ✓ ${TEXT.lessons.done}`}
              </span>
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
}
