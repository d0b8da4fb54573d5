/** A counterexample, run for real: on a copy of the build in which one file may be another. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import type { Counterexample } from './counterexample.ts';
import { type Replacement, ROOT } from './sources.ts';

const REPLAY = join(ROOT, 'build/proof/replay.js');

/** A copy of `dist`, in a temporary folder until {@link RealBuild.remove}. */
export class RealBuild {
  readonly #folder = mkdtempSync(join(tmpdir(), 'x86-paging-prove-'));

  constructor() {
    cpSync(join(ROOT, 'dist'), this.#folder, { recursive: true });
  }

  /** Builds the machine of a counterexample, and asks it on all ways. @returns What each answers, by name. */
  run(example: Counterexample, { file, text }: Replacement): Record<string, string> {
    const built = join(this.#folder, file.replace(/\.ts$/, '.js'));
    const before = readFileSync(built, 'utf8');
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        rewriteRelativeImportExtensions: true,
      },
    });
    try {
      writeFileSync(built, outputText);
      const { stdout, stderr, status } = spawnSync(process.execPath, [REPLAY, this.#folder], {
        input: JSON.stringify(example),
        encoding: 'utf8',
      });
      if (status === 0) return JSON.parse(stdout) as Record<string, string>;
      const lines = stderr.trim().split('\n');
      return { error: lines.find((one) => one.includes('Error')) ?? 'died' };
    } finally {
      writeFileSync(built, before);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Who disagrees with whom in what {@link RealBuild.run} has found; undefined if nobody does. */
export function disagreement(lines: Record<string, string>): string | undefined {
  const { translate, explain, rule } = lines;
  if (explain !== undefined) {
    if (translate !== explain) return `Mmu.translate: ${translate}; explain: ${explain}`;
    const single = lines['one by one'];
    if (single !== undefined && single !== translate)
      return `Mmu.translateEach: ${translate}; Mmu.translate: ${single}`;
    if (lines['cached'] !== lines['cached one by one'])
      return `cached by Mmu.translateEach: ${lines['cached']}; by Mmu.translate: ${lines['cached one by one']}`;
    const modelled = lines['translate with a modelled TLB'];
    if (modelled !== undefined && modelled !== explain) {
      return `Mmu.translate with a modelled TLB: ${modelled}; explain: ${explain}`;
    }
    if (rule !== undefined && rule !== explain) return `Mmu and explain: ${explain}; the rule: ${rule}`;
    return undefined;
  }
  for (const [name, asked] of Object.entries(lines)) {
    const found = lines[name.replace('asked', 'found')];
    if (name.startsWith('asked') && found !== asked)
      return `the writer was ${name}: ${asked}; the walk found ${found}`;
  }
  return undefined;
}
