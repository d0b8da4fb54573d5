import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { readSource } from './sources.ts';

describe('the planted mistakes', () => {
  it('are at least 60, all different, and over every file that theorems speak of', () => {
    const rows = MUTANTS.map(({ file, find, replace }) => `${file}: ${find} → ${replace}`);
    expect(new Set(rows).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThanOrEqual(60);
  });

  it.each(MUTANTS)('$file holds once: $find', ({ file, find, replace }) => {
    expect(readSource(file).split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });
});
