import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { entered, lessonOf, stepOf } from '../lessons/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';
import { RichText } from './rich-text.tsx';
import { showWhere } from './show-where.ts';

/** On small screens the lesson scrolls away; its task stays at the lower edge. */
export function LessonBar({ page }: { readonly page: Page }): JSX.Element | null {
  const { view, session } = page;
  const lesson = lessonOf(view);
  const position = view.lesson;
  const [seen, setSeen] = useState(true);
  // The bar would only repeat a task that is in sight.
  useEffect(() => {
    const task = document.querySelector('.lesson .task');
    if (task === null || position === undefined) return undefined;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting === true));
    observer.observe(task);
    return () => observer.disconnect();
  }, [position?.id, position?.step]);
  const text = lesson && TEXT.lesson[lesson.id]?.steps[position?.step ?? 0];
  if (lesson === undefined || position === undefined || text?.task === undefined || seen) return null;
  const where = stepOf(view)?.where;
  const toLesson = (): void => document.querySelector('.lesson')?.scrollIntoView();
  return (
    <div class={position.met ? 'lesson-bar is-met' : 'lesson-bar'}>
      <p>
        <b>{position.met ? '✓' : TEXT.lessons.todo}</b>{' '}
        <RichText text={position.met ? text.after : text.task} />
      </p>
      {position.met ? (
        <button
          type="button"
          class="primary"
          onClick={() => {
            page.look(entered(view, lesson, position.step + 1, session.outcomes.length));
            toLesson();
          }}
        >
          {TEXT.lessons.next}
        </button>
      ) : (
        <span class="lesson-buttons">
          {where !== undefined && (
            <button type="button" onClick={() => showWhere(where)}>
              {TEXT.lessons.where}
            </button>
          )}
          <button type="button" onClick={toLesson}>
            {TEXT.lessons.show}
          </button>
        </span>
      )}
    </div>
  );
}
