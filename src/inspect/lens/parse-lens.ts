/** Lenses from JSON. */

import { type EntryKind, PAGING_MODES, type PagingMode } from '../../arch/paging-modes.ts';
import type { Lens } from './lens.ts';

/** A value that is no lens; the message names the place, such as `layouts[0].regions[2].end`. */
export class LensError extends Error {
  /** Name of the class. */
  override readonly name = 'LensError';
}

const MODES: readonly string[] = Object.keys(PAGING_MODES) satisfies string[];
const KINDS = [
  ...new Set(Object.values(PAGING_MODES).flatMap(({ levels }) => levels.map(({ kind }) => kind))),
];

/**
 * Checks a value that was read from JSON.
 * @returns The same value.
 * @throws LensError
 */
export function parseLens(value: unknown): Lens {
  const fields = object(
    value,
    'the lens',
    ['name', 'title', 'layouts', 'absent'],
    ['$schema', 'pair', 'frames'],
  );
  text(fields['name'], 'name');
  text(fields['title'], 'title');
  each(fields['layouts'], 'layouts', layout);
  each(fields['absent'], 'absent', rule);
  if (fields['pair'] !== undefined) pair(fields['pair']);
  if (fields['frames'] !== undefined) frames(fields['frames']);
  return value as Lens;
}

function layout(value: unknown, at: string): void {
  const fields = object(value, at, ['modes', 'regions'], ['title', 'when']);
  modes(fields['modes'], `${at}.modes`);
  if (fields['title'] !== undefined) text(fields['title'], `${at}.title`);
  if (fields['when'] !== undefined) {
    each(fields['when'], `${at}.when`, (one, place) => {
      const { linear, physical } = object(one, place, ['linear', 'physical'], []);
      number(linear, `${place}.linear`);
      if (physical !== 'root' && physical !== 'any') number(physical, `${place}.physical`);
    });
  }
  each(fields['regions'], `${at}.regions`, region);
}

function region(value: unknown, at: string): void {
  const fields = object(value, at, ['name', 'start', 'end'], ['direct', 'directMultiple']);
  text(fields['name'], `${at}.name`);
  const [start, end] = [number(fields['start'], `${at}.start`), number(fields['end'], `${at}.end`)];
  if (start >= end) throw new LensError(`${at}.end must be above its start`);
  for (const key of ['direct', 'directMultiple']) {
    if (fields[key] === undefined) continue;
    if (number(fields[key], `${at}.${key}`) === 0n && key === 'directMultiple')
      throw new LensError(`${at}.${key} must not be 0`);
  }
  if (fields['direct'] !== undefined && fields['directMultiple'] !== undefined)
    throw new LensError(`${at} has both direct and directMultiple; give one`);
}

function rule(value: unknown, at: string): void {
  const fields = object(value, at, ['mask', 'value', 'reason'], ['modes', 'levels', 'fields']);
  const [mask, wanted] = [number(fields['mask'], `${at}.mask`), number(fields['value'], `${at}.value`)];
  if ((mask & wanted) !== wanted)
    throw new LensError(`${at}.value has bits that its mask lacks, so it never fits`);
  if ((wanted & 1n) !== 0n) throw new LensError(`${at}.value has bit 0 set, so it is of a present entry`);
  text(fields['reason'], `${at}.reason`);
  if (fields['modes'] !== undefined) modes(fields['modes'], `${at}.modes`);
  if (fields['levels'] !== undefined) {
    each(fields['levels'], `${at}.levels`, (kind, place) => {
      if (!KINDS.includes(kind as EntryKind)) throw new LensError(`${place} is one of ${KINDS.join(', ')}`);
    });
  }
  if (fields['fields'] !== undefined) each(fields['fields'], `${at}.fields`, field);
}

function field(value: unknown, at: string): void {
  const fields = object(value, at, ['name', 'low', 'bits'], ['inverted', 'unit']);
  text(fields['name'], `${at}.name`);
  const low = whole(fields['low'], `${at}.low`, 0, 63);
  whole(fields['bits'], `${at}.bits`, 1, 64 - low);
  if (fields['unit'] !== undefined) whole(fields['unit'], `${at}.unit`, 1, 2 ** 32);
  if (fields['inverted'] !== undefined && typeof fields['inverted'] !== 'boolean')
    throw new LensError(`${at}.inverted is true or false`);
}

function pair(value: unknown): void {
  const fields = object(value, 'pair', ['bit', 'clear', 'set', 'below'], []);
  whole(fields['bit'], 'pair.bit', 5, 51);
  text(fields['clear'], 'pair.clear');
  text(fields['set'], 'pair.set');
  for (const [mode, border] of Object.entries(byMode(fields['below'], 'pair.below')))
    number(border, `pair.below.${mode}`);
}

function frames(value: unknown): void {
  const fields = object(value, 'frames', ['name', 'tables', 'invalidBit'], []);
  text(fields['name'], 'frames.name');
  whole(fields['invalidBit'], 'frames.invalidBit', 0, 63);
  each(fields['tables'], 'frames.tables', (table, at) => {
    const { modes: its, linear, entryBytes } = object(table, at, ['modes', 'linear', 'entryBytes'], []);
    modes(its, `${at}.modes`);
    number(linear, `${at}.linear`);
    if (entryBytes !== 4 && entryBytes !== 8) throw new LensError(`${at}.entryBytes is 4 or 8`);
  });
}

/** The fields of an object: all that are needed, and none that are unknown. */
function object(
  value: unknown,
  at: string,
  needed: readonly string[],
  optional: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LensError(`${at} is an object, in { }`);
  const known = [...needed, ...optional];
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new LensError(`${at} has no field '${unknown}'; it has ${known.join(', ')}`);
  const missing = needed.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) throw new LensError(`${at} lacks the field '${missing}'`);
  return value as Readonly<Record<string, unknown>>;
}

function byMode(value: unknown, at: string): Readonly<Record<string, unknown>> {
  return object(value, at, [], MODES);
}

function each(value: unknown, at: string, check: (value: unknown, at: string) => void): void {
  if (!Array.isArray(value)) throw new LensError(`${at} is a list, in [ ]`);
  for (const [i, one] of value.entries()) check(one, `${at}[${i}]`);
}

function modes(value: unknown, at: string): void {
  each(value, at, (mode, place) => {
    if (!MODES.includes(mode as PagingMode)) throw new LensError(`${place} is one of ${MODES.join(', ')}`);
  });
}

function text(value: unknown, at: string): void {
  if (typeof value !== 'string' || value === '') throw new LensError(`${at} is a string, and not empty`);
}

function number(value: unknown, at: string): bigint {
  const parsed = typeof value === 'string' && /^(0x[0-9a-f]+|\d+)$/i.test(value) ? BigInt(value) : undefined;
  if (parsed === undefined || parsed > 2n ** 64n)
    throw new LensError(`${at} is a number from 0 to 2^64 in a string, such as "0xc0000000"`);
  return parsed;
}

function whole(value: unknown, at: string, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    throw new LensError(`${at} is a whole number from ${least} to ${most}`);
  return value as number;
}
