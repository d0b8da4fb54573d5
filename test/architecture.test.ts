import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Which folder of src may import which others. Dependencies run one way; above all, the builder never sees the
 * MMU, so that walking what it built is an independent check.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  arch: [],
  bytes: [],
  memory: ['arch'],
  walk: ['memory', 'arch'],
  tlb: ['walk', 'memory', 'arch'],
  mmu: ['tlb', 'walk', 'memory', 'arch'],
  abi: ['arch'],
  tables: ['memory', 'arch'],
  xen: ['mmu', 'memory', 'abi', 'arch'],
  dump: ['memory', 'bytes', 'arch'],
  builder: ['bytes', 'memory', 'abi', 'arch'],
  machine: ['mmu', 'memory', 'builder', 'abi', 'arch', 'bytes', 'dump'],
  formats: ['machine', 'memory', 'builder (types)'],
  verify: ['mmu', 'walk', 'memory', 'abi', 'arch', 'builder (types)'],
  inspect: ['mmu', 'memory', 'abi', 'arch', 'builder (types)'],
  render: ['inspect', 'arch', 'abi', 'mmu', 'verify (types)', 'builder (types)'],
  vectors: ['mmu', 'memory', 'arch'],
  exercise: ['mmu', 'memory', 'builder', 'abi', 'arch', 'inspect', 'render'],
  bench: ['mmu', 'memory', 'builder', 'abi', 'arch', 'verify'],
};
/** They sit on top and may import everything. */
const TOPS = ['cli', 'web', 'index.ts'];

const src = resolve(import.meta.dirname, '../src');

interface Import {
  readonly file: string;
  readonly from: string;
  readonly target: string;
  readonly typesOnly: boolean;
}

function importsOfCore(): Import[] {
  const imports: Import[] = [];
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    const from = file.split('/')[0] ?? file;
    if (!file.endsWith('.ts') || TOPS.includes(from)) continue;
    const text = readFileSync(join(src, file), 'utf8');
    for (const match of text.matchAll(/^(?:import|export)\s(type\s)?[^;]*?from\s+'([^']+)'/gm)) {
      imports.push({ file, from, target: match[2] ?? '', typesOnly: match[1] !== undefined });
    }
  }
  return imports;
}

describe('the folders of src', () => {
  const imports = importsOfCore();

  it('are all named in the table of this test', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const known = [...Object.keys(ALLOWED), ...TOPS];
    expect(folders.map((folder) => folder.name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('import only what the table allows', () => {
    const forbidden = imports.filter(({ file, from, target, typesOnly }) => {
      if (!target.startsWith('.')) return false;
      const to = relative(src, resolve(src, dirname(file), target)).split('/')[0] ?? '';
      const allowed = ALLOWED[from] ?? [];
      return to !== from && !allowed.includes(to) && !(typesOnly && allowed.includes(`${to} (types)`));
    });
    expect(forbidden).toEqual([]);
  });

  it('use no package at run time, and nothing of Node', () => {
    expect(imports.filter(({ target }) => !target.startsWith('.'))).toEqual([]);
  });

  it('are found by this test at all', () => {
    expect(imports.some(({ from, target }) => from === 'mmu' && target.includes('memory'))).toBe(true);
  });
});
