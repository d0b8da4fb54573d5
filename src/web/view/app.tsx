import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { lessonOf } from '../lessons/index.ts';
import { usePage } from '../page.ts';
import { TEXT } from '../text.en.ts';
import { ExercisePanel } from './exercise-panel.tsx';
import { FilesPanel } from './files-panel.tsx';
import { Intro } from './intro.tsx';
import { LessonBar } from './lesson-bar.tsx';
import { LessonPanel } from './lesson-panel.tsx';
import { MapPanel } from './map-panel.tsx';
import { MemoryPanel } from './memory-panel.tsx';
import { Patterns } from './patterns.tsx';
import { TlbPanel } from './tlb-panel.tsx';
import { Tools } from './tools.tsx';
import { WalkPanel } from './walk-panel.tsx';

const PARTS = ['walk', 'map', 'memory', 'tlb', 'exercises', 'files'] as const;

export function App(): JSX.Element {
  const page = usePage();
  // It needs no more of the page than its unchanging methods, so that an edit need not draw it again.
  const exercises = useMemo(() => <ExercisePanel page={page} />, [page.open]);
  useEffect(() => {
    const timer = setTimeout(() => document.documentElement.classList.add('is-settled'), SETTLING_TIME);
    return () => clearTimeout(timer);
  }, []);
  const isLearning = lessonOf(page.view) !== undefined;
  return (
    <>
      <a class="skip" href="#walk">
        {TEXT.nav.skip}
      </a>
      <header class="top">
        <h1>{TEXT.title}</h1>
        <nav aria-label={TEXT.nav.label}>
          <ul>
            {PARTS.map((part) => (
              <li key={part}>
                <button type="button" class="link" onClick={() => goTo(part)}>
                  {TEXT.nav[part]}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <Tools page={page} />
      </header>
      <div class={isLearning ? 'columns has-lesson' : 'columns'}>
        <LessonPanel page={page} />
        <main class="main-column">
          <Intro page={page} />
          <WalkPanel page={page} />
          <MapPanel page={page} />
          <div class="two">
            <MemoryPanel page={page} />
            <TlbPanel page={page} />
          </div>
          {exercises}
          <FilesPanel page={page} />
          <footer class="foot">
            <p>{TEXT.footer.offline}</p>
            <p>{TEXT.footer.source}</p>
          </footer>
        </main>
      </div>
      <LessonBar page={page} />
      <Patterns />
      <p class="message" role="status">
        {page.message}
      </p>
    </>
  );
}

/** Time for the page to be laid out once, in milliseconds. */
const SETTLING_TIME = 500;

/** To a part of the page, for eyes and keyboard alike; not by a link, since the fragment holds the state. */
function goTo(id: string): void {
  const part = document.getElementById(id);
  part?.scrollIntoView();
  const heading = part?.querySelector<HTMLElement>('h2');
  if (heading === null || heading === undefined) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
