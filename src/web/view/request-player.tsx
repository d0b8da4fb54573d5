import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import { type Request, requestNumbers, requestsOf } from '../requests.ts';
import { TEXT } from '../words/index.ts';

/** The builder at work: memory as it is after each of its requests to Xen; walk and map follow. */
export function RequestPlayer({ page }: { readonly page: Page }): JSX.Element | null {
  const { session } = page;
  const { domain } = session.machine;
  const requests = useMemo(() => (domain === undefined ? [] : requestsOf(domain)), [domain]);
  if (domain === undefined) return null;
  // Before anything is done, all is built.
  const last = session.outcomes.findLast(({ action }) => action.kind === 'built')?.action;
  const done = last?.kind === 'built' ? last.requests : requests.length;
  const request = requests[done - 1];

  const go = (count: number): void => {
    page.act({ kind: 'built', requests: count });
    const reached = requests[count - 1];
    if (reached === undefined || reached.kind === 'm2p') return;
    const { page: index, pointer, kind } = reached;
    page.look({
      // The pin is about the directory, but the work begins with the first page.
      linear: domain.loadAddress + (kind === 'pin' ? 0 : index) * 4096,
      byte: pointer - (pointer % 4),
    });
  };
  const goToNext = (matches: (request: Request) => boolean): void => {
    const next = requests.findIndex((one, i) => i >= done && matches(one));
    if (next >= 0) go(next + 1);
  };
  const { requests: words } = TEXT;
  const tables = requests.slice(0, done).filter(({ kind }) => kind === 'pde').length;
  return (
    <div class="requests">
      <p class="caption">{words.position(done, requests.length)}</p>
      <progress value={done} max={requests.length} aria-label={words.position(done, requests.length)} />
      {request !== undefined && <p class="mono request-numbers">{requestNumbers(request)}</p>}
      <p aria-live="polite">
        {request === undefined ? words.none : words[request.kind](formatAddress(request.value), request.page)}
      </p>
      <div class="lesson-buttons">
        <button type="button" data-request="restart" onClick={() => go(0)}>
          {words.restart}
        </button>
        <button type="button" data-request="back" disabled={done === 0} onClick={() => go(done - 1)}>
          {words.back}
        </button>
        <button
          type="button"
          data-request="forward"
          disabled={done === requests.length}
          onClick={() => go(done + 1)}
        >
          {words.forward}
        </button>
        <button type="button" data-request="table" onClick={() => goToNext(({ kind }) => kind === 'pde')}>
          {words.table}
        </button>
        <button
          type="button"
          data-request="readonly"
          onClick={() => goToNext(({ kind, value }) => kind === 'pte' && (value & 2) === 0)}
        >
          {words.readOnly}
        </button>
        <button type="button" data-request="all" onClick={() => go(requests.length)}>
          {words.all}
        </button>
      </div>
      <ul class="taken" aria-label={words.taken} title={words.taken}>
        {done > 0 && (
          <li class="chip">
            <b>D</b> {words.page(domain.pageCount - 1)}
          </li>
        )}
        {Array.from({ length: tables }, (_, i) => (
          <li key={i} class="chip">
            <b>{i + 1}</b> {words.page(domain.pageCount - 2 - i)}
          </li>
        ))}
      </ul>
    </div>
  );
}
