import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { combinationsOf, type TruthTable } from '../../src/vectors/index.ts';
import { x86paging } from './run.ts';

const table = JSON.parse(
  readFileSync(new URL('../../vectors/truth-table.json', import.meta.url), 'utf8'),
) as TruthTable;

describe('vectors', () => {
  it('says what the table holds', () => {
    const { code, out } = x86paging(['vectors']);
    expect(code).toBe(0);
    expect(out).toContain('14,155,776 combinations in 151,');
    expect(out).toContain(
      'i386, i486, pentium, pentium-pro, pentium-iii; 384 directory entries × 128 table entries',
    );
    expect(JSON.parse(x86paging(['vectors', '--json']).out)).toMatchObject({
      combinations: 14_155_776,
      cases: 144,
    });
  });

  it('replays every combination of the published table: the MMU agrees on all', () => {
    const { code, out, err } = x86paging(['vectors', '--check', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      combinations: combinationsOf(table),
      disagreements: 0,
      examples: [],
    });
    expect(code).toBe(0);
    expect(err).toBe('');
  });

  it('replays the tables of the other modes as well', () => {
    const { code, out } = x86paging(['vectors', '--mode', 'PAE', '--check']);
    expect(out).toMatch(/^1,222,263 combinations in [\d.]+ s: all agree\n$/);
    expect(code).toBe(0);
    expect(x86paging(['vectors', '--mode', '5-level']).out).toContain('22,163,295 combinations');
  });

  it('takes nothing else', () => {
    expect(x86paging(['vectors', 'x']).code).toBe(2);
    expect(x86paging(['vectors', '--mode', 'real']).code).toBe(2);
  });
});
