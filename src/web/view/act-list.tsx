import type { JSX } from 'preact';
import { ACCESS_FETCH_BIT, ACCESS_WRITE_BIT, formatAddress, WRITE } from '../../arch/index.ts';
import { translatedBy } from '../asks.ts';
import { actsDone } from '../lessons/lesson.ts';
import { refusalSentence, resultText, updateText } from '../narrate.ts';
import type { Page } from '../page.ts';
import { type Action, actorOf, type Outcome } from '../session.ts';
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
      return updateText([action.physical, action.value]);
    case 'ask':
      return ['mmu_update', ...action.updates.map(updateText)].join('\n  ');
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
  const outcomes = actsDone(acts, page.session.outcomes.slice(since));
  const done = outcomes.length;
  return (
    <ol class="acts">
      {acts.map((action, i) => {
        const who = actorOf(action, page.session.hasXen);
        const outcome = outcomes[i];
        return (
          <li key={i} class={i < done ? 'is-done' : i === done ? 'is-next' : ''}>
            <span class={`who is-${who}`}>{TEXT.history.who[who]}</span>
            <code>{instructionOf(action)}</code>
            {outcome !== undefined ? (
              <ActResult outcome={outcome} />
            ) : (
              <button
                type="button"
                data-act={i}
                aria-disabled={i !== done}
                onClick={() => i === done && perform(page, action)}
              >
                {TEXT.acts.run}
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function ActResult({ outcome }: { readonly outcome: Outcome }): JSX.Element {
  const { answer, fault, action } = outcome;
  if (answer !== undefined && action.kind === 'ask') {
    const { refusal } = answer;
    const text = refusalSentence(action.updates.length, answer);
    return (
      <>
        <span class={refusal ? 'act-result is-bad' : 'act-result is-good'}>
          {refusal ? '✗' : '✓'} {resultText(answer)}
        </span>
        {text !== '' && <p class="act-why">{text}</p>}
      </>
    );
  }
  const { result } = TEXT.acts;
  return fault ? (
    <span class="act-result is-bad">✗ {result.fault}</span>
  ) : (
    <span class="act-result is-good">✓ {result.ok}</span>
  );
}

/** Does it, and looks where it is done. */
export function perform(page: Page, action: Action): void {
  if (action.kind === 'access') {
    page.look({ linear: action.linear, access: action.access, xen: action.xen === true, step: undefined });
  }
  if (action.kind === 'ask') {
    const linear = translatedBy(page.session, action.updates[0]![0]) ?? page.view.linear;
    page.look({ linear, access: WRITE, xen: false, step: undefined });
  }
  if (action.kind === 'sweep' || action.kind === 'invlpg') page.look({ linear: action.linear });
  page.act(action);
}
