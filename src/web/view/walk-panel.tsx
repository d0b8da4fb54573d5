import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { Access } from '../../index.ts';
import { lastStepOf } from '../narrate.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';
import { AddressBits } from './address-bits.tsx';
import { AddressInput } from './address-input.tsx';
import { Choice } from './choice.tsx';
import { EntryCard } from './entry-card.tsx';
import { MachineControls } from './machine-controls.tsx';
import { ResultCard } from './result-card.tsx';
import { StepControls } from './step-controls.tsx';
import { WalkDrawing } from './walk-drawing.tsx';

/** Xen's code, in its direct map of machine memory: physical 1 MiB. */
const XEN_IMAGE = 0xfc50_0000;

/** From a linear address to a byte, one table after another. */
export function WalkPanel({ page }: { readonly page: Page }): JSX.Element {
  const { report, view } = page;
  const last = lastStepOf(report);
  const shown = Math.min(view.step ?? last, last);
  const ladder = useRef<HTMLDivElement>(null);
  const [earlier, remember] = useState(view.step);
  // Who goes on step by step wants to see the step, wherever the page has been scrolled to.
  useEffect(() => {
    if (view.step === undefined || view.step === earlier) return;
    remember(view.step);
    ladder.current?.children[shown]?.scrollIntoView({ block: 'nearest' });
  }, [view.step, earlier, shown]);
  const state = (step: number): string =>
    `rung${step > shown ? ' is-ahead' : ''}${view.step !== undefined && step === shown ? ' is-lit' : ''}`;
  const kind = view.access & 3;
  const user = view.access & 4;
  const choose = (access: number): void => page.look({ access: access as Access });
  return (
    <section id="walk" class="panel" aria-labelledby="walk-title">
      <header class="panel-head">
        <h2 id="walk-title">{TEXT.walk.title}</h2>
        <p>{TEXT.walk.subtitle}</p>
      </header>
      <div class="ask">
        <AddressInput page={page} />
        <div class="ask-who">
          <Choice
            label={TEXT.walk.who}
            options={[
              [0, TEXT.walk.ring.kernel],
              [4, TEXT.walk.ring.user],
            ]}
            value={user}
            onChoose={(value) => choose(kind | value)}
          />
          <Choice
            label={TEXT.walk.what}
            options={TEXT.walk.kinds.map((name, i) => [i, name] as const)}
            value={kind}
            onChoose={(value) => choose(value | user)}
          />
          <div class="do">
            <button
              type="button"
              class="primary"
              data-do="access"
              title={TEXT.walk.doHint}
              onClick={() => {
                const { linear, access, limit } = view;
                page.act({ kind: 'access', linear, access, ...(limit && { limited: true }) });
              }}
            >
              {TEXT.walk.do}
            </button>
            <p class="hint">{TEXT.walk.doHint}</p>
          </div>
        </div>
      </div>
      <Places page={page} />
      <AddressBits page={page} />
      <StepControls page={page} />
      <TlbNote page={page} />
      <div class="ladder" ref={ladder}>
        {report.mode === 'off' ? (
          <p class="note">{TEXT.walk.off}</p>
        ) : (
          <div class={state(0)}>
            <article class="card cr3">
              <header class="card-head">
                <h3 class="mono">CR3</h3>
                <p class="mono big">{formatAddress(report.cr3)}</p>
                <p>{TEXT.say.cr3(formatAddress(report.cr3))}</p>
              </header>
            </article>
          </div>
        )}
        {report.steps.map((step, i) => (
          <div key={step.kind} class={state(i + 1)}>
            <EntryCard page={page} step={step} />
          </div>
        ))}
        <div class={state(last)}>
          <ResultCard page={page} />
        </div>
      </div>
      <WalkDrawing page={page} />
      <MachineControls page={page} />
    </section>
  );
}

/** Addresses worth a look. */
function Places({ page }: { readonly page: Page }): JSX.Element | null {
  const { domain } = page.session.machine;
  if (domain === undefined) return null;
  // Of Xen's many parts two say all that there is to say: the table that guests may read, and the rest.
  const guest = domain.layout.filter(({ firstPage }) => firstPage !== undefined);
  const xen = domain.layout.filter(({ firstPage }) => firstPage === undefined).slice(0, 2);
  const places = [
    { name: TEXT.walk.nowhere, start: 0x0804_8000 },
    ...guest,
    ...xen.map(({ start }, i) => ({
      name: TEXT.walk.xenPlaces[i] ?? '',
      start: i === 0 ? start : XEN_IMAGE,
    })),
  ];
  return (
    <div class="places">
      <span class="caption">{TEXT.walk.places}</span>
      {places.map(({ name, start }) => (
        <button
          key={name}
          type="button"
          class="pill"
          data-place={name}
          onClick={() => page.look({ linear: start })}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** The walk is what memory says; the TLB may know something else. */
function TlbNote({ page }: { readonly page: Page }): JSX.Element | null {
  const { mmu } = page.session;
  const entry = mmu.tlb.lookup(page.view.linear);
  if (entry === undefined) return null;
  const stale = mmu.tlb.stale().some((other) => other.entry.linear === entry.linear);
  return <p class={stale ? 'note is-bad' : 'note'}>{stale ? TEXT.walk.tlbStale : TEXT.walk.tlbHit}</p>;
}
