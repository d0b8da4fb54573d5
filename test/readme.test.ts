import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sampleKernel } from '../src/builder/index.ts';
import { COMMANDS } from '../src/cli/commands/index.ts';
import { x86paging } from './cli/run.ts';
import { LOW_RAM, SAMPLE_CPUS } from './dump/sample.ts';
import { elfCore, qemuNotes } from './dump/writers.ts';
import { blocksOf, examplesOf } from './support/documents.ts';

const blocks = (language: string): string[] => blocksOf('README.md', language);

describe('the README', () => {
  it('shows what the demo prints', () => {
    const { out } = x86paging(['demo']);
    const outputs = examplesOf('README.md').map(({ output }) => output);
    const shown = blocks('text').filter((block) => !outputs.includes(block));
    expect(shown.length).toBe(2);
    for (const block of shown) expect(out).toContain(block);
  });

  it('has command lines that work, in a folder with the files that they name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'x86-paging-readme-'));
    const lines = blocks('sh').flatMap((block) => block.match(/(?<=^npx x86-paging ).*$/gm) ?? []);
    // It takes long, and has a test of its own.
    const quick = lines.filter((line) => line !== 'vectors --check');
    expect(quick.length).toBeGreaterThan(7);
    writeFileSync(join(folder, 'vmlinuz'), sampleKernel());
    writeFileSync(join(folder, 'initrd.gz'), gzipSync(new Uint8Array(9000)));
    for (const name of ['guest.elf', 'later.elf'])
      writeFileSync(join(folder, name), elfCore(LOW_RAM, { notes: qemuNotes(SAMPLE_CPUS) }));
    try {
      for (const line of quick) {
        const { code, err } = x86paging(line.split(' '), { cwd: folder });
        // 1 is an answer too: the write that faults, the page that is not mapped.
        expect([
          line,
          code === 0 || (code === 1 && /^(walk|who|lint|read|roots|xen)/.test(line)),
          err,
        ]).toEqual([line, true, err]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names every command and every import', () => {
    const text = readFileSync('README.md', 'utf8');
    const rows = (heading: string): string => text.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object };
    const imports = Object.keys(exports).filter((name) => /^\.\/[a-z]+$/.test(name));
    expect(
      COMMANDS.map(({ name }) => name).filter((name) => !rows('Commands').includes(`\`${name}\``)),
    ).toEqual([]);
    expect(
      imports
        .map((name) => `x86-paging/${name.slice(2)}`)
        .filter((name) => !rows('What can be imported').includes(`\`${name}\``)),
    ).toEqual([]);
    expect(imports.length).toBeGreaterThan(20);
  });

  it('has a higher-half kernel, from nothing to a proven layout, in at most 15 lines', () => {
    const kernel = examplesOf('README.md').find(({ text }) => text.includes('checkLayout(new Mmu('))!;
    const lines = kernel.text.split('\n').filter((line) => line.trim() !== '');
    expect(lines.length).toBeLessThanOrEqual(15);
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
    // That it prints this is for the test of all documents.
    expect(kernel.output).toMatch(/^(proved .*\n){4,}$/);
  });

  it('leads with the two command lines', () => {
    expect(blocks('sh').slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
  });
});
