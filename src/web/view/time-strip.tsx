import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { outcomeLine, outcomeSentence } from '../narrate.ts';
import type { Page } from '../page.ts';
import { type Tick, tickOf, totalsOf } from '../timeline.ts';
import { TEXT } from '../words/index.ts';
import { rovingKeys } from './roving.ts';

/** The most that is drawn: of a longer time, its end. */
const SHOWN = 120;

/**
 * What was done so far along a time axis: each access as high as the reads of tables that it cost. A press goes back, or on
 * again, to that moment.
 */
export function TimeStrip({ page }: { readonly page: Page }): JSX.Element | null {
  const { session } = page;
  const { timeline } = session;
  const now = session.outcomes.length;
  const [looked, look] = useState<number | undefined>(undefined);
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const current = strip.current?.querySelector<HTMLElement>('[aria-current]');
    const { offsetLeft = 0, offsetWidth = 0 } = current ?? {};
    // Only the strip itself scrolls, never the page.
    if (strip.current !== null)
      strip.current.scrollLeft = offsetLeft + offsetWidth - strip.current.clientWidth;
  }, [now, timeline.length]);
  if (timeline.length === 0) return null;
  const words = TEXT.history;
  const first = Math.max(0, timeline.length - SHOWN);
  const ticks = timeline.slice(first).map(tickOf);
  const seen = looked === undefined ? undefined : timeline[looked - 1];
  return (
    <div class="time">
      <div
        class="time-strip"
        role="toolbar"
        aria-label={words.strip}
        tabIndex={-1}
        ref={strip}
        onKeyDown={rovingKeys}
      >
        <Moment page={page} count={0} label={words.start} onLook={look}>
          <path class="tick-other" d="M7 5v14M19 5 10 12l9 7z" />
        </Moment>
        {ticks.map((tick, i) => {
          const count = first + i + 1;
          const { outcome } = tick;
          const said = `${count}. ${outcomeSentence(outcome)} ${words.reads(outcome.reads)}`;
          return (
            <Moment
              key={count}
              page={page}
              count={count}
              label={count > now ? `${said} ${words.undone}` : said}
              wide={tick.loop !== undefined}
              onLook={look}
            >
              <Drawn tick={tick} />
            </Moment>
          );
        })}
      </div>
      <p class="time-text">
        {seen === undefined ? (
          words.totals(totalsOf(session.outcomes))
        ) : (
          <span aria-hidden="true">
            <b>{words.who[seen.who]}</b> {outcomeLine(seen)}
            {seen.reads > 0 && ` · ${words.reads(seen.reads)}`}
          </span>
        )}
      </p>
    </div>
  );
}

interface MomentProps {
  readonly page: Page;
  /** How many things were done by then. */
  readonly count: number;
  readonly label: string;
  readonly wide?: boolean;
  readonly children: JSX.Element;
  onLook(count: number | undefined): void;
}

/** A moment to go to. */
function Moment({ page, count, label, wide = false, children, onLook }: MomentProps): JSX.Element {
  const now = page.session.outcomes.length;
  const isNow = count === now;
  return (
    <button
      type="button"
      class={count > now ? 'tick is-undone' : 'tick'}
      data-roving
      data-moment={count}
      tabIndex={isNow ? 0 : -1}
      aria-label={label}
      aria-current={isNow ? 'step' : undefined}
      title={label}
      onClick={() => page.goTo(count)}
      onFocus={() => onLook(count)}
      onBlur={() => onLook(undefined)}
      onPointerEnter={() => onLook(count)}
      onPointerLeave={() => onLook(undefined)}
    >
      <svg width={wide ? WIDE : NARROW} height="24" aria-hidden="true">
        {children}
      </svg>
    </button>
  );
}

const NARROW = 24;
const WIDE = 52;
/** Height of one read of memory, and of what needs none. */
const READ_HEIGHT = 3;
const FLOOR = 22;

/** A tick: flat where the TLB knew, a read upon the other where it was walked, with a cross where it was refused. */
function Drawn({ tick: { kind, loop, outcome } }: { readonly tick: Tick }): JSX.Element {
  if (kind === 'change') return <path class="tick-other" d="M12 7l5 5-5 5-5-5z" />;
  if (loop !== undefined) {
    const walked = (WIDE - 8) * (1 - loop.hits);
    return (
      <>
        <rect class="tick-walk" x={4} y={FLOOR - 10} width={walked} height={10} />
        <rect class="tick-hit" x={4 + walked} y={FLOOR - 3} width={WIDE - 8 - walked} height={3} />
        <text x={WIDE / 2} y={9} text-anchor="middle">
          × {loop.accesses}
        </text>
      </>
    );
  }
  const reads = Math.min(outcome.reads, 5);
  return (
    <>
      {kind === 'hit' && <rect class="tick-hit" x={5} y={FLOOR - 3} width={14} height={3} />}
      {Array.from({ length: reads }, (_, i) => (
        <rect
          key={i}
          class={`tick-${kind}`}
          x={5}
          y={FLOOR - (i + 1) * READ_HEIGHT}
          width={14}
          height={READ_HEIGHT - 0.8}
        />
      ))}
      {kind === 'fault' && <path class="tick-cross" d="M9 1l6 5M15 1l-6 5" />}
    </>
  );
}
