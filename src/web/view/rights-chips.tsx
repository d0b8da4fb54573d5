import type { JSX } from 'preact';
import type { Rights } from '../../index.ts';
import { TEXT } from '../text.en.ts';

/** The rights that all entries so far leave; a mark and a word, not colour alone. */
export function RightsChips({ rights }: { readonly rights: Rights }): JSX.Element {
  const chip = (right: keyof Rights): JSX.Element => (
    <li class={rights[right] ? 'chip is-yes' : 'chip is-no'}>
      <span aria-hidden="true">{rights[right] ? '✓' : '✗'}</span>{' '}
      {TEXT.walk.right[right][rights[right] ? 1 : 0]}
    </li>
  );
  return (
    <div class="rights">
      <span class="caption">{TEXT.walk.rightsSoFar}</span>
      <ul>
        {chip('writable')}
        {chip('user')}
        {!rights.executable && chip('executable')}
      </ul>
    </div>
  );
}
