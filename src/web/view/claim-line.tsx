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
  const { title, access, verdict } = replay;
  const { counterexample } = verdict;
  const words = TEXT.claim;
  return (
    <p class={counterexample === undefined ? 'claim is-kept' : 'claim is-broken'} data-claim role="status">
      <b>{counterexample === undefined ? words.holds : words.fails}</b> {title === '' ? verdict.title : title}{' '}
      {counterexample !== undefined && <span>{words.because(counterexample.text)} </span>}
      {counterexample?.mend !== undefined && <em>{words.mend(counterexample.mend)} </em>}
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
