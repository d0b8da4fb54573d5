/**
 * The fragment of a link: a scenario, what was done to it, and what is looked at. Only what differs from the default
 * is written: `#seed=3&do=rc0000000~w..&at=c0000000`. Numbers are hexadecimal but for sizes and seeds.
 *
 * Nothing in a link is trusted: a part that cannot be read is told by name, and the rest counts all the same.
 */

import {
  ACCESS_KINDS,
  type Access,
  asNumber,
  type CpuModelName,
  isLongMode,
  type PagingMode,
} from '../arch/index.ts';
import { MACHINE_PART } from '../counterexample/index.ts';
import { INVENTORY_FORMS, type InventoryForm } from '../exercise/index.ts';
import { mmuOf } from '../machine/index.ts';
import { ASKS } from './asks.ts';
import { decodeAction, encodeAction } from './fragment-actions.ts';
import { lessonById } from './lessons/index.ts';
import type { Linear } from './linear.ts';
import { firstView, machineOfText } from './machine-link.ts';
import type { PageMachine } from './page-machine.ts';
import type { LinkProblem } from './problem.ts';
import {
  cpusFor,
  DEFAULT_SCENARIO,
  DOMAIN_MEGABYTES,
  memoryBytes,
  type Scenario,
  SETTINGS,
  TABLE_FORMATS,
  type TableFormat,
  usualCpu,
} from './scenario.ts';
import { type Action, MAX_ACTIONS } from './session.ts';
import { DEFAULT_VIEW, FRAMES, PANELS, SCREENS, type View } from './view-state.ts';
import { isLanguage, LANGUAGES } from './words/index.ts';

/** What a link holds. */
export interface Shared {
  readonly scenario: Scenario;
  /** In place of the scenario's: a machine that stands in the link itself. */
  readonly machine?: PageMachine | undefined;
  readonly actions: readonly Action[];
  readonly view: View;
  /** Code of the language; undefined: the reader's own. */
  readonly language?: string | undefined;
}

/** A link as it was read, with what could not be. */
export interface Decoded extends Shared {
  /** Parts that were left out, each by name with its reason. */
  readonly problems: readonly LinkProblem[];
}

export function encodeFragment({ scenario, machine, actions, view, language }: Shared): string {
  const link = machine?.link;
  const linear = view.linear.toString(16);
  const { lesson, frame, panel, ask, inventory } = view;
  const hasOwn = link !== undefined || lesson !== undefined;
  const at = hasOwn ? linear : other(linear, DEFAULT_VIEW.linear.toString(16));
  const usually = usualScenario(link === undefined ? lesson : undefined);
  const isSaid = panel !== DEFAULT_VIEW.panel || ask !== DEFAULT_VIEW.ask || lesson !== undefined;
  const usual = usualScreen(isSaid || frame !== 'whole', at, actions.length > 0);
  const parts: [string, string | undefined][] = [
    // The form says itself that it is to be seen.
    ['screen', view.screen === 'inventory' ? undefined : other(view.screen, usual)],
    ['inventory', view.screen === 'inventory' ? `${inventory.form}.${inventory.seed}` : undefined],
    ['lang', language],
    [MACHINE_PART, link],
    ['setting', other(scenario.setting, usually.setting)],
    ['size', other(scenario.megabytes, usually.megabytes)],
    ['profile', other(scenario.profile, usually.profile)],
    ['seed', other(scenario.seed, usually.seed)],
    ['cpu', other(scenario.cpu, cpuOf(usually, scenario.format))],
    ['format', other(scenario.format, usually.format)],
    ['at', at],
    ['as', link === undefined ? other(view.access, DEFAULT_VIEW.access) : `${view.access}`],
    ['ring', view.xen ? '0' : undefined],
    ['value', view.value?.toString(16)],
    ['limit', view.limit ? '1' : undefined],
    ['step', view.step?.toString()],
    ['show', other(view.panel, DEFAULT_VIEW.panel)],
    ['ask', other(view.ask, DEFAULT_VIEW.ask)],
    ['byte', view.byte?.toString(16)],
    ['lesson', view.lesson && `${view.lesson.id}.${view.lesson.step}`],
    ['from', view.lesson && view.lesson.since > 0 ? `${view.lesson.since}` : undefined],
    ['do', actions.length > 0 ? actions.map(encodeAction).join('~') : undefined],
  ];
  const written = parts.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
  return [...(view.frame === 'whole' ? [] : [view.frame]), ...written].join('&');
}

/** What a link need not say: of a lesson, the machine that it needs. */
function usualScenario(lesson: View['lesson']): Scenario {
  return (lesson && lessonById(lesson.id)?.scenario) ?? DEFAULT_SCENARIO;
}

function cpuOf(usually: Scenario, format: TableFormat): CpuModelName {
  return format === usually.format ? usually.cpu : usualCpu(format);
}

/** A link that says where to look or what to do wants the walk; any other the first screen. */
function usualScreen(isWork: boolean, at: string | undefined, isDone: boolean): View['screen'] {
  return isWork || at !== undefined || isDone ? 'work' : DEFAULT_VIEW.screen;
}

function other(value: string | number, usual: string | number): string | undefined {
  return value === usual ? undefined : String(value);
}

/** Reads a fragment, without `#`. */
export function decodeFragment(fragment: string): Decoded {
  const parts = new Parts(fragment);
  const machine = decodeMachine(parts);
  // Lessons have machines of their own.
  const lesson = machine === undefined ? decodeLesson(parts) : undefined;
  const usually = usualScenario(lesson);
  const format = parts.oneOf('format', TABLE_FORMATS, usually.format);
  const scenario: Scenario = {
    setting: parts.oneOf('setting', SETTINGS, usually.setting),
    megabytes: Number(parts.oneOf('size', DOMAIN_MEGABYTES.map(String), `${usually.megabytes}`)),
    profile: parts.oneOf('profile', ['document', 'xen-1.2'], usually.profile),
    seed: parts.integer('seed', 10, 0xffff_ffff) ?? usually.seed,
    cpu: parts.oneOf('cpu', cpusFor(format), cpuOf(usually, format)),
    format,
  };
  const { view, since } = decodeView(parts, scenario, machine, lesson);
  const actions = decodeActions(parts);
  const known = view.lesson === undefined ? view : { ...view, lesson: { ...view.lesson, since } };
  const language = parts.text('lang');
  const isKnown = language !== undefined && isLanguage(language);
  if (language !== undefined && !isKnown) {
    const choices = Object.keys(LANGUAGES);
    parts.problems.push({ about: 'choice', part: 'lang', text: language, choices });
  }
  parts.refuseUnknown();
  return {
    scenario,
    ...(machine && { machine }),
    actions,
    view: known,
    language: isKnown ? language : undefined,
    problems: parts.problems,
  };
}

function decodeActions(parts: Parts): Action[] {
  const list = parts.text('do')?.split('~') ?? [];
  if (list.length > MAX_ACTIONS) {
    parts.problems.push({ about: 'actions', count: list.length, most: MAX_ACTIONS });
    return [];
  }
  const actions: Action[] = [];
  for (const text of list) {
    const action = decodeAction(text);
    // What follows was done to a state that is not known.
    if (action === undefined) {
      parts.problems.push({ about: 'action', text });
      break;
    }
    actions.push(action);
  }
  return actions;
}

function decodeMachine(parts: Parts): PageMachine | undefined {
  const text = parts.text(MACHINE_PART);
  if (text === undefined) return undefined;
  try {
    return machineOfText(text);
  } catch (error) {
    parts.problems.push({ about: 'machine', part: MACHINE_PART, text, error });
    return undefined;
  }
}

function decodeView(
  parts: Parts,
  scenario: Scenario,
  machine: PageMachine | undefined,
  lesson: View['lesson'],
): { view: View; since: number } {
  // Where nothing says where to look, a lesson's step begins as it does after the one before.
  const begun = lesson === undefined || parts.has('at') ? {} : lookOf(lesson);
  const usually: View = { ...DEFAULT_VIEW, ...(machine && firstView(machine)), ...begun };
  const digits = addressDigits(machine === undefined ? scenario.format : mmuOf(machine).mode);
  const bytes = machine === undefined ? memoryBytes(scenario) : machine.memory.sizeBytes;
  const frame = FRAMES.find((name) => name !== 'whole' && parts.flag(name)) ?? 'whole';
  const access = parts.integer('as', 10, 6) ?? usually.access;
  const isAccess = ACCESS_KINDS.includes(access as Access);
  if (!isAccess) parts.problems.push({ about: 'access', part: 'as', text: `${access}` });
  const isSaid = parts.has('show') || parts.has('ask') || lesson !== undefined;
  const isWork = isSaid || frame !== 'whole' || machine !== undefined;
  const usual = usualScreen(isWork, parts.text('at'), parts.has('do'));
  const inventory = decodeInventory(parts);
  const view: View = {
    screen: parts.oneOf('screen', SCREENS, inventory === undefined ? usual : 'inventory'),
    frame,
    panel: parts.oneOf('show', PANELS, usually.panel),
    linear: parts.address('at', digits) ?? usually.linear,
    access: isAccess ? (access as Access) : usually.access,
    xen: parts.oneOf<string>('ring', ['0', '1', '3'], usually.xen ? '0' : '1') === '0',
    value: parts.integer('value', 16, 0xffff_ffff) ?? usually.value,
    limit: parts.oneOf<string>('limit', ['0', '1'], usually.limit ? '1' : '0') === '1',
    step: parts.integer('step', 10, 9) ?? usually.step,
    ask: parts.oneOf('ask', ASKS, usually.ask),
    byte: parts.integer('byte', 16, bytes - 1) ?? usually.byte,
    lesson,
    inventory: inventory ?? DEFAULT_VIEW.inventory,
  };
  return { view, since: parts.integer('from', 10, MAX_ACTIONS) ?? 0 };
}

/** What is looked at when a lesson's step begins. */
function lookOf({ id, step }: NonNullable<View['lesson']>): Partial<View> {
  return lessonById(id)?.steps[step]?.look ?? {};
}

/** `pre.7`, or `pre` with the number where a machine has its own: `inventory=pre&seed=7`. */
function decodeInventory(parts: Parts): View['inventory'] | undefined {
  const text = parts.text('inventory');
  if (text === undefined) return undefined;
  const [form = '', digits = parts.text('seed') ?? '1'] = text.split('.');
  const seed = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
  if (INVENTORY_FORMS.includes(form as InventoryForm) && Number.isSafeInteger(seed)) {
    return { form: form as InventoryForm, seed };
  }
  parts.problems.push({ about: 'form', part: 'inventory', text, forms: INVENTORY_FORMS });
  return undefined;
}

function decodeLesson(parts: Parts): View['lesson'] {
  const text = parts.text('lesson');
  if (text === undefined) return undefined;
  const [, id, digits] = /^([a-z]+)(?:\.(\d{1,3}))?$/.exec(text) ?? [];
  const lesson = id === undefined ? undefined : lessonById(id);
  const step = Number(digits ?? 0);
  const most = lesson?.steps.length ?? 0;
  if (lesson === undefined || step > most) {
    const part = 'lesson';
    parts.problems.push(
      lesson === undefined ? { about: 'lesson', part, text } : { about: 'step', part, text, most },
    );
    return undefined;
  }
  return { id: lesson.id, step, since: 0, met: false };
}

/** The parts of a fragment; remembers which were asked for, and what was wrong. */
class Parts {
  readonly problems: LinkProblem[] = [];
  readonly #values = new Map<string, string>();
  readonly #asked = new Set<string>();

  constructor(fragment: string) {
    for (const part of fragment.split('&')) {
      const at = part.indexOf('=');
      if (part !== '') this.#values.set(at < 0 ? part : part.slice(0, at), at < 0 ? '' : part.slice(at + 1));
    }
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** A part without a value. */
  flag(key: string): boolean {
    this.#asked.add(key);
    return this.#values.get(key) === '';
  }

  text(key: string): string | undefined {
    this.#asked.add(key);
    return this.#values.get(key);
  }

  oneOf<T extends string>(part: string, choices: readonly string[], usual: T): T {
    const text = this.text(part);
    if (text === undefined || choices.includes(text)) return (text ?? usual) as T;
    this.problems.push({ about: 'choice', part, text, choices });
    return usual;
  }

  integer(part: string, radix: 10 | 16, most: number): number | undefined {
    const text = this.text(part);
    if (text === undefined) return undefined;
    const digits = radix === 10 ? /^\d{1,10}$/ : /^[0-9a-f]{1,13}$/;
    const value = digits.test(text) ? Number.parseInt(text, radix) : Number.NaN;
    if (value <= most) return value;
    this.problems.push({ about: 'number', part, text, most, radix });
    return undefined;
  }

  address(part: string, digits: number): Linear | undefined {
    const text = this.text(part);
    if (text === undefined) return undefined;
    if (/^[0-9a-f]+$/.test(text) && text.length <= digits) {
      return asNumber(BigInt(`0x${text}`));
    }
    this.problems.push({ about: 'address', part, text, digits });
    return undefined;
  }

  refuseUnknown(): void {
    // Links of the first edition carried the finished lessons and the frame of the hex view.
    for (const key of ['done', 'frame', 'offset']) this.#asked.add(key);
    for (const [part, text] of this.#values) {
      if (!this.#asked.has(part) || (text === '' && !(FRAMES as readonly string[]).includes(part))) {
        this.problems.push({ about: 'part', part, text });
      }
    }
  }
}

/** Hexadecimal digits of a linear address. */
export function addressDigits(format: PagingMode): number {
  return isLongMode(format) ? 16 : 8;
}
