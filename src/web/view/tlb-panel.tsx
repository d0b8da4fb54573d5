import type { JSX } from 'preact';
import { accessName, formatAddress } from '../../arch/index.ts';
import { formatBytes, rightsText } from '../../render/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';

/** What the CPU remembers, what of it is stale, and the two ways to make it forget. */
export function TlbPanel({ page }: { readonly page: Page }): JSX.Element {
  const { session } = page;
  const { mmu } = session;
  const entries = mmu.tlb.entries();
  const stale = new Map(mmu.tlb.stale().map((one) => [String(one.entry.linear), one.differs]));
  const canInvlpg = mmu.cpu.invlpg === true;
  return (
    <section id="tlb" class="panel" aria-labelledby="tlb-title">
      <header class="panel-head">
        <h2 id="tlb-title">{TEXT.tlb.title}</h2>
        <p>{TEXT.tlb.subtitle}</p>
      </header>
      {entries.length === 0 ? (
        <p class="empty">{TEXT.tlb.empty}</p>
      ) : (
        <section class="scroll" aria-label={TEXT.tlb.title} tabIndex={-1}>
          <table class="tlb">
            <thead>
              <tr>
                {TEXT.tlb.head.map((name) => (name === '' ? <td key="" /> : <th key={name}>{name}</th>))}
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => {
                const linear = Number(entry.linear);
                const why = stale.get(String(entry.linear));
                return (
                  <tr key={linear} class={why === undefined ? '' : 'is-stale'}>
                    <td>
                      <button type="button" class="link mono" onClick={() => page.look({ linear })}>
                        {formatAddress(linear)}
                      </button>
                      {entry.pageSize > entry.bytes && (
                        <span class="dim"> {TEXT.tlb.large(formatBytes(entry.pageSize))}</span>
                      )}
                    </td>
                    <td class="mono">{formatAddress(entry.physical)}</td>
                    <td class="mono">
                      {rightsText(entry.rights)}
                      {entry.dirty && ' D'}
                      {entry.global && ' G'}
                    </td>
                    <td>{accessName(entry.filledBy)}</td>
                    <td>
                      {why === undefined ? (
                        <span class="chip is-yes">
                          <span aria-hidden="true">✓</span> {TEXT.tlb.fresh}
                        </span>
                      ) : (
                        <span class="chip is-no">
                          <span aria-hidden="true">✗</span> {TEXT.tlb.stale}:{' '}
                          {why.map((one) => TEXT.tlb.why[one]).join(', ')}
                        </span>
                      )}
                    </td>
                    <td>
                      <button
                        type="button"
                        data-invlpg={linear}
                        aria-label={TEXT.tlb.invlpgOf(formatAddress(linear))}
                        disabled={!canInvlpg}
                        onClick={() => page.act({ kind: 'invlpg', linear })}
                      >
                        {TEXT.tlb.invlpg}
                      </button>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
      <p class="pager">
        <button
          type="button"
          data-do="cr3"
          onClick={() => page.act({ kind: 'register', name: 'cr3', value: mmu.cr3 })}
        >
          {TEXT.tlb.loadCr3}
        </button>
        <span class="hint">{TEXT.tlb.loadCr3Hint}</span>
        {!canInvlpg && <span class="hint">{TEXT.tlb.noInvlpg(session.cpu)}</span>}
      </p>
      <History page={page} />
    </section>
  );
}

/** The last things that were done, newest first. */
function History({ page }: { readonly page: Page }): JSX.Element {
  const outcomes = page.session.outcomes.slice(-8).reverse();
  const total = page.session.outcomes.length;
  return (
    <div class="history">
      <h3>{TEXT.history.title}</h3>
      {outcomes.length === 0 ? (
        <p class="hint">{TEXT.history.empty}</p>
      ) : (
        <ol reversed start={total}>
          {outcomes.map((outcome, i) => (
            <li key={total - i}>
              <span class="mono">{TEXT.history.line(outcome)}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
