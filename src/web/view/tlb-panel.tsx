import type { JSX } from 'preact';
import { formatAddress } from '../../arch/index.ts';
import type { TlbEntry } from '../../mmu/index.ts';
import { formatBytes, rightsText } from '../../render/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { TimeStrip } from './time-strip.tsx';

/** What the CPU remembers, what of it is stale, and the two ways to make it forget. */
export function TlbPanel({ page }: { readonly page: Page }): JSX.Element {
  const { session } = page;
  const { mmu } = session;
  const entries = mmu.tlb.entries();
  const stale = new Map(mmu.tlb.stale().map((one) => [String(one.entry.linear), one.differs]));
  const canInvlpg = mmu.cpu.invlpg === true;
  const words = TEXT.tlb;
  return (
    <div class="tlb-panel">
      <TimeStrip page={page} />
      <p class="tlb-tools">
        <button
          type="button"
          data-do="cr3"
          onClick={() => page.act({ kind: 'register', name: 'cr3', value: Number(mmu.cr3) })}
        >
          {words.loadCr3}
        </button>
        <span class="hint">{words.loadCr3Hint}</span>
        {!canInvlpg && <span class="hint">{words.noInvlpg(session.cpu ?? '')}</span>}
      </p>
      {entries.length === 0 ? (
        <p class="empty">{words.empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
        <section class="scroll" aria-label={words.title} tabIndex={0}>
          <table class="tlb">
            <thead>
              <tr>
                <th>
                  <span class="unseen">{words.action}</span>
                </th>
                {words.head.map((name) => (
                  <th key={name}>{name}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <Entry
                  key={String(entry.linear)}
                  page={page}
                  entry={entry}
                  why={stale.get(String(entry.linear))}
                  canInvlpg={canInvlpg}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

interface EntryProps {
  readonly page: Page;
  readonly entry: TlbEntry;
  /** In what it differs from memory. */
  readonly why: readonly string[] | undefined;
  readonly canInvlpg: boolean;
}

function Entry({ page, entry, why, canInvlpg }: EntryProps): JSX.Element {
  const { linear } = entry;
  const words = TEXT.tlb;
  return (
    <tr class={why === undefined ? '' : 'is-stale'}>
      <td>
        <button
          type="button"
          data-invlpg={linear.toString()}
          aria-label={words.invlpgOf(formatAddress(linear))}
          disabled={!canInvlpg}
          onClick={() => page.act({ kind: 'invlpg', linear })}
        >
          {words.invlpg}
        </button>
      </td>
      <td>
        <button type="button" class="link mono" onClick={() => page.look({ linear })}>
          {formatAddress(linear)}
        </button>
        {entry.pageSize > entry.bytes && <span class="dim"> {words.large(formatBytes(entry.pageSize))}</span>}
      </td>
      <td class="mono">{formatAddress(entry.physical)}</td>
      <td class="mono">
        {rightsText(entry.rights)}
        {entry.dirty && ' D'}
        {entry.global && ' G'}
      </td>
      <td>{words.filledBy(entry.filledBy)}</td>
      <td>
        {why === undefined ? (
          <span class="chip is-yes">
            <span aria-hidden="true">✓</span> {words.fresh}
          </span>
        ) : (
          <span class="chip is-no">
            <span aria-hidden="true">✗</span> {words.stale}: {why.map((one) => words.why[one]).join(', ')}
          </span>
        )}
      </td>
    </tr>
  );
}
