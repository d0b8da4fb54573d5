import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { LESSONS, lessonOf } from '../lessons/index.ts';
import type { Page } from '../page.ts';
import { finishedLessons, forgetProgress, TOY_LESSON } from '../progress.ts';
import { TEXT } from '../words/index.ts';
import { Languages } from './languages.tsx';
import { startLesson } from './lesson-panel.tsx';
import { PageLink } from './page-link.tsx';
import { TwoPrograms } from './two-programs.tsx';

/** The first thing one sees: what this is, and where to begin. */
export function Home({ page }: { readonly page: Page }): JSX.Element {
  const [, forget] = useState(0);
  const done = finishedLessons();
  const next = LESSONS.find(({ id }) => !done.has(id)) ?? LESSONS[0]!;
  return (
    <main class="home" data-region tabIndex={-1}>
      <div class="intro">
        <TwoPrograms />
        <p class="lead">{TEXT.home.lead}</p>
        <p>{TEXT.home.touch}</p>
        <p class="start">
          {!done.has(TOY_LESSON) && (
            <button
              type="button"
              class="primary"
              data-start="toy"
              onClick={() => page.look({ screen: 'toy' })}
            >
              {TEXT.toy.begin}
            </button>
          )}
          <button
            type="button"
            class={done.has(TOY_LESSON) ? 'primary' : ''}
            data-lesson="start"
            onClick={() => startLesson(page, next)}
          >
            {TEXT.home.start(LESSONS.indexOf(next) + 1)}
          </button>
          {lessonOf(page.view) !== undefined && (
            <PageLink page={page} change={{ screen: 'work' }}>
              {TEXT.home.resume}
            </PageLink>
          )}
          <PageLink page={page} change={{ screen: 'work', lesson: undefined }}>
            {TEXT.home.free}
          </PageLink>
          <Languages page={page} />
        </p>
      </div>
      <section class="contents" aria-labelledby="contents-title">
        <h2 id="contents-title">{TEXT.lessons.title}</h2>
        <p class="hint">
          {TEXT.home.progress(LESSONS.filter(({ id }) => done.has(id)).length, LESSONS.length)}{' '}
          {done.size > 0 && (
            <button
              type="button"
              class="link"
              onClick={() => {
                forgetProgress();
                forget((count) => count + 1);
              }}
            >
              {TEXT.home.forget}
            </button>
          )}
        </p>
        <ol>
          {LESSONS.map((lesson) => (
            <li key={lesson.id} class={done.has(lesson.id) ? 'is-done' : ''}>
              <button
                type="button"
                class="link"
                data-start={lesson.id}
                onClick={() => startLesson(page, lesson)}
              >
                {TEXT.lesson[lesson.id]!.title}
              </button>
              {done.has(lesson.id) && <span class="chip is-yes">✓ {TEXT.lessons.done}</span>}
              <p class="dim">{TEXT.lesson[lesson.id]!.goal}</p>
            </li>
          ))}
        </ol>
        <p class="more-to-do">
          <PageLink page={page} change={{ screen: 'exercises' }}>
            {TEXT.nav.exercises}
          </PageLink>
          <PageLink page={page} change={{ screen: 'inventory' }}>
            {TEXT.inventory.link}
          </PageLink>
        </p>
      </section>
      <footer class="foot">
        <p>{TEXT.footer.offline}</p>
        <p>{TEXT.footer.source}</p>
      </footer>
    </main>
  );
}
