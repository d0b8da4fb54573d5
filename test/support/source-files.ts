/** The project's own source, for tests that look at how it is written. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const src = join(repository, 'src');

export interface SourceFile {
  /** Path below `src`. */
  readonly path: string;
  readonly text: string;
}

/** One import or re-export. */
export interface Import {
  /** The file that imports, below `src`. */
  readonly file: string;
  /** Its folder: the first part of its path. */
  readonly from: string;
  /** What it names. */
  readonly target: string;
  /** The file that it names, below `src`; undefined for a package. */
  readonly to: string | undefined;
  readonly typesOnly: boolean;
}

/** All TypeScript files below `src`. */
export function sourceFiles(): SourceFile[] {
  return filesBelow(src, /\.tsx?$/);
}

function filesBelow(folder: string, names: RegExp): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => names.test(path) && !path.endsWith('.d.ts'))
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

/** The folders of `src`. */
export function sourceFolders(): string[] {
  const entries = readdirSync(src, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** What all files of `src` import. */
export function allImports(): Import[] {
  return sourceFiles().flatMap(({ path: file, text }) =>
    importsOf(text).map(({ target, typesOnly }) => {
      const to = target.startsWith('.') ? join(dirname(file), target) : undefined;
      return { file, from: file.split('/')[0] ?? file, target, to, typesOnly };
    }),
  );
}

function importsOf(text: string): Pick<Import, 'target' | 'typesOnly'>[] {
  return [...text.matchAll(/^(?:import|export)\s(type\s)?(?:[^;']*?from\s+)?'([^']+)'/gm)].map((match) => ({
    target: match[2] ?? '',
    typesOnly: match[1] !== undefined,
  }));
}

/** Which file imports which, by their paths in the repository: everything below these folders of it. */
export function importGraph(folders: readonly string[]): Map<string, string[]> {
  const files = folders.flatMap((folder) =>
    filesBelow(join(repository, folder), /\.(?:tsx?|mjs)$/).map(({ path, text }) => ({
      path: join(folder, path),
      text,
    })),
  );
  const known = new Set(files.map(({ path }) => path));
  return new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text)
        .filter(({ target }) => target.startsWith('.'))
        .map(({ target }) => join(dirname(path), target))
        .filter((target) => known.has(target)),
    ]),
  );
}

/** Code without its comments. Strings that hold `//` are cut too, which does no harm to those who search. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
