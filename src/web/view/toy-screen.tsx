import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Drawing } from '../drawing/drawing.tsx';
import { LESSONS } from '../lessons/index.ts';
import type { Page } from '../page.ts';
import { finishLesson, TOY_LESSON } from '../progress.ts';
import {
  bitsOf,
  TOY_FRAMES,
  TOY_MEMORY,
  TOY_STEPS,
  type ToyMemory,
  type ToyProgram,
  toyPicture,
  toyWalk,
} from '../toy.ts';
import { TEXT } from '../words/index.ts';
import { Choice } from './choice.tsx';
import { Progress, startLesson } from './lesson-panel.tsx';
import { LessonQuestion } from './lesson-question.tsx';
import { PageLink } from './page-link.tsx';
import { RichText } from './rich-text.tsx';

interface ToyState {
  readonly step: number;
  readonly met: boolean;
  readonly program: ToyProgram;
  readonly address: number;
  readonly memory: ToyMemory;
}

function begun(step: number, memory: ToyMemory): ToyState {
  const { program, address } = TOY_STEPS[step]!;
  return { step, met: false, program, address, memory };
}

/** The gentle start: paging so small that all of memory is seen at once. */
export function ToyScreen({ page }: { readonly page: Page }): JSX.Element {
  const [state, setState] = useState(() => begun(0, TOY_MEMORY));
  const { step, met, program, address, memory } = state;
  const { veils, right, leadsTo, check } = TOY_STEPS[step]!;
  const words = TEXT.toy;
  const text = words.steps[step]!;
  const isLast = step === TOY_STEPS.length - 1;
  const change = (next: Partial<ToyState>): void => {
    const changed = { ...state, ...next };
    setState({ ...changed, met: changed.met || check?.(changed.memory) === true });
  };
  const walk = toyWalk(memory, program, address);
  const flip = (column: number, bit: number): void => {
    const cell = walk.read[column];
    change({ memory: memory.map((value, at) => (at === cell ? value ^ (1 << bit) : value)) });
  };
  const veiled = veils === true && !met;
  const picture = toyPicture(memory, program, address, veiled);
  return (
    <div class="workbench has-lesson toy">
      <aside class="lesson" aria-labelledby="lesson-title">
        <header class="lesson-head">
          <PageLink page={page} change={{ screen: 'home' }}>
            ‹ {TEXT.lessons.close}
          </PageLink>
          <Progress step={step} count={TOY_STEPS.length} />
          <h2 id="lesson-title">{words.title}</h2>
        </header>
        <div class="lesson-scroll" key={step} data-region tabIndex={-1}>
          <div class="lesson-body">
            {text.body.map((paragraph) => (
              <p key={paragraph}>
                <RichText text={paragraph} />
              </p>
            ))}
          </div>
          <div class={met ? 'task is-met' : 'task'}>
            <p>
              <b class="task-mark">{met ? '✓' : TEXT.lessons.todo}</b> <RichText text={text.task ?? ''} />
            </p>
            {right !== undefined && (
              <LessonQuestion
                choices={text.choices ?? []}
                wrong={text.wrong ?? []}
                right={right}
                met={met}
                onRight={() => change({ met: true, ...leadsTo })}
              />
            )}
          </div>
          <div aria-live="polite">
            {met && (
              <p class="after">
                <b>{TEXT.lessons.met}</b> <RichText text={text.after} />
              </p>
            )}
            {!met && text.hint !== undefined && (
              <p class="hint-text">
                <RichText text={text.hint} />
              </p>
            )}
          </div>
        </div>
        <div class="lesson-foot">
          <button
            type="button"
            class="primary"
            data-toy="next"
            disabled={!met}
            onClick={() => {
              if (!isLast) return setState(begun(step + 1, memory));
              finishLesson(TOY_LESSON);
              startLesson(page, LESSONS[0]!);
            }}
          >
            {isLast ? words.real : TEXT.lessons.next}
          </button>
        </div>
      </aside>
      <main class="stage">
        <section class="ask" data-region tabIndex={-1} aria-label={words.program}>
          <Choice
            label={words.program}
            name="program"
            options={[
              ['A', words.programs.A],
              ['B', words.programs.B],
            ]}
            value={program}
            onChoose={(chosen: ToyProgram) => change({ program: chosen })}
          />
        </section>
        <section class="figure" data-region tabIndex={-1} aria-label={TEXT.drawing.title}>
          <Drawing
            picture={picture}
            step={undefined}
            onAddressBit={(bit) => change({ address: address ^ (1 << bit) })}
            onEntryBit={flip}
            onRow={(column, index) => {
              const shift = column === 0 ? 4 : 2;
              change({ address: (address & ~(3 << shift)) | (index << shift) });
            }}
          />
        </section>
        <p class="sentence" aria-live="polite">
          {picture.description}
        </p>
        <Memory memory={memory} read={walk.read} cell={veiled ? undefined : walk.cell} />
      </main>
    </div>
  );
}

interface MemoryProps {
  readonly memory: ToyMemory;
  readonly read: readonly number[];
  readonly cell: number | undefined;
}

/** All RAM, with the entries that were read and the byte that was found. */
function Memory({ memory, read, cell }: MemoryProps): JSX.Element {
  const words = TEXT.toy;
  const shown = (at: number): string => {
    const value = memory[at]!;
    return value > 15 ? String.fromCharCode(value) : bitsOf(value, 4);
  };
  const roleOf = (at: number): string => {
    if (at === cell) return 'is-byte';
    return read[0] === at ? 'is-directory' : read.includes(at) ? 'is-table' : '';
  };
  return (
    <section class="toy-memory" data-region tabIndex={-1} aria-label={words.memory}>
      <h3>{words.memory}</h3>
      <ol start={0}>
        {TOY_FRAMES.map((name, frame) => (
          <li key={name}>
            <b>{words.frame(frame)}</b> <span class="dim">{words.frames[name]}</span>
            <span class="cells mono">
              {[0, 1, 2, 3].map((i) => (
                <span key={i} class={roleOf(frame * 4 + i)}>
                  {shown(frame * 4 + i)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
