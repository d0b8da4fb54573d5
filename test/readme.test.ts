import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { x86paging } from './cli/run.ts';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The contents of the README's code blocks of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  );
}

describe('the README', () => {
  it('shows what the demo prints', () => {
    const { out } = x86paging(['demo']);
    const shown = blocks('text');
    expect(shown.length).toBe(2);
    for (const block of shown) expect(out).toContain(block);
  });

  it('has an example that does what its comments say', () => {
    const [example] = blocks('js');
    const file = join(root, 'build/readme-example.mjs');
    mkdirSync(join(root, 'build'), { recursive: true });
    writeFileSync(file, example!);
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const promised = [...example!.matchAll(/^console\.log.*\/\/ ([^:\n]+)/gm)].map((match) => match[1]);
    expect(stdout.trim().split('\n')).toEqual(promised);
    expect(promised).toHaveLength(4);
  });

  it('leads with the two command lines', () => {
    expect(blocks('sh').slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
  });
});
