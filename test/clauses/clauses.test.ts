import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/documents.ts';

/** The headings of SDM 3A chapter 4 below which there is text, by their numbers (edition of March 2024). */
const HEADINGS = [
  ...['4.1', '4.1.1', '4.1.2', '4.1.3', '4.1.4', '4.2', '4.3', '4.4', '4.4.1', '4.4.2'],
  ...['4.5', '4.5.1', '4.5.2', '4.5.3', '4.5.4', '4.5.5', '4.6', '4.6.1', '4.6.2', '4.7', '4.8'],
  ...['4.9', '4.9.1', '4.9.2', '4.9.3', '4.10', '4.10.1', '4.10.2.1', '4.10.2.2', '4.10.2.3', '4.10.2.4'],
  ...['4.10.3.1', '4.10.3.2', '4.10.3.3', '4.10.4.1', '4.10.4.2', '4.10.4.3', '4.10.4.4', '4.10.5'],
  ...['4.11', '4.11.1', '4.11.2', '4.12', '4.13'],
];

interface Clause {
  readonly section: string;
  readonly clause: string;
  readonly source: string;
  readonly test: string;
  readonly vectors: string;
}

const CLAUSES: readonly Clause[] = readFileSync(join(ROOT, 'docs/clauses.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| 4'))
  .map((line) => {
    const [, section, clause, source, test, vectors, end] = line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
    expect(end, line).toBe('');
    return { section: section!, clause: clause!, source: source!, test: test!, vectors: vectors! };
  });

const NOT_HERE = 'not here: ';
const APPLY = CLAUSES.filter(({ source }) => !source.startsWith(NOT_HERE));

/** The name that a declaration or member has. */
function declares(file: string, symbol: string): boolean {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
  const wanted = symbol.replace(/^(get|set) /, '');
  let found = false;
  const visit = (node: ts.Node): void => {
    const { name } = node as { name?: ts.Node };
    if (name !== undefined && name.getText() === wanted) found = true;
    if (!found) node.forEachChild(visit);
  };
  visit(tree);
  return found;
}

const OBSERVED = readdirSync(join(ROOT, 'test/mmu/vectors')).map((name) => name.replace(/\.csv\.gz$/, ''));
const PUBLISHED = readdirSync(join(ROOT, 'vectors')).map((name) => name.replace(/\.json(\.gz)?$/, ''));

describe('docs/clauses.md', () => {
  it('has every heading of the chapter, in order, and no other', () => {
    expect([...new Set(CLAUSES.map(({ section }) => section))]).toEqual(HEADINGS);
  });

  it.each(APPLY)('§$section $clause: symbol and line are in the source', ({ source }) => {
    const [, symbol, path, line] = /^\[`(.+?)`\]\(\.\.\/(src\/.+?)\) `(.+)`$/.exec(source) ?? [];
    expect(symbol, source).toBeDefined();
    const file = join(ROOT, path!);
    expect(declares(file, symbol!), `${symbol} in ${path}`).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(line);
  });

  it('names tests that exist, by how their titles begin', () => {
    for (const { test } of APPLY) {
      const [, path, title] = /^\[.+?\]\(\.\.\/(test\/.+?\.test\.ts)\): (.+)$/.exec(test) ?? [];
      expect(title, test).toBeDefined();
      const titles = readFileSync(join(ROOT, path!), 'utf8').matchAll(
        /(?:it|describe)(?:\.\w+\([^)]*\))?\(\s*'(.+?)',/g,
      );
      expect([...titles].map(([, found]) => found!.slice(0, title!.length))).toContain(title);
    }
  });

  it('names vectors that exist', () => {
    for (const { vectors } of APPLY) {
      if (vectors === '–') continue;
      for (const [, name] of vectors.matchAll(/`(.+?)`/g))
        expect([...OBSERVED, ...PUBLISHED]).toContain(name);
    }
  });

  it('says why where a clause does not apply', () => {
    for (const { source, test, vectors } of CLAUSES) {
      if (!source.startsWith(NOT_HERE)) continue;
      expect(source.length).toBeGreaterThan(NOT_HERE.length + 10);
      expect([test, vectors]).toEqual(['–', '–']);
    }
    expect(existsSync(join(ROOT, 'docs/clauses.md'))).toBe(true);
  });
});
