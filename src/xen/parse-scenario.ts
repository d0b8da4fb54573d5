import type { GuestAccess } from './guest.ts';
import { type Expectation, isHoleName, type Scenario, type ScenarioStep } from './scenario.ts';
import type { SmallDomain } from './small-domain.ts';
import type { XenStep } from './steps.ts';

/** Scenarios as JSON, by `schemas/xen-scenario.schema.json`. Numbers may be JSON numbers or text such as `"0xc000_0000"`. */

/** The text is no scenario; the message says where and why. */
export class ScenarioError extends Error {
  /** Name of the class. */
  override readonly name = 'ScenarioError';
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a scenario. @throws ScenarioError */
export function parseScenario(text: string): Scenario {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ScenarioError(`it is no JSON: ${(error as Error).message}`);
  }
  const root = object(json, 'the scenario');
  const machine = object(root['machine'] ?? {}, 'machine');
  const linearMap = machine['linearMap'] ?? 'cached';
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
    frames: number(machine['frames'] ?? 0x1490, 'machine.frames'),
    linearMap,
    domains: array(root['domains'], 'domains').map(parseDomain),
    steps: array(root['steps'], 'steps').map(parseStep),
  };
}

function parseDomain(json: unknown, index: number): SmallDomain {
  const where = `domains[${index}]`;
  const domain = object(json, where);
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
  const expect = object(step['expect'] ?? {}, `${where}.expect`);
  return {
    say: string(step['say'] ?? '', `${where}.say`),
    step: parseCall(step, where),
    original: expectation(expect['original'], `${where}.expect.original`),
    repaired: expectation(expect['repaired'], `${where}.expect.repaired`),
  };
}

function expectation(json: unknown, where: string): Expectation | undefined {
  if (json === undefined || json === 'ok' || json === 'fault') return json;
  if (typeof json === 'number') return json;
  throw new ScenarioError(`${where} is neither a number nor "ok" nor "fault"`);
}

function parseCall(step: Json, where: string): XenStep {
  const field = (name: string): number => number(step[name], `${where}.${name}`);
  const list = (name: string): number[] =>
    array(step[name], `${where}.${name}`).map((item, i) => number(item, `${where}.${name}[${i}]`));
  const call = string(step['call'], `${where}.call`);
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
      throw new ScenarioError(`${where}.call '${call}' is no call of Xen, nor 'access'`);
  }
}

function parseAccess(step: Json, where: string): XenStep {
  const kind = string(step['kind'], `${where}.kind`);
  if (kind !== 'read' && kind !== 'write' && kind !== 'fetch') {
    throw new ScenarioError(`${where}.kind '${kind}' is none of read, write, fetch`);
  }
  const ring = number(step['ring'] ?? 1, `${where}.ring`);
  if (ring !== 1 && ring !== 3) throw new ScenarioError(`${where}.ring ${ring} is neither 1 nor 3`);
  const access: GuestAccess = {
    kind,
    linear: number(step['linear'], `${where}.linear`),
    ring,
    ...(step['value'] !== undefined && { value: number(step['value'], `${where}.value`) }),
    ...(step['segments'] === false && { segments: false }),
  };
  return { call: 'access', ...access };
}

function object(json: unknown, where: string): Json {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Json;
  throw new ScenarioError(`${where} is no object`);
}

function array(json: unknown, where: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new ScenarioError(`${where} is no list`);
}

function string(json: unknown, where: string): string {
  if (typeof json === 'string') return json;
  throw new ScenarioError(`${where} is no text`);
}

/** A whole number of 32 bits. */
function number(json: unknown, where: string): number {
  const value = typeof json === 'string' && json !== '' ? Number(json.replaceAll('_', '')) : json;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)
    return value;
  throw new ScenarioError(`${where} is ${JSON.stringify(json)}, not a whole number of 32 bits`);
}

function pair(json: unknown, where: string): [number, number] {
  const items = array(json, where);
  if (items.length !== 2) throw new ScenarioError(`${where} has ${items.length} numbers, not two`);
  return [number(items[0], `${where}[0]`), number(items[1], `${where}[1]`)];
}
