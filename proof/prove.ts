/** One theorem, asked of the sources as they are or with one file replaced. */

import type { Theorem } from './claim.ts';
import { ask, type Counterexample } from './counterexample.ts';
import { Unsupported } from './engine/operators.ts';
import type { Solver } from './engine/solver.ts';
import { interpreter, type Replacement } from './sources.ts';
import { complete } from './theorems.ts';

/** What came of a theorem. */
export interface Proof {
  readonly theorem: Theorem;
  /** Of CPU: other work on the machine does not count. */
  readonly seconds: number;
  readonly verdict: 'proven' | 'refuted' | 'not proven';
  /** Why it is not proven: the solver's time is out, or the source is beyond the engine. */
  readonly why?: string;
  readonly counterexample?: Counterexample;
}

export async function prove(solver: Solver, theorem: Theorem, replaced?: Replacement): Promise<Proof> {
  const began = process.cpuUsage();
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  const run = interpreter(replaced);
  try {
    const claim = theorem.build(run);
    const answer = await ask(solver, complete(claim, run));
    const common = { theorem, seconds: cpuSeconds() };
    if (answer.verdict === 'unknown') return { ...common, verdict: 'not proven', why: answer.reason };
    if (answer.verdict === 'possible') {
      const counterexample = { theorem: theorem.id, mode: theorem.mode, ...answer.machine };
      return { ...common, verdict: 'refuted', counterexample };
    }
    // Of nothing everything is true: that there are inputs at all is asked too.
    const inputs = await solver.ask(claim.assumptions);
    if (inputs.verdict === 'possible') return { ...common, verdict: 'proven' };
    const why = `no input is shown to meet the assumptions: ${inputs.verdict}`;
    return { ...common, verdict: 'not proven', why };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    return { theorem, seconds: cpuSeconds(), verdict: 'not proven', why: error.message };
  }
}
