import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { cr3Address, formatAddress } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import { ROLES } from '../page-machine.ts';
import { bytesAt } from '../ram.ts';
import { roleName } from '../roles.ts';
import { TEXT } from '../words/index.ts';
import { HexGrid } from './hex-grid.tsx';

/** What the hex view shows: a byte that was chosen, or the last entry that the walk has read. */
function shownByte(page: Page): { readonly address: number; readonly follows: boolean } {
  const { view, report, session } = page;
  const last = session.machine.memory.sizeBytes - 1;
  if (view.byte !== undefined) return { address: Math.min(view.byte, last), follows: false };
  const step = report.steps[Math.min((view.step ?? report.steps.length) - 1, report.steps.length - 1)];
  return { address: Math.min(step?.entryAddress ?? cr3Address(report.cr3), last), follows: true };
}

/** The bytes of one frame; any can be changed. */
export function MemoryPanel({ page }: { readonly page: Page }): JSX.Element {
  const { session, roles } = page;
  const { memory, domain } = session.machine;
  const { address, follows } = shownByte(page);
  const frame = Math.floor(address / 4096);
  const role = ROLES[roles.roles[frame] ?? -1];
  const pageIndex = roles.pages[frame] ?? -1;
  const move = (by: number): void =>
    page.look({ byte: Math.min(Math.max(address + by, 0), memory.sizeBytes - 1) });
  return (
    <div class="memory">
      <div class="memory-side">
        <FrameInput page={page} frame={frame} />
        {role !== undefined && (
          <p class="role-name">
            <svg width="22" height="16" aria-hidden="true">
              <rect class="box" x="0.5" y="0.5" width="21" height="15" rx="3" fill={`url(#role-${role})`} />
            </svg>{' '}
            {roleName(role, page.session.machine)}
          </p>
        )}
        {pageIndex >= 0 && domain !== undefined && (
          <p class="hint">
            {TEXT.memory.page(pageIndex, formatAddress(domain.loadAddress + pageIndex * 4096))}
          </p>
        )}
        <ByteEditor page={page} address={address} />
        <div class="pager">
          <button type="button" aria-label={TEXT.memory.previous} onClick={() => move(-256)}>
            ▲
          </button>
          <button type="button" aria-label={TEXT.memory.next} onClick={() => move(256)}>
            ▼
          </button>
          <button
            type="button"
            data-follow
            aria-pressed={follows}
            onClick={() => page.look({ byte: follows ? address : undefined })}
          >
            {TEXT.memory.follow}
          </button>
        </div>
        <p class="hint">{TEXT.memory.keys}</p>
      </div>
      <HexGrid page={page} address={address} />
    </div>
  );
}

function FrameInput({ page, frame }: { readonly page: Page; readonly frame: number }): JSX.Element {
  const [text, setText] = useState('');
  const [bad, setBad] = useState(false);
  const last = page.session.machine.memory.frameCount - 1;
  useEffect(() => {
    setText(`0x${frame.toString(16)}`);
    setBad(false);
  }, [frame]);
  const commit = (): void => {
    const hex = text.trim().toLowerCase().replace(/^0x/, '');
    const value = /^[0-9a-f]{1,9}$/.test(hex) ? Number.parseInt(hex, 16) : Number.NaN;
    setBad(!(value <= last));
    if (value <= last && value !== frame) page.look({ byte: value * 4096 });
  };
  return (
    <label class="inline">
      <span>{TEXT.memory.frame}</span>
      <input
        class="mono"
        type="text"
        size={9}
        autoComplete="off"
        spellcheck={false}
        value={text}
        aria-invalid={bad}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
        onBlur={commit}
      />
      {bad && <span class="hint is-bad">{TEXT.memory.badFrame(`0x${last.toString(16)}`)}</span>}
    </label>
  );
}

/** For fingers: a field for the selected byte. */
function ByteEditor({ page, address }: { readonly page: Page; readonly address: number }): JSX.Element {
  const value = bytesAt(page.session.machine.memory, address, 1)[0]!;
  const [text, setText] = useState('');
  const [bad, setBad] = useState(false);
  useEffect(() => {
    setText(value.toString(16).padStart(2, '0'));
    setBad(false);
  }, [address, value]);
  const write = (): void => {
    const good = /^[0-9a-f]{1,2}$/i.test(text.trim());
    setBad(!good);
    if (good) page.act({ kind: 'byte', physical: address, value: Number.parseInt(text, 16) });
  };
  return (
    <form
      class="byte-editor"
      onSubmit={(event) => {
        event.preventDefault();
        write();
      }}
    >
      <label class="inline">
        <span>{TEXT.memory.byteAt(formatAddress(address), value.toString(16).padStart(2, '0'))}</span>
        <input
          class="mono"
          type="text"
          size={3}
          maxLength={2}
          autoComplete="off"
          value={text}
          aria-invalid={bad}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{TEXT.memory.set}</button>
      {bad && <span class="hint is-bad">{TEXT.memory.badByte}</span>}
    </form>
  );
}
