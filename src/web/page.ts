/** What the parts of the page share: the session, what is looked at, and the ways to change both. */

import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { accessName, formatAddress } from '../arch/index.ts';
import type { WalkReport } from '../index.ts';
import { decodeFragment, encodeFragment } from './fragment.ts';
import { guestSegment } from './guest-segment.ts';
import { advanced } from './lessons/index.ts';
import { binary, faultName } from './narrate.ts';
import { type FrameRoles, frameRoles } from './roles.ts';
import { DEFAULT_SCENARIO, type Machine, type Scenario, usualCpu } from './scenario.ts';
import { type Action, type Outcome, Session } from './session.ts';
import { TEXT } from './text.en.ts';
import { DEFAULT_VIEW, type View } from './view-state.ts';

/** Handed to every part of the page. */
export interface Page {
  readonly session: Session;
  readonly roles: FrameRoles;
  readonly view: View;
  /** The walk of the address looked at. */
  readonly report: WalkReport;
  /** The last thing that was said; read out by screen readers. */
  readonly message: string;
  /** Changes what is looked at. */
  look(change: Partial<View>): void;
  /** Does something to the machine. */
  act(action: Action): void;
  undo(): void;
  redo(): void;
  /** Everything as it was built. */
  reset(): void;
  /** Builds another machine; what was done to this one is gone. */
  start(scenario: Scenario, change?: Partial<View>): void;
  /** Shows a machine out of a file. */
  open(machine: Machine, change?: Partial<View>): void;
  say(message: string): void;
}

/** Time for a message to be read, in milliseconds. */
const MESSAGE_TIME = 8000;

interface State {
  session: Session;
  view: View;
  message: string;
}

function stateFromLink(hash: string): State {
  try {
    const { scenario, actions, view } = decodeFragment(hash.slice(1));
    return { session: Session.start(scenario, actions), view, message: '' };
  } catch (error) {
    const message = TEXT.actions.badLink((error as Error).message);
    return { session: Session.start(DEFAULT_SCENARIO), view: DEFAULT_VIEW, message };
  }
}

/** The fragment for a state; empty for a machine out of a file. */
export function fragmentOf(session: Session, view: View): string {
  const { scenario, actions } = session;
  return scenario === undefined ? '' : encodeFragment({ scenario, actions, view });
}

export function usePage(): Page {
  const state = useRef<State>(undefined as unknown as State);
  state.current ??= stateFromLink(location.hash);
  const [version, redraw] = useReducer((count: number) => count + 1, 0);
  const written = useRef(location.hash);

  const change = useCallback((next: Partial<State>): void => {
    const { current } = state;
    Object.assign(current, next);
    current.view = advanced(current.session, current.view);
    redraw(undefined);
  }, []);

  const { session, view, message } = state.current;
  // The address bar follows, but not at every move of a slider.
  useEffect(() => {
    const timer = setTimeout(() => {
      const fragment = fragmentOf(session, view);
      written.current = fragment === '' ? '' : `#${fragment}`;
      history.replaceState(
        null,
        '',
        written.current === '' ? location.pathname + location.search : written.current,
      );
    }, 200);
    return () => clearTimeout(timer);
  }, [version]);

  useEffect(() => {
    // The event's own address: the page may have written another one since.
    const onLink = (event: HashChangeEvent): void => {
      const { hash } = new URL(event.newURL);
      if (hash !== written.current) change(stateFromLink(hash));
    };
    addEventListener('hashchange', onLink);
    return () => removeEventListener('hashchange', onLink);
  }, [change]);

  // What was said is read by then, and lies over something.
  useEffect(() => {
    if (message === '') return undefined;
    const timer = setTimeout(() => change({ message: '' }), MESSAGE_TIME);
    return () => clearTimeout(timer);
  }, [message, version]);

  const roles = useMemo(() => frameRoles(session.machine), [session.machine]);
  const methods = useMemo(
    () => ({
      look: (next: Partial<View>) => change({ view: { ...state.current.view, ...next } }),
      act: (action: Action) => {
        try {
          const outcome = state.current.session.do(action);
          change({ message: outcomeSentence(outcome) });
        } catch (error) {
          change({ message: TEXT.actions.refused((error as Error).message) });
        }
      },
      undo: () => {
        if (!state.current.session.canUndo) return;
        state.current.session.undo();
        change({ message: TEXT.actions.undone });
      },
      redo: () => {
        if (!state.current.session.canRedo) return;
        state.current.session.redo();
        change({ message: TEXT.actions.redone });
      },
      reset: () => {
        const { session, view } = state.current;
        session.reset();
        const lesson = view.lesson && { ...view.lesson, since: 0 };
        change({ view: { ...view, lesson }, message: TEXT.actions.restarted });
      },
      start: (scenario: Scenario, next: Partial<View> = {}) => {
        try {
          const fresh = { step: undefined, frame: undefined, offset: 0, ...next };
          change({
            session: Session.start(scenario),
            view: { ...state.current.view, ...fresh },
            message: next.lesson === undefined ? TEXT.machine.built : '',
          });
        } catch (error) {
          change({ message: TEXT.actions.refused((error as Error).message) });
        }
      },
      open: (machine: Machine, next: Partial<View> = {}) => {
        const linear = machine.domain?.loadAddress ?? 0;
        change({
          session: new Session(machine, usualCpu('32-bit')),
          view: { ...DEFAULT_VIEW, linear, done: state.current.view.done, ...next },
        });
      },
      say: (text: string) => change({ message: text }),
    }),
    [change],
  );
  const { linear, access, limit } = view;
  const report = limit
    ? session.mmu.explainLogical(guestSegment(access), linear, access)
    : session.mmu.explain(linear, access);
  return { session, roles, view, report, message, ...methods };
}

/** What an action led to, in one sentence. */
function outcomeSentence({ action, physical, hit, fault, dropped }: Outcome): string {
  const { done } = TEXT.say;
  switch (action.kind) {
    case 'access': {
      const at = `${accessName(action.access)} ${formatAddress(action.linear)}`;
      if (fault !== undefined) return done.fault(at, faultName(fault.vector), binary(fault.code));
      return (hit ? done.hit : done.read)(at, formatAddress(physical ?? 0));
    }
    case 'word':
      return done.word(formatAddress(action.physical), formatAddress(action.value));
    case 'byte':
      return done.word(formatAddress(action.physical), formatAddress(action.value, 2));
    case 'register':
      return done.register(action.name.toUpperCase(), formatAddress(action.value), dropped);
    case 'invlpg':
      return done.invlpg(formatAddress(action.linear), dropped);
    case 'built':
      return done.built(action.requests);
    case 'cpu':
      return done.cpu(action.cpu);
  }
}

/** Whether a media query holds; follows it as it changes. */
export function useMedia(query: string): boolean {
  const [matches, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const onChange = (): void => set(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}
