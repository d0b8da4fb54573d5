import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import { ROLES } from '../roles.ts';
import { TEXT } from '../text.en.ts';
import { HexGrid } from './hex-grid.tsx';

/** What the hex view shows: a frame that was chosen, or the last entry that the walk has read. */
export function shownByte(page: Page): {
  readonly frame: number;
  readonly offset: number;
  readonly follows: boolean;
} {
  const { view, report, session } = page;
  if (view.frame !== undefined) return { frame: view.frame, offset: view.offset, follows: false };
  const step = report.steps[Math.min((view.step ?? report.steps.length) - 1, report.steps.length - 1)];
  const address = step?.entryAddress ?? report.cr3;
  const frame = Math.floor(address / 4096);
  const last = session.machine.memory.frameCount - 1;
  return { frame: Math.min(frame, last), offset: address % 4096, follows: true };
}

/** The bytes of one frame, 256 at a time; any can be changed. */
export function MemoryPanel({ page }: { readonly page: Page }): JSX.Element {
  const { session, roles } = page;
  const { memory, domain } = session.machine;
  const { frame, offset, follows } = shownByte(page);
  const address = frame * 4096 + offset;
  const role = ROLES[roles.roles[frame] ?? -1];
  const pageIndex = roles.pages[frame] ?? -1;
  const move = (by: number): void => {
    const next = Math.min(Math.max(address + by, 0), memory.sizeBytes - 1);
    page.look({ frame: Math.floor(next / 4096), offset: next % 4096 });
  };
  return (
    <section id="memory" class="panel" aria-labelledby="memory-title">
      <header class="panel-head">
        <h2 id="memory-title">{TEXT.memory.title}</h2>
        <p>{TEXT.memory.subtitle}</p>
      </header>
      <div class="memory-head">
        <FrameInput page={page} frame={frame} />
        <p>
          {role !== undefined && (
            <span class="role-name">
              <svg width="22" height="16" aria-hidden="true">
                <rect class="box" x="0.5" y="0.5" width="21" height="15" rx="3" fill={`url(#role-${role})`} />
              </svg>{' '}
              {TEXT.roles[role]}
            </span>
          )}
          {pageIndex >= 0 && domain !== undefined && (
            <span class="dim">
              {' '}
              {TEXT.memory.page(pageIndex, formatAddress(domain.loadAddress + pageIndex * 4096))}
            </span>
          )}
        </p>
        {follows ? (
          <span class="hint">{TEXT.memory.following}</span>
        ) : (
          <button type="button" onClick={() => page.look({ frame: undefined, offset: 0 })}>
            {TEXT.memory.follow}
          </button>
        )}
      </div>
      <HexGrid page={page} address={address} />
      <div class="memory-foot">
        <div class="pager">
          <button type="button" onClick={() => move(-256)}>
            {TEXT.memory.previous}
          </button>
          <button type="button" onClick={() => move(256)}>
            {TEXT.memory.next}
          </button>
          <span class="hint">{TEXT.memory.keys}</span>
        </div>
        <ByteEditor page={page} address={address} />
      </div>
    </section>
  );
}

function FrameInput({ page, frame }: { readonly page: Page; readonly frame: number }): JSX.Element {
  const id = useId();
  const [text, setText] = useState('');
  const [bad, setBad] = useState(false);
  const last = page.session.machine.memory.frameCount - 1;
  useEffect(() => {
    setText(`0x${frame.toString(16)}`);
    setBad(false);
  }, [frame]);
  const commit = (): void => {
    const hex = text.trim().toLowerCase().replace(/^0x/, '');
    const value = /^[0-9a-f]{1,7}$/.test(hex) ? Number.parseInt(hex, 16) : Number.NaN;
    setBad(!(value <= last));
    if (value <= last && value !== frame) page.look({ frame: value, offset: 0 });
  };
  return (
    <label class="select">
      <span>{TEXT.memory.frame}</span>
      <input
        id={id}
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
  const value = page.session.machine.memory.readUint8(address);
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
      <label class="select">
        <span>{TEXT.memory.byteAt(formatAddress(address), value.toString(16).padStart(2, '0'))}</span>
        <input
          class="mono"
          type="text"
          size={4}
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
