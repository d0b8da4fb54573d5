/** The user's own JavaScript: builders and strategies. It runs as a part of this program, with all that it may do. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, reasonOf } from './errors.ts';

/** Whether a name is that of a module: a machine's file has another ending, and a command that runs one has more words. */
export function isModule(name: string): boolean {
  return /^\S+\.[cm]?js$/.test(name);
}

/**
 * What a module exports.
 * @param what - What it should have, in words, such as `builder`.
 * @throws InputError if it cannot be loaded.
 */
export async function importModule(path: string, what: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Node tells a module that this one imports by the same code; there its own words say which.
    if (code !== 'ERR_MODULE_NOT_FOUND')
      throw new InputError(`cannot load the ${what} '${path}': ${reasonOf(error)}`);
    const reason = existsSync(path) ? (error as Error).message : reasonOf({ code: 'ENOENT' });
    throw new InputError(`cannot load the ${what} '${path}': ${reason}`);
  }
}

/** The line of a module that an error comes from, or of the call that led to it; undefined where its stack does not say. */
export function lineIn(path: string, error: unknown): number | undefined {
  const { stack } = error as Error;
  const place = `${pathToFileURL(resolve(path)).href}:`;
  const at = stack?.indexOf(place) ?? -1;
  return at < 0 ? undefined : Number.parseInt(stack!.slice(at + place.length), 10);
}
