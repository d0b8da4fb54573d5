/** What the parts of the page share: the session, what is looked at, and the ways to change both. */

import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { WalkReport } from '../mmu/index.ts';
import { decodeFragment, encodeFragment } from './fragment.ts';
import { guestSegment } from './guest-segment.ts';
import { advanced } from './lessons/index.ts';
import { firstView } from './machine-link.ts';
import { outcomeSentence } from './narrate.ts';
import type { PendingFile } from './open-file.ts';
import type { PageMachine } from './page-machine.ts';
import type { Refusal, Told } from './problem.ts';
import { finishLesson } from './progress.ts';
import { type FrameRoles, frameRoles } from './roles.ts';
import { DEFAULT_SCENARIO, type Scenario } from './scenario.ts';
import { type Action, type Outcome, RefusedAction, Session } from './session.ts';
import { toldOfError, toldOfProblem, toldTogether } from './told.ts';
import { DEFAULT_VIEW, type View } from './view-state.ts';
import { FIRST_LANGUAGE, isLanguage, speak, TEXT } from './words/index.ts';

/** Handed to every part of the page. */
export interface Page {
  readonly session: Session;
  readonly roles: FrameRoles;
  readonly view: View;
  /** The walk of the address looked at. */
  readonly report: WalkReport;
  /** The last thing that was said; empty once something else is looked at. */
  readonly message: string;
  /** What only a program could say of it, in English; empty: nothing. */
  readonly technical: string;
  /** Code of the language that a link chose; undefined: the reader's own. */
  readonly language: string | undefined;
  /** Changes what is looked at. */
  look(change: Partial<View>): void;
  /** Does something to the machine. */
  act(action: Action): Outcome | undefined;
  undo(): void;
  redo(): void;
  /** To the moment when so many things were done. */
  goTo(count: number): void;
  /** Everything as it was built. */
  reset(): void;
  /** Builds another machine; what was done to this one is gone. */
  start(scenario: Scenario, change?: Partial<View>): void;
  /** A file that is to be opened once its registers are told. */
  readonly pending: PendingFile | undefined;
  /** Asks for the registers of a file; undefined: the file is let go. */
  ask(pending: PendingFile | undefined): void;
  /** Shows a machine out of a file. */
  open(machine: PageMachine, change?: Partial<View>): void;
  say(message: string | Told): void;
  /** Speaks another language, and keeps that in the address. */
  speakIn(language: string): void;
}

interface State {
  session: Session;
  view: View;
  message: string;
  technical: string;
  pending?: PendingFile | undefined;
  language: string | undefined;
}

/**
 * The state that a link holds, as far as it can be read.
 * @param speaks - Told the link's language first, so that what is wrong with the link is said in it.
 */
export function stateOfLink(hash: string, speaks: (language: string | undefined) => void = () => {}): State {
  const { scenario, machine, actions, view, language, problems } = decodeFragment(hash.replace(/^#/, ''));
  const session = machine === undefined ? Session.start(scenario) : new Session(machine);
  const refusals: Refusal[] = [];
  for (const action of actions) {
    try {
      session.do(action);
    } catch (error) {
      if (!(error instanceof RefusedAction)) throw error;
      refusals.push(error.refusal);
      break;
    }
  }
  speaks(language);
  const told = [...problems, ...refusals].map(toldOfProblem);
  const { text, technical = '' } =
    told.length === 0 ? { text: '' } : toldTogether(told, TEXT.actions.badLink);
  return { session, view, message: text, technical, language };
}

/** Speaks the language that is chosen, or else the first of the reader's own that there is. */
function speakHere(chosen: string | undefined): void {
  const own = navigator.languages.map((tag) => tag.split('-')[0] ?? '').find((code) => isLanguage(code));
  const language = chosen ?? own ?? FIRST_LANGUAGE;
  speak(language);
  document.documentElement.lang = language;
  document.title = TEXT.title;
}

/** The fragment for a state; empty for a machine out of a file, which no link holds. */
export function fragmentOf({ session, view, language }: Pick<Page, 'session' | 'view' | 'language'>): string {
  const { scenario = DEFAULT_SCENARIO, machine, actions } = session;
  if (session.scenario === undefined && machine.link === undefined) return '';
  return encodeFragment({ scenario, machine, actions, view, language });
}

/** The address bar follows what is done, but not at every move of a slider. */
const LINK_DELAY = 200;

export function usePage(): Page {
  const state = useRef<State>(undefined as unknown as State);
  state.current ??= stateOfLink(location.hash, speakHere);
  const [version, redraw] = useReducer((count: number) => count + 1, 0);
  const written = useRef(location.hash);

  const change = useCallback((next: Partial<State>): void => {
    const { current } = state;
    // What was said of something else is over.
    if (next.message !== undefined) current.technical = '';
    Object.assign(current, next);
    current.view = advanced(current.session, current.view);
    const { lesson } = current.view;
    if (lesson !== undefined && next.view !== undefined && isOver(lesson)) finishLesson(lesson.id);
    redraw(undefined);
  }, []);

  const { session, view, message, technical, language } = state.current;
  useEffect(() => {
    const timer = setTimeout(() => {
      const fragment = fragmentOf({ session, view, language });
      written.current = fragment === '' ? '' : `#${fragment}`;
      history.replaceState(
        null,
        '',
        written.current === '' ? location.pathname + location.search : written.current,
      );
    }, LINK_DELAY);
    return () => clearTimeout(timer);
  }, [version]);

  useEffect(() => {
    // The event's own address: the page may have written another one since.
    const onLink = (event: HashChangeEvent): void => {
      const { hash } = new URL(event.newURL);
      if (hash !== written.current) change(stateOfLink(hash, speakHere));
    };
    addEventListener('hashchange', onLink);
    return () => removeEventListener('hashchange', onLink);
  }, [change]);

  const roles = useMemo(() => frameRoles(session.machine), [session.machine, TEXT]);
  const methods = useMemo(() => methodsOf(state, change), [change]);
  const { linear, access, limit, xen } = view;
  const isLimited = limit && !xen && typeof linear === 'number';
  const report = isLimited
    ? session.mmu.explainLogical(guestSegment(access), linear, access)
    : session.mmu.explain(linear, access);
  const { pending } = state.current;
  return { session, roles, view, report, message, technical, language, pending, ...methods };
}

type Methods = Omit<
  Page,
  'session' | 'roles' | 'view' | 'report' | 'message' | 'technical' | 'language' | 'pending'
>;

function methodsOf(state: { current: State }, change: (next: Partial<State>) => void): Methods {
  return {
    look: (next) => change({ view: { ...state.current.view, ...next }, message: '' }),
    act: (action) => {
      try {
        const outcome = state.current.session.do(action);
        change({ message: outcomeSentence(outcome) });
        return outcome;
      } catch (error) {
        change(refused(error));
        return undefined;
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
    goTo: (count) => {
      const { session } = state.current;
      session.goTo(count);
      const last = session.outcomes.at(-1);
      const { history } = TEXT;
      const then = last === undefined ? history.start : outcomeSentence(last);
      change({ message: `${history.moment(session.outcomes.length, session.timeline.length)} ${then}` });
    },
    reset: () => {
      const { session, view } = state.current;
      session.reset();
      const lesson = view.lesson && { ...view.lesson, since: 0 };
      change({ view: { ...view, lesson }, message: TEXT.actions.restarted });
    },
    start: (scenario, next = {}) => {
      try {
        const fresh = { step: undefined, byte: undefined, ...next };
        change({
          session: Session.start(scenario),
          pending: undefined,
          view: { ...state.current.view, ...fresh },
          message: next.lesson === undefined ? TEXT.machine.built : '',
        });
      } catch (error) {
        change(refused(error));
      }
    },
    open: (machine, next = {}) => {
      const linear = machine.domain?.loadAddress ?? 0;
      change({
        session: new Session(machine),
        view: { ...DEFAULT_VIEW, screen: 'work', linear, ...firstView(machine), ...next },
        pending: undefined,
      });
    },
    ask: (pending) =>
      change({
        pending,
        view: { ...state.current.view, screen: 'work', frame: 'whole', lesson: undefined },
        message: pending === undefined ? '' : TEXT.files.asked(pending.name),
      }),
    say: (told) => change(typeof told === 'string' ? { message: told } : spoken(told)),
    speakIn: (language) => {
      speakHere(language);
      change({ language, message: '' });
    },
  };
}

function spoken({ text, technical = '' }: Told): Pick<State, 'message' | 'technical'> {
  return { message: text, technical };
}

function refused(error: unknown): Pick<State, 'message' | 'technical'> {
  const told = error instanceof RefusedAction ? toldOfProblem(error.refusal) : toldOfError(error);
  return spoken(toldTogether([told], TEXT.actions.refused));
}

function isOver(lesson: NonNullable<View['lesson']>): boolean {
  return lesson.step >= TEXT.lesson[lesson.id]!.steps.length;
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
