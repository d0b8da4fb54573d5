/** The project's own source, for tests that look at how it is written. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const src = resolve(import.meta.dirname, '../../src');

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
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => ({ path, text: readFileSync(join(src, path), 'utf8') }));
}

/** The folders of `src`. */
export function sourceFolders(): string[] {
  const entries = readdirSync(src, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** What all files import. */
export function allImports(): Import[] {
  const imports: Import[] = [];
  for (const { path: file, text } of sourceFiles()) {
    const from = file.split('/')[0] ?? file;
    for (const match of text.matchAll(/^(?:import|export)\s(type\s)?(?:[^;']*?from\s+)?'([^']+)'/gm)) {
      const target = match[2] ?? '';
      const to = target.startsWith('.') ? relative(src, resolve(src, dirname(file), target)) : undefined;
      imports.push({ file, from, target, to, typesOnly: match[1] !== undefined });
    }
  }
  return imports;
}

/** Code without its comments. Strings that hold `//` are cut too, which does no harm to those who search. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
