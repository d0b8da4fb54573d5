/** The planted mistakes: each refuted by a theorem, and its counterexample run on a build that has the mistake. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import type { Claim } from './claim.ts';
import { type Counterexample, find, type Verdict } from './counterexample.ts';
import { Unsupported } from './engine/operators.ts';
import type { Solver } from './engine/solver.ts';
import { eq, int, type Term } from './engine/term.ts';
import { Num, Truth } from './engine/values.ts';
import type { Mutant } from './mutants/mutant.ts';
import { MUTANTS } from './mutants.ts';
import { changedSource, interpreter } from './sources.ts';
import type { State } from './subjects/state.ts';
import { complete, huntsFor } from './theorems.ts';

const DIST = resolve(import.meta.dirname, '../../dist');
const REPLAY = join(import.meta.dirname, 'replay.js');

/** @returns How many mutants were not refuted, or whose counterexample shows nothing. */
export async function campaign(
  solver: Solver,
  names: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'x86-paging-prove-'));
  let lived = 0;
  try {
    cpSync(DIST, folder, { recursive: true });
    const chosen = MUTANTS.filter(
      ({ file, mode, find }) =>
        names.length === 0 || names.some((name) => `${mode} ${file} ${find}`.includes(name)),
    );
    for (const [i, mutant] of chosen.entries()) {
      const began = performance.now();
      const outcome = await refute(solver, mutant, folder);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (!outcome.ok) lived++;
      print(
        `${outcome.ok ? '✓' : '✗'} ${String(i + 1).padStart(2)} ${mutant.file}: ${oneLine(mutant.find)} → ${oneLine(mutant.replace) || '(nothing)'} (${seconds} s)\n     ${outcome.text}`,
      );
    }
    print(
      `${chosen.length - lived} of ${chosen.length} planted mistakes refuted, each by a machine that runs`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return lived;
}

async function refute(
  solver: Solver,
  mutant: Mutant,
  folder: string,
): Promise<{ ok: boolean; text: string }> {
  for (const theorem of huntsFor(mutant.file, mutant.mode)) {
    const run = interpreter(mutant);
    try {
      const claim = theorem.build(run);
      const answer = await search(solver, complete(claim, run));
      if (answer.verdict !== 'possible') continue;
      const example = { theorem: theorem.id, mode: theorem.mode, ...answer.machine };
      const lines = replay(example, mutant, folder);
      const differ = disagreement(lines);
      return {
        ok: differ !== undefined,
        text: `${theorem.id}: ${example.breaks.join(', ') || 'an exception'}; ${differ ?? `but the machine shows nothing: ${JSON.stringify(lines)}`}`,
      };
    } catch (error) {
      // Outside what numbers hold exactly: refused, which proves nothing but finds the mistake as well.
      if (error instanceof Unsupported) return { ok: false, text: `${theorem.id}: ${error.message}` };
      throw error;
    }
  }
  return { ok: false, text: 'LIVED: every theorem still holds' };
}

/**
 * Looks for a counterexample on an ordinary machine first: with fewer unknowns most are found in a fraction of the time.
 * Only where there is none, all machines are asked about.
 */
async function search(solver: Solver, claim: Claim): Promise<Verdict> {
  const ordinary = [
    ...(claim.likely ?? []),
    ...(claim.state === undefined ? [] : ordinaryMachine(claim.state)),
  ];
  if (ordinary.length === 0) return find(solver, claim);
  const narrow = await find(solver, { ...claim, assumptions: [...claim.assumptions, ...ordinary] });
  return narrow.verdict === 'possible' ? narrow : find(solver, claim);
}

/** 64 GiB of RAM, and a CPU with every feature and 40 address bits. */
function ordinaryMachine({ ram, cpu }: State): Term[] {
  const features = [...cpu.fields.values()].flatMap((value) => {
    if (value instanceof Num) return [eq(value.term, int(40))];
    return value instanceof Truth ? [value.term] : [];
  });
  return [...features, eq(ram.frameCount, int(ram.frameCount.hi))];
}

/** Runs the counterexample on a build with the planted mistake. */
function replay(example: Counterexample, mutant: Mutant, folder: string): Record<string, string> {
  const built = join(folder, mutant.file.replace(/\.ts$/, '.js'));
  const before = readFileSync(built, 'utf8');
  const { outputText } = ts.transpileModule(changedSource(mutant), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
    },
  });
  try {
    writeFileSync(built, outputText);
    const { stdout, stderr, status } = spawnSync(process.execPath, [REPLAY, folder], {
      input: JSON.stringify(example),
      encoding: 'utf8',
    });
    if (status !== 0)
      return {
        error:
          stderr
            .trim()
            .split('\n')
            .find((text) => text.includes('Error')) ?? 'died',
      };
    return JSON.parse(stdout) as Record<string, string>;
  } finally {
    writeFileSync(built, before);
  }
}

function disagreement(lines: Record<string, string>): string | undefined {
  const { translate, explain, rule } = lines;
  if (explain !== undefined) {
    if (translate !== explain) return `Mmu.translate: ${translate}; explain: ${explain}`;
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

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
