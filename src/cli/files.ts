import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from './errors.ts';

/** Reads a file; `-` is standard input. @throws InputError */
export function readInput(path: string, what: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    throw new InputError(`cannot read the ${what} '${path}': ${reason(error)}`);
  }
}

const unfinished = new Set<string>();

/** Writes a file whole or not at all: under another name first. `-` is standard output. @throws InputError */
export function writeOutput(path: string, bytes: Uint8Array | string): void {
  if (path === '-') {
    writeFileSync(1, bytes);
    return;
  }
  const temporary = `${path}.${process.pid}.tmp`;
  unfinished.add(temporary);
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    throw new InputError(`cannot write '${path}': ${reason(error)}`);
  } finally {
    removeUnfinished();
  }
}

/** Removes what an interrupted write has left. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true });
  unfinished.clear();
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    { ENOENT: 'there is no such file', EISDIR: 'it is a directory', EACCES: 'permission denied' }[
      code ?? ''
    ] ?? message
  );
}
