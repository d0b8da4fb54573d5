/** The planted mistakes: each refuted by a theorem, and its counterexample run on a build that has the mistake. */

import type { Claim } from './claim.ts';
import { type Counterexample, find, type Verdict } from './counterexample.ts';
import { Unsupported } from './engine/operators.ts';
import type { Solver } from './engine/solver.ts';
import { eq, int, type Term } from './engine/term.ts';
import { Num, Truth } from './engine/values.ts';
import type { Mutant } from './mutants/mutant.ts';
import { MUTANTS } from './mutants.ts';
import { disagreement, RealBuild } from './real-build.ts';
import { changedSource, interpreter, readSource } from './sources.ts';
import type { State } from './subjects/state.ts';
import { complete, huntsFor } from './theorems.ts';

/** @returns How many mutants were not refuted, or whose counterexample shows nothing. */
export async function campaign(
  solver: Solver,
  names: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  const build = new RealBuild();
  let lived = 0;
  try {
    const chosen = MUTANTS.filter(
      ({ file, mode, find }) =>
        names.length === 0 || names.some((name) => `${mode} ${file} ${find}`.includes(name)),
    );
    for (const [i, mutant] of chosen.entries()) {
      const began = performance.now();
      const outcome = await refute(solver, mutant, build);
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
    build.remove();
  }
  return lived;
}

async function refute(
  solver: Solver,
  mutant: Mutant,
  build: RealBuild,
): Promise<{ ok: boolean; text: string }> {
  const planted = { file: mutant.file, text: changedSource(mutant) };
  for (const theorem of huntsFor(mutant.file, mutant.mode)) {
    const run = interpreter(planted);
    try {
      const claim = theorem.build(run);
      const answer = await search(solver, complete(claim, run));
      if (answer.verdict !== 'possible') continue;
      const example = { theorem: theorem.id, mode: theorem.mode, ...answer.machine };
      const lines = build.run(example, planted);
      const differ = disagreement(lines) ?? thrown(lines, build, example, mutant);
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

/** What the build with the mistake throws, where the one without it throws nothing. */
function thrown(
  { error }: Record<string, string>,
  build: RealBuild,
  example: Counterexample,
  { file }: Mutant,
): string | undefined {
  if (error === undefined) return undefined;
  const shipped = build.run(example, { file, text: readSource(file) });
  return shipped['error'] === undefined ? `it throws ${error}` : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
