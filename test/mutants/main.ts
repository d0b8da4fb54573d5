import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MUTANTS, type Mutant } from './mutants.ts';

const root = resolve(import.meta.dirname, '../..');
/** What the tests need of the project. */
const NEEDED = ['src', 'test', 'vectors', 'package.json', 'tsconfig.base.json', 'vitest.config.ts'];

type Verdict = 'caught' | 'SURVIVED' | 'STALE' | 'BROKEN';

/**
 * Makes each mutant whose name contains a word of the arguments, or all, in a copy of the project.
 * @returns 0 if all were caught, else 1.
 */
export function main(args: readonly string[]): number {
  const chosen = MUTANTS.filter(({ name }) => args.length === 0 || args.some((word) => name.includes(word)));
  const copy = mkdtempSync(join(tmpdir(), 'x86-paging-mutants-'));
  try {
    for (const name of NEEDED) cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    let missed = 0;
    for (const [i, mutant] of chosen.entries()) {
      const verdict = tryMutant(copy, mutant);
      if (verdict !== 'caught') missed++;
      console.log(`${verdict.padEnd(8)}  ${i + 1}/${chosen.length}  ${mutant.file}: ${mutant.name}`);
    }
    console.log(`${chosen.length - missed} of ${chosen.length} mutants caught`);
    return missed === 0 ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function tryMutant(copy: string, { file, from, to, tests }: Mutant): Verdict {
  const path = join(copy, 'src', file);
  const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (source.split(from).length !== 2) return 'STALE';
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  try {
    const report = join(copy, 'report.json');
    rmSync(report, { force: true });
    const paths = tests.map((test) => `test/${test}`).filter((test) => existsSync(join(copy, test)));
    spawnSync(
      join(copy, 'node_modules/.bin/vitest'),
      ['run', '--bail', '1', '--reporter', 'json', '--outputFile', report, ...paths],
      { cwd: copy, stdio: 'ignore' },
    );
    // A mutant that does not even load proves nothing about the tests.
    if (!existsSync(report)) return 'BROKEN';
    const { success, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    if (numFailedTests > 0) return 'caught';
    // Without a failed test, and yet no success: something did not load, or was stopped.
    return success ? 'SURVIVED' : 'BROKEN';
  } finally {
    writeFileSync(path, source);
  }
}
