import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { PAGING_MODES } from '../../arch/index.ts';
import { Drawing } from '../drawing/drawing.tsx';
import { pictureOfWalk } from '../drawing/picture-of-walk.ts';
import { isVeiled, lessonOf } from '../lessons/index.ts';
import { flipped, withBits } from '../linear.ts';
import type { Page } from '../page.ts';
import { ROLES } from '../page-machine.ts';
import { roleName } from '../roles.ts';
import { TEXT } from '../words/index.ts';
import { AskBar } from './ask-bar.tsx';
import { ClaimLine } from './claim-line.tsx';
import { Dock } from './dock.tsx';
import { LessonPanel } from './lesson-panel.tsx';
import { PageLink } from './page-link.tsx';
import { StepBar } from './step-bar.tsx';

/** The lesson, and beside it the drawing with all that belongs to it: one screen, nothing scrolls. */
export function Workbench({ page }: { readonly page: Page }): JSX.Element {
  const isLearning = lessonOf(page.view) !== undefined;
  return (
    <div class={isLearning ? 'workbench has-lesson' : 'workbench'}>
      {isLearning && <LessonPanel page={page} />}
      <main class="stage">
        <div>
          <AskBar page={page} />
          <ClaimLine page={page} />
        </div>
        <Figure page={page} />
        <StepBar page={page} />
        <Dock page={page} />
      </main>
    </div>
  );
}

/** The drawing alone: large for a projector, or inside another page. */
export function Alone({ page }: { readonly page: Page }): JSX.Element {
  const { frame } = page.view;
  return (
    <main class="stage is-alone">
      <h1 class="unseen">{TEXT.title}</h1>
      <div>
        <AskBar page={page} />
        <ClaimLine page={page} />
      </div>
      <Figure page={page} />
      <StepBar page={page}>
        {frame === 'present' ? (
          <PageLink page={page} change={{ frame: 'whole' }}>
            {TEXT.actions.leavePresent}
          </PageLink>
        ) : (
          <a href={location.href.replace(/#embed&?/, '#')} target="_blank" rel="noopener">
            {TEXT.actions.openWhole}
          </a>
        )}
      </StepBar>
    </main>
  );
}

function Figure({ page }: { readonly page: Page }): JSX.Element {
  const { session, report, view, roles } = page;
  const { memory } = session.machine;
  const picture = useMemo(
    () =>
      pictureOfWalk({
        report,
        memory,
        notes: tlbNotes(page),
        veiled: isVeiled(view),
        roleOf: (physical) => {
          const frame = Math.floor(physical / 4096);
          const role = ROLES[roles.roles[frame] ?? -1];
          return role === undefined ? '' : `${roleName(role, page.session.machine)}, 0x${frame.toString(16)}`;
        },
      }),
    [report, view.lesson, roles],
  );
  const flip = (column: number, bit: number): void => {
    const step = report.steps[column];
    if (step === undefined) return;
    // What an entry looks like is known from RAM, also where the CPU keeps its own copy.
    const physical = step.entryAddress + (bit >= 32 ? 4 : 0);
    const value = (memory.loadWord(physical) ^ (1 << (bit & 31))) >>> 0;
    const asks = view.panel === 'xen' && session.canAsk;
    page.act(asks ? { kind: 'ask', updates: [[physical, value]] } : { kind: 'word', physical, value });
  };
  return (
    <section id="drawing" class="figure" data-region tabIndex={-1} aria-label={TEXT.drawing.title}>
      <Drawing
        picture={picture}
        step={view.step}
        onAddressBit={(bit) => page.look({ linear: flipped(view.linear, bit, report.mode) })}
        onEntryBit={flip}
        onRow={(column, index) => {
          const level = PAGING_MODES[report.mode].levels[column];
          if (level === undefined) return;
          const { shift, indexBits } = level;
          page.look({ linear: withBits(view.linear, shift, indexBits, index, report.mode) });
        }}
      />
    </section>
  );
}

/** The walk is what memory says; the TLB may know something else. */
function tlbNotes({ session, view }: Page): string[] {
  const { mmu } = session;
  const entry = mmu.tlb.lookup(view.linear);
  if (entry === undefined) return [];
  const stale = mmu.tlb.stale().some((other) => other.entry.linear === entry.linear);
  return [stale ? TEXT.drawing.tlbStale : TEXT.drawing.tlbHit];
}
