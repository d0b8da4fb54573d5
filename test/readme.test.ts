import { describe, expect, it } from 'vitest';
import { x86paging } from './cli/run.ts';
import { blocksOf } from './support/documents.ts';

const blocks = (language: string): string[] => blocksOf('README.md', language);

describe('the README', () => {
  it('shows what the demo prints', () => {
    const { out } = x86paging(['demo']);
    const shown = blocks('text');
    expect(shown.length).toBe(2);
    for (const block of shown) expect(out).toContain(block);
  });

  it('leads with the two command lines', () => {
    expect(blocks('sh').slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
  });
});
