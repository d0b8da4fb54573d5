import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import { requestNumbers, requestsOf } from '../requests.ts';
import { TEXT } from '../text.en.ts';

/** The builder at work: its requests to Xen, one by one; the walk follows. */
export function RequestPlayer({ page }: { readonly page: Page }): JSX.Element | null {
  const { domain } = page.session.machine;
  const requests = useMemo(() => (domain === undefined ? [] : requestsOf(domain)), [domain]);
  const [at, setAt] = useState(0);
  const request = requests[at];
  if (domain === undefined || request === undefined) return null;
  const go = (to: number): void => {
    const next = Math.min(Math.max(to, 0), requests.length - 1);
    setAt(next);
    const { page: index, pointer, kind } = requests[next]!;
    page.look({
      // The pin is about the directory, but the work begins with the first page.
      linear: domain.loadAddress + (kind === 'pin' ? 0 : index) * 4096,
      ...(kind !== 'm2p' && { frame: Math.floor(pointer / 4096), offset: (pointer & ~3) % 4096 }),
    });
  };
  const jump = (matches: (value: number) => boolean): void => {
    const next = requests.findIndex(({ kind, value }, i) => i > at && kind === 'pte' && matches(value));
    if (next >= 0) go(next);
  };
  const { requests: words } = TEXT;
  const tablesSoFar = requests.slice(0, at + 1).filter(({ kind }) => kind === 'pde').length;
  return (
    <div class="requests">
      <p class="caption">{words.position(at + 1, requests.length)}</p>
      <p class="mono request-numbers">{requestNumbers(request)}</p>
      <p aria-live="polite">{words[request.kind](formatAddress(request.value), request.page)}</p>
      <p class="caption">{words.taken}</p>
      <ul class="taken">
        <li class="chip">
          <b>D</b> {words.page(domain.pageCount - 1)}
        </li>
        {Array.from({ length: tablesSoFar }, (_, i) => (
          <li key={i} class="chip">
            <b>{i + 1}</b> {words.page(domain.pageCount - 2 - i)}
          </li>
        ))}
      </ul>
      <div class="lesson-buttons">
        <button type="button" data-request="back" disabled={at === 0} onClick={() => go(at - 1)}>
          {words.back}
        </button>
        <button type="button" data-request="forward" onClick={() => go(at + 1)}>
          {words.forward}
        </button>
        <button
          type="button"
          data-request="table"
          onClick={() => {
            const next = requests.findIndex(({ kind }, i) => i > at && kind === 'pde');
            if (next >= 0) go(next);
          }}
        >
          {words.table}
        </button>
        <button type="button" data-request="readonly" onClick={() => jump((value) => (value & 2) === 0)}>
          {words.readOnly}
        </button>
      </div>
    </div>
  );
}
