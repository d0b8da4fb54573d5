import type { GuestAccess } from './guest.ts';
import { type Expectation, isHoleName, type Scenario, type ScenarioStep } from './scenario.ts';
import type { SmallDomain } from './small-domain.ts';
import type { XenStep } from './steps.ts';

/** Scenarios as JSON, by `schemas/xen-scenario.schema.json`. Numbers may be JSON numbers or text such as `"0xc000_0000"`. */

/** The text is no scenario; the message says where and why. */
export class ScenarioError extends Error {
  /** Name of the class. */
  override readonly name = 'ScenarioError';

  /** @param what - What is wrong. What it quotes of the text is shown in one line, without control characters. */
  constructor(what: string) {
    super(what.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_MESSAGE));
  }
}

/** A message that quotes a long text is cut here. */
const MAX_MESSAGE = 300;

type Json = Readonly<Record<string, unknown>>;

const DEFAULT_FRAMES = 0x1490;

/** The fields that there are. */
const FIELDS = {
  scenario: ['$schema', 'name', 'about', 'hole', 'machine', 'domains', 'steps'],
  machine: ['frames', 'linearMap'],
  domain: ['id', 'first', 'count', 'perDomainFrame', 'sharedInfoFrame'],
  expect: ['original', 'repaired'],
} as const;
const STEP = ['say', 'call', 'expect'] as const;
/** Of a step, by what is called. */
const CALLS: Readonly<Record<XenStep['call'], readonly string[]>> &
  Readonly<Record<string, readonly string[]>> = {
  access: ['kind', 'linear', 'ring', 'value', 'segments'],
  mmuUpdate: ['domain', 'updates', 'readable'],
  updateVaMapping: ['domain', 'page', 'value', 'flags'],
  setBase: ['domain', 'target', 'directory'],
  switchTo: ['domain'],
  ldtFault: ['domain', 'page'],
  setGdt: ['domain', 'frames', 'entries'],
  updateDescriptor: ['domain', 'address', 'words'],
  decreaseReservation: ['domain', 'frames'],
};

/** Reads a scenario. @throws ScenarioError */
export function parseScenario(text: string): Scenario {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ScenarioError(`it is no JSON: ${(error as Error).message}`);
  }
  const root = object(json, 'the scenario', FIELDS.scenario);
  if (root['$schema'] !== undefined) string(root['$schema'], '$schema');
  const machine = optional(root['machine'], 'machine', FIELDS.machine);
  const { linearMap = 'cached' } = machine;
  if (linearMap !== 'walk' && linearMap !== 'cached') {
    throw new ScenarioError(`machine.linearMap is neither "walk" nor "cached"`);
  }
  const hole = root['hole'];
  if (hole !== undefined && !(typeof hole === 'string' && isHoleName(hole))) {
    throw new ScenarioError(`hole ${JSON.stringify(hole)} is none that this program knows`);
  }
  return {
    name: string(root['name'], 'name'),
    about: string(root['about'], 'about'),
    hole,
    frames: machine['frames'] === undefined ? DEFAULT_FRAMES : number(machine['frames'], 'machine.frames'),
    linearMap,
    domains: array(root['domains'], 'domains').map(parseDomain),
    steps: array(root['steps'], 'steps').map(parseStep),
  };
}

function parseDomain(json: unknown, index: number): SmallDomain {
  const where = `domains[${index}]`;
  const domain = object(json, where, FIELDS.domain);
  const field = (name: string): number => number(domain[name], `${where}.${name}`);
  const count = field('count');
  if (count < 7 || count > 1024) throw new ScenarioError(`${where}.count ${count} is not 7 to 1024`);
  return {
    id: field('id'),
    first: field('first'),
    count,
    perDomainFrame: field('perDomainFrame'),
    sharedInfoFrame: field('sharedInfoFrame'),
  };
}

function parseStep(json: unknown, index: number): ScenarioStep {
  const where = `steps[${index}]`;
  const step = object(json, where);
  const expect = optional(step['expect'], `${where}.expect`, FIELDS.expect);
  return {
    say: step['say'] === undefined ? '' : string(step['say'], `${where}.say`),
    step: parseCall(step, where),
    original: expectation(expect['original'], `${where}.expect.original`),
    repaired: expectation(expect['repaired'], `${where}.expect.repaired`),
  };
}

function expectation(json: unknown, where: string): Expectation | undefined {
  if (json === undefined || json === 'ok' || json === 'fault') return json;
  if (typeof json === 'number' && Number.isInteger(json)) return json;
  throw new ScenarioError(`${where} is neither a whole number nor "ok" nor "fault"`);
}

function parseCall(step: Json, where: string): XenStep {
  const field = (name: string): number => number(step[name], `${where}.${name}`);
  const list = (name: string): number[] =>
    array(step[name], `${where}.${name}`).map((item, i) => number(item, `${where}.${name}[${i}]`));
  const call = string(step['call'], `${where}.call`);
  if (!Object.hasOwn(CALLS, call))
    throw new ScenarioError(`${where}.call '${call}' is no call of Xen, nor 'access'`);
  refuseUnknown(step, where, [...STEP, ...CALLS[call]!]);
  if (call === 'access') return parseAccess(step, where);
  const domain = field('domain');
  switch (call) {
    case 'mmuUpdate':
      return {
        call,
        domain,
        updates: array(step['updates'], `${where}.updates`).map((item, i) =>
          pair(item, `${where}.updates[${i}]`),
        ),
        ...(step['readable'] !== undefined && { readable: field('readable') }),
      };
    case 'updateVaMapping':
      return { call, domain, page: field('page'), value: field('value'), flags: field('flags') };
    case 'setBase':
      return { call, domain, target: field('target'), directory: field('directory') };
    case 'switchTo':
      return { call, domain };
    case 'ldtFault':
      return { call, domain, page: field('page') };
    case 'setGdt':
      return { call, domain, frames: list('frames'), entries: field('entries') };
    case 'updateDescriptor':
      return { call, domain, address: field('address'), words: pair(step['words'], `${where}.words`) };
    case 'decreaseReservation':
      return { call, domain, frames: list('frames') };
    default:
      throw new Error(`CALLS has '${call}', and parseCall has not`);
  }
}

function parseAccess(step: Json, where: string): XenStep {
  const kind = string(step['kind'], `${where}.kind`);
  if (kind !== 'read' && kind !== 'write' && kind !== 'fetch') {
    throw new ScenarioError(`${where}.kind '${kind}' is none of read, write, fetch`);
  }
  const ring = step['ring'] === undefined ? 1 : number(step['ring'], `${where}.ring`);
  if (ring !== 1 && ring !== 3) throw new ScenarioError(`${where}.ring ${ring} is neither 1 nor 3`);
  const { segments = true } = step;
  if (typeof segments !== 'boolean') throw new ScenarioError(`${where}.segments is neither true nor false`);
  const access: GuestAccess = {
    kind,
    linear: number(step['linear'], `${where}.linear`),
    ring,
    ...(step['value'] !== undefined && { value: number(step['value'], `${where}.value`) }),
    ...(!segments && { segments }),
  };
  return { call: 'access', ...access };
}

/** An object that has no other fields than these; of a step, the call tells which. */
function object(json: unknown, where: string, fields?: readonly string[]): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new ScenarioError(`${where} is no object`);
  if (fields !== undefined) refuseUnknown(json as Json, where, fields);
  return json as Json;
}

function optional(json: unknown, where: string, fields: readonly string[]): Json {
  return json === undefined ? {} : object(json, where, fields);
}

/** What is misspelt would be ignored. */
function refuseUnknown(json: Json, where: string, fields: readonly string[]): void {
  const unknown = Object.keys(json).find((key) => !fields.includes(key));
  if (unknown !== undefined)
    throw new ScenarioError(`${where} has no field "${unknown}"; it has ${fields.join(', ')}`);
}

function array(json: unknown, where: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new ScenarioError(`${where} is no list`);
}

function string(json: unknown, where: string): string {
  if (typeof json === 'string') return json;
  throw new ScenarioError(`${where} is no text`);
}

/** Decimal or hexadecimal, `_` between digits. */
const NUMBER = /^(0x[\da-f]+(_[\da-f]+)*|\d+(_\d+)*)$/i;

/** A whole number of 32 bits. */
function number(json: unknown, where: string): number {
  const value = typeof json === 'string' && NUMBER.test(json) ? Number(json.replaceAll('_', '')) : json;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)
    return value;
  throw new ScenarioError(`${where} is ${JSON.stringify(json)}, not a whole number of 32 bits`);
}

function pair(json: unknown, where: string): [number, number] {
  const items = array(json, where);
  if (items.length !== 2) throw new ScenarioError(`${where} has ${items.length} numbers, not two`);
  return [number(items[0], `${where}[0]`), number(items[1], `${where}[1]`)];
}
