import type { JSX } from 'preact';
import { ACCESS_FETCH_BIT, ACCESS_WRITE_BIT, formatAddress } from '../../arch/index.ts';
import { actsDone } from '../lessons/lesson.ts';
import type { Page } from '../page.ts';
import { type Action, actorOf } from '../session.ts';
import { TEXT } from '../words/index.ts';

/** An action as the instruction that does it. */
export function instructionOf(action: Action): string {
  switch (action.kind) {
    case 'access': {
      const at = `[${formatAddress(action.linear)}]`;
      if ((action.access & ACCESS_FETCH_BIT) !== 0) return `jmp ${formatAddress(action.linear)}`;
      if ((action.access & ACCESS_WRITE_BIT) === 0) return `mov eax, ${at}`;
      return action.value === undefined ? `mov ${at}, eax` : `mov ${at}, ${formatAddress(action.value)}`;
    }
    case 'register':
      return `mov ${action.name}, ${formatAddress(action.value)}`;
    case 'invlpg':
      return `invlpg [${formatAddress(action.linear)}]`;
    case 'sweep':
      return `mov eax, [${formatAddress(action.linear)} + i × 4096], ${TEXT.acts.loop(action.pages)}`;
    case 'copy':
      return TEXT.acts.copy(formatAddress(action.from), formatAddress(action.to));
    case 'word':
      return `[${formatAddress(action.physical)}] ← ${formatAddress(action.value)}`;
    default:
      return '';
  }
}

interface ActListProps {
  readonly page: Page;
  readonly acts: readonly Action[];
  readonly since: number;
}

/** What is to be run in a step: one thing after the other, each with who does it and what came of it. */
export function ActList({ page, acts, since }: ActListProps): JSX.Element {
  const outcomes = page.session.outcomes.slice(since);
  const done = actsDone(acts, outcomes);
  const words = TEXT.acts;
  return (
    <ol class="acts">
      {acts.map((action, i) => {
        const who = actorOf(action, page.session.hasXen);
        const faulted = i < done && hasFaulted(action, outcomes);
        return (
          <li key={i} class={i < done ? 'is-done' : i === done ? 'is-next' : ''}>
            <span class={`who is-${who}`}>{TEXT.history.who[who]}</span>
            <code>{instructionOf(action)}</code>
            {i < done ? (
              <span class={faulted ? 'act-result is-bad' : 'act-result is-good'}>
                {faulted ? `✗ ${words.result.fault}` : `✓ ${words.result.ok}`}
              </span>
            ) : (
              <button
                type="button"
                data-act={i}
                aria-disabled={i !== done}
                onClick={() => i === done && perform(page, action)}
              >
                {words.run}
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function hasFaulted(action: Action, outcomes: Page['session']['outcomes']): boolean {
  const wanted = instructionOf(action);
  return outcomes.some((outcome) => outcome.fault !== undefined && instructionOf(outcome.action) === wanted);
}

/** Does it, and looks where it is done. */
export function perform(page: Page, action: Action): void {
  if (action.kind === 'access') {
    page.look({ linear: action.linear, access: action.access, xen: action.xen === true, step: undefined });
  }
  if (action.kind === 'sweep' || action.kind === 'invlpg') page.look({ linear: action.linear });
  page.act(action);
}
