/**
 * The fragment of a link: a scenario, what was done to it, and what is looked at. Only what differs from the default
 * is written: `#seed=3&do=rc0000000~w..&at=c0000000`. Numbers are hexadecimal but for sizes and seeds.
 */

import { ACCESS_KINDS, type Access, CPU_MODELS, type CpuModelName } from '../index.ts';
import {
  cpusFor,
  DEFAULT_SCENARIO,
  DOMAIN_MEGABYTES,
  type Scenario,
  type TableFormat,
  usualCpu,
} from './scenario.ts';
import { type Action, MAX_ACTIONS, type RegisterName } from './session.ts';
import { DEFAULT_VIEW, type View } from './view-state.ts';

/** What a link holds. */
export interface Shared {
  readonly scenario: Scenario;
  readonly actions: readonly Action[];
  readonly view: View;
}

const REGISTERS: readonly RegisterName[] = ['cr0', 'cr3', 'cr4', 'efer'];

export function encodeFragment({ scenario, actions, view }: Shared): string {
  const parts: [string, string | undefined][] = [
    ['size', other(scenario.megabytes, DEFAULT_SCENARIO.megabytes)],
    ['profile', other(scenario.profile, DEFAULT_SCENARIO.profile)],
    ['seed', other(scenario.seed, DEFAULT_SCENARIO.seed)],
    ['cpu', other(scenario.cpu, usualCpu(scenario.format))],
    ['format', other(scenario.format, DEFAULT_SCENARIO.format)],
    ['at', other(view.linear.toString(16), DEFAULT_VIEW.linear.toString(16))],
    ['as', other(view.access, DEFAULT_VIEW.access)],
    ['limit', view.limit ? '1' : undefined],
    ['step', view.step?.toString()],
    ['frame', view.frame?.toString(16)],
    ['offset', other(view.offset.toString(16), DEFAULT_VIEW.offset.toString(16))],
    ['lesson', view.lesson && `${view.lesson.id}.${view.lesson.step}`],
    ['from', view.lesson && view.lesson.since > 0 ? `${view.lesson.since}` : undefined],
    ['done', view.done.length > 0 ? view.done.join('.') : undefined],
    ['do', actions.length > 0 ? actions.map(encodeAction).join('~') : undefined],
  ];
  return parts
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

function other(value: string | number, usual: string | number): string | undefined {
  return value === usual ? undefined : String(value);
}

/** One letter, then numbers. */
function encodeAction(action: Action): string {
  const hex = (value: number): string => value.toString(16);
  switch (action.kind) {
    case 'access':
      return `${action.limited ? 'g' : 'a'}${action.access}.${hex(action.linear)}`;
    case 'word':
      return `w${hex(action.physical)}.${hex(action.value)}`;
    case 'byte':
      return `b${hex(action.physical)}.${hex(action.value)}`;
    case 'register':
      return `r${REGISTERS.indexOf(action.name)}.${hex(action.value)}`;
    case 'invlpg':
      return `i${hex(action.linear)}`;
    case 'built':
      return `u${hex(action.requests)}`;
    case 'cpu':
      return `c${action.cpu}`;
  }
}

/**
 * Reads a fragment, without `#`. Nothing in a link is trusted.
 * @throws RangeError that names what is wrong.
 */
export function decodeFragment(fragment: string): Shared {
  const values = new Map<string, string>();
  for (const part of fragment.split('&')) {
    const at = part.indexOf('=');
    if (at > 0) values.set(part.slice(0, at), part.slice(at + 1));
  }
  const format = oneOf<TableFormat>(values, 'format', ['32-bit', 'PAE', '4-level'], DEFAULT_SCENARIO.format);
  const scenario: Scenario = {
    megabytes: Number(oneOf(values, 'size', DOMAIN_MEGABYTES.map(String), `${DEFAULT_SCENARIO.megabytes}`)),
    profile: oneOf(values, 'profile', ['document', 'xen-1.2'], DEFAULT_SCENARIO.profile),
    seed: integer(values, 'seed', 10, 0xffff_ffff) ?? DEFAULT_SCENARIO.seed,
    cpu: oneOf(values, 'cpu', cpusFor(format), usualCpu(format)),
    format,
  };
  const list = values.get('do')?.split('~') ?? [];
  if (list.length > MAX_ACTIONS)
    throw new RangeError(`the link holds ${list.length} actions; at most ${MAX_ACTIONS}`);
  return { scenario, actions: list.map(decodeAction), view: decodeView(values) };
}

function decodeView(values: Map<string, string>): View {
  const access = (integer(values, 'as', 10, 6) ?? DEFAULT_VIEW.access) as Access;
  if (!ACCESS_KINDS.includes(access)) throw new RangeError(`as=${access} in the link is no kind of access`);
  const [id, step] = values.get('lesson')?.split('.') ?? [];
  const since = integer(values, 'from', 10, MAX_ACTIONS) ?? 0;
  return {
    linear: integer(values, 'at', 16, 2 ** 48 - 1) ?? DEFAULT_VIEW.linear,
    access,
    limit: values.get('limit') === '1',
    step: integer(values, 'step', 10, 9),
    frame: integer(values, 'frame', 16, 2 ** 24),
    offset: integer(values, 'offset', 16, 4095) ?? DEFAULT_VIEW.offset,
    lesson:
      id === undefined ? undefined : { id, step: Number.parseInt(step ?? '0', 10) || 0, since, met: false },
    done: values.get('done')?.split('.') ?? [],
  };
}

function decodeAction(text: string): Action {
  const [first = '', second] = text.slice(1).split('.');
  const number = (part: string | undefined): number => {
    if (part === undefined || !/^[0-9a-f]{1,12}$/.test(part))
      throw new RangeError(`'${text}' in the link is no action`);
    return Number.parseInt(part, 16);
  };
  switch (text[0]) {
    case 'a':
    case 'g': {
      const access = number(first) as Access;
      if (ACCESS_KINDS.includes(access)) {
        return { kind: 'access', access, linear: number(second), ...(text[0] === 'g' && { limited: true }) };
      }
      break;
    }
    case 'w':
      return { kind: 'word', physical: number(first), value: number(second) };
    case 'b':
      return { kind: 'byte', physical: number(first), value: number(second) };
    case 'r': {
      const name = REGISTERS[number(first)];
      if (name !== undefined) return { kind: 'register', name, value: number(second) };
      break;
    }
    case 'u':
      return { kind: 'built', requests: number(first) };
    case 'i':
      return { kind: 'invlpg', linear: number(first) };
    case 'c': {
      const cpu = text.slice(1);
      if (Object.hasOwn(CPU_MODELS, cpu)) return { kind: 'cpu', cpu: cpu as CpuModelName };
      break;
    }
  }
  throw new RangeError(`'${text}' in the link is no action`);
}

function oneOf<T extends string>(
  values: Map<string, string>,
  key: string,
  choices: readonly string[],
  usual: T,
): T {
  const value = values.get(key) ?? usual;
  if (choices.includes(value)) return value as T;
  throw new RangeError(`${key}=${value} in the link is none of ${choices.join(', ')}`);
}

function integer(values: Map<string, string>, key: string, radix: 10 | 16, most: number): number | undefined {
  const text = values.get(key);
  if (text === undefined) return undefined;
  const value = (radix === 10 ? /^\d{1,10}$/ : /^[0-9a-f]{1,13}$/).test(text)
    ? Number.parseInt(text, radix)
    : Number.NaN;
  if (value <= most) return value;
  throw new RangeError(`${key}=${text} in the link is not a number from 0 to ${most}`);
}
