import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatAddress, WRITE } from '../../arch/index.ts';
import type { UpdateAnswer } from '../../xen/index.ts';
import { ASKS, type AskName, askFor, seenAt, translatedBy } from '../asks.ts';
import { codeText, faultName, refusalSentence, resultText } from '../narrate.ts';
import type { Page } from '../page.ts';
import { DEFAULT_SCENARIO } from '../scenario.ts';
import type { Outcome } from '../session.ts';
import { TEXT } from '../words/index.ts';
import type { Update } from '../xen-below.ts';
import { perform } from './act-list.tsx';
import { parseAddress } from './address-field.tsx';

/** The same entry twice: written by the kernel itself, and asked of Xen. */
export function XenPanel({ page }: { readonly page: Page }): JSX.Element {
  if (!page.session.canAsk) return <NoXen page={page} />;
  return <Asking page={page} />;
}

function NoXen({ page }: { readonly page: Page }): JSX.Element {
  return (
    <p class="empty">
      {TEXT.xen.absent}{' '}
      <button type="button" onClick={() => page.start(DEFAULT_SCENARIO)}>
        {TEXT.xen.build}
      </button>
    </p>
  );
}

interface Edited {
  readonly ask: AskName;
  readonly session: Page['session'];
  readonly texts: readonly (readonly [string, string])[];
}

function Asking({ page }: { readonly page: Page }): JSX.Element {
  const { session, view, roles } = page;
  const words = TEXT.xen;
  const example = askFor(view.ask, session);
  // What was written by hand belongs to this example on this machine.
  const [edited, setEdited] = useState<Edited>();
  const isEdited = edited?.ask === view.ask && edited.session === session;
  const texts = isEdited ? edited.texts : textsOf(example);
  const setTexts = (next: Edited['texts']): void => setEdited({ ask: view.ask, session, texts: next });
  const updates = texts.map(([pointer, value]) => [parse(pointer), parse(value)] as const);
  const isGood = updates.every((update): update is Update => update.every((word) => word !== undefined));
  const [first] = updates;
  const frame = Math.floor((first?.[0] ?? 0) / 4096);
  const seen = seenAt(session.machine.domain!, roles.pages[frame] ?? -1, first?.[0] ?? 0);
  const own = lastOf(
    page,
    ({ action }) => action.kind === 'access' && action.linear === seen && (action.access & 1) !== 0,
  );
  const asked = lastOf(page, ({ action }) => action.kind === 'ask');
  const write = (): void => {
    if (seen === undefined || first?.[1] === undefined) return;
    perform(page, { kind: 'access', linear: seen, access: WRITE, value: first[1] });
  };
  const ask = (): void => {
    if (!isGood) return;
    perform(page, { kind: 'ask', updates });
  };
  return (
    <div class="xen-panel">
      <form
        class="xen-ask"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <label class="select">
          <span>{words.what}</span>
          <select
            data-ask
            value={view.ask}
            onChange={(event) => {
              const name = event.currentTarget.value as AskName;
              const linear = translatedBy(session, askFor(name, session)[0]![0]) ?? view.linear;
              page.look({ ask: name, linear, access: WRITE, step: undefined });
            }}
          >
            {ASKS.map((name) => (
              <option key={name} value={name}>
                {words.asks[name]}
              </option>
            ))}
          </select>
        </label>
        <p class="updates-head" aria-hidden="true">
          {words.columns.map((column) => (
            <span key={column}>{column}</span>
          ))}
        </p>
        <ol class="updates">
          {texts.map((pair, i) => (
            <li key={i}>
              {[0, 1].map((side) => (
                <Word
                  key={side}
                  label={side === 0 ? words.pointer(i + 1) : words.value(i + 1)}
                  text={pair[side]!}
                  onText={(text) =>
                    setTexts(
                      texts.map((old, j) => (j !== i ? old : side === 0 ? [text, old[1]] : [old[0], text])),
                    )
                  }
                />
              ))}
            </li>
          ))}
        </ol>
        <p class="xen-buttons">
          <button type="button" data-xen="write" disabled={seen === undefined} onClick={write}>
            {words.write}
          </button>
          <button type="submit" class="primary" data-xen="ask" disabled={!isGood}>
            {words.ask}
          </button>
        </p>
      </form>
      <div class="xen-answers" aria-live="polite">
        <section class={stateOf(own, own?.fault !== undefined)} data-answer="own">
          <h2>{words.own}</h2>
          <p>{seen === undefined ? words.notSeen : ownText(own)}</p>
        </section>
        <section class={stateOf(asked, asked?.answer?.refusal !== undefined)} data-answer="xen">
          <h2>
            {words.answer} {asked?.answer !== undefined && <b class="mono">{resultText(asked.answer)}</b>}
          </h2>
          <p>{asked?.answer === undefined ? words.notYet : answerText(asked, asked.answer)}</p>
        </section>
        <p class="hint">{words.lead}</p>
      </div>
    </div>
  );
}

interface WordProps {
  readonly label: string;
  readonly text: string;
  onText(text: string): void;
}

function Word({ label, text, onText }: WordProps): JSX.Element {
  const isBad = parse(text) === undefined;
  return (
    <input
      class="mono"
      type="text"
      size={11}
      autoComplete="off"
      spellcheck={false}
      aria-label={label}
      title={isBad ? TEXT.xen.bad : label}
      value={text}
      aria-invalid={isBad}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  );
}

function textsOf(updates: readonly Update[]): [string, string][] {
  return updates.map(([pointer, value]) => [formatAddress(pointer), formatAddress(value)]);
}

function parse(text: string): number | undefined {
  return parseAddress(text, 8) as number | undefined;
}

function lastOf(page: Page, matches: (outcome: Outcome) => boolean): Outcome | undefined {
  return page.session.outcomes.findLast(matches);
}

function stateOf(outcome: Outcome | undefined, isBad: boolean): string {
  return outcome === undefined ? 'xen-answer' : `xen-answer ${isBad ? 'is-bad' : 'is-good'}`;
}

function ownText(outcome: Outcome | undefined): string {
  const words = TEXT.xen;
  if (outcome === undefined) return words.notYet;
  const { fault, physical } = outcome;
  return fault === undefined
    ? words.through(formatAddress(physical ?? 0))
    : words.fault(faultName(fault.vector), codeText(fault.code));
}

function answerText({ action }: Outcome, answer: UpdateAnswer): string {
  const count = action.kind === 'ask' ? action.updates.length : 0;
  return answer.refusal === undefined ? TEXT.xen.done(count) : refusalSentence(count, answer);
}
