/** Where the prover reads what it proves: the project's own sources, or the same with a planted change. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { Interpreter } from './engine/interpreter.ts';

/** The project's folder, whether this file runs from it or from its build. */
export const ROOT: string = ['..', '../..']
  .map((up) => resolve(import.meta.dirname, up))
  .find((folder) => existsSync(join(folder, 'package.json')))!;
const PROOF = 'proof:';

/** A change of one file: the text to be found, once, and what stands there instead. */
export interface Change {
  /** Relative to src. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The text of a source file. */
export function readSource(file: string): string {
  if (file.startsWith(PROOF)) return readFileSync(join(ROOT, 'proof', file.slice(PROOF.length)), 'utf8');
  return readFileSync(join(ROOT, 'src', file), 'utf8');
}

/** The file with the change made. @throws Error unless the text occurs exactly once. */
export function changedSource({ file, find, replace }: Change): string {
  const text = readSource(file);
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} holds '${find}' ${parts.length - 1} times, not once`);
  return parts.join(replace);
}

/** Another text in place of one file. */
export interface Replacement {
  /** Relative to src. */
  readonly file: string;
  readonly text: string;
}

/** A fresh interpreter over the sources, one of them perhaps replaced. */
export function interpreter(replaced?: Replacement): Interpreter {
  return new Interpreter(
    (file) => (file === replaced?.file ? replaced.text : readSource(file)),
    (from, specifier) =>
      from.startsWith(PROOF)
        ? `${PROOF}${normalize(join(dirname(from.slice(PROOF.length)), specifier))}`
        : normalize(join(dirname(from), specifier)),
  );
}
