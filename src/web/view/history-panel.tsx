import type { JSX } from 'preact';
import { outcomeLine } from '../narrate.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { TimeStrip } from './time-strip.tsx';

/** The last things that were done, newest first, each with who did it. */
const SHOWN = 40;

export function HistoryPanel({ page }: { readonly page: Page }): JSX.Element {
  const { outcomes } = page.session;
  const total = outcomes.length;
  if (page.session.timeline.length === 0) return <p class="empty">{TEXT.history.empty}</p>;
  return (
    <>
      <TimeStrip page={page} />
      <ol class="history" reversed start={total}>
        {outcomes
          .slice(-SHOWN)
          .reverse()
          .map((outcome, i) => (
            <li key={total - i}>
              <span class={`who is-${outcome.who}`}>{TEXT.history.who[outcome.who]}</span>{' '}
              <span class="mono">{outcomeLine(outcome)}</span>
            </li>
          ))}
      </ol>
    </>
  );
}
