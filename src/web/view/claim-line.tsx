import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { counterexampleNow } from '../machine-link.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';

/** The claim that fails on a machine, if the machine is a counterexample: judged again after all that is done to it. */
export function ClaimLine({ page }: { readonly page: Page }): JSX.Element | null {
  const { session } = page;
  const replay = useMemo(() => counterexampleNow(session), [session, session.mmu, session.outcomes.length]);
  if (replay === undefined) return null;
  const { access } = replay;
  const words = TEXT.claim;
  const broken = replay.words;
  return (
    <p class={broken === undefined ? 'claim is-kept' : 'claim is-broken'} data-claim role="status">
      <b>{broken === undefined ? words.holds : words.fails}</b> {words.title(replay)}{' '}
      {broken !== undefined && <span>{words.because(words.say(broken.text))} </span>}
      {broken?.mend !== undefined && <em>{words.mend(words.say(broken.mend))} </em>}
      {access !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => page.look({ linear: access.linear, access: access.kind, step: undefined })}
        >
          {words.look}
        </button>
      )}
    </p>
  );
}
