/** What a theorem is, and what of it is asked. */

import type { Interpreter } from './engine/interpreter.ts';
import type { Term } from './engine/term.ts';
import type { Mode, State } from './subjects/state.ts';

/** A theorem, ready to be asked. */
export interface Claim {
  /** What holds of every input. */
  readonly assumptions: readonly Term[];
  /** Conditions that contradict the theorem, by what they would mean. */
  readonly never: Readonly<Record<string, Term>>;
  /** Where a counterexample is looked for first: an ordinary machine, on which it is found sooner and can be run. */
  readonly likely?: readonly Term[];
  /** The unknowns, for a counterexample. */
  readonly state?: State;
}

export interface Theorem {
  readonly id: string;
  readonly mode: Mode | 'any';
  /** In one sentence. */
  readonly sentence: string;
  /** For which inputs. */
  readonly domain: string;
  /** The files that it speaks of, relative to src. */
  readonly files: readonly string[];
  readonly build: (run: Interpreter) => Claim;
}
