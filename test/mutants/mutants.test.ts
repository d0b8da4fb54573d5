import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';

const root = resolve(import.meta.dirname, '../..');

/** The mutants themselves take minutes: `npm run mutants`. */
describe('the list of mutants', () => {
  it.each(MUTANTS)('still fits the source: $name', ({ file, from, to, tests }) => {
    expect(readFileSync(join(root, 'src', file), 'utf8').split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
    expect(tests.filter((test) => !existsSync(join(root, 'test', test)))).toEqual([]);
  });
});
