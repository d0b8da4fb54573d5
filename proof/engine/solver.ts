/** Z3, as its WebAssembly build on npm: with a fixed seed and a limit of time. */

import { init, type Z3_tactic } from 'z3-solver';
import { asked, satisfiabilityScript } from './smt.ts';
import type { Term } from './term.ts';

/** What a question came to. */
export type Answer =
  | { readonly verdict: 'impossible'; readonly milliseconds: number }
  | { readonly verdict: 'possible'; readonly milliseconds: number; readonly values: readonly bigint[] }
  | { readonly verdict: 'unknown'; readonly milliseconds: number; readonly reason: string };

export interface SolverOptions {
  /** Random seed of the solver, so that a run can be repeated. */
  readonly seed: number;
  /** After so long the answer is `unknown`, which proves nothing. */
  readonly timeoutMilliseconds: number;
}

/**
 * Plain logic in the end: words of unknown memory become variables that are equal where their addresses are, and
 * integers become their bits.
 */
const STEPS = [
  'simplify',
  'propagate-values',
  'solve-eqs',
  'elim-uncnstr',
  'simplify',
  'ackermannize_bv',
  'simplify',
  'bit-blast',
  'sat',
];

/** What `solver_check` answers: Z3_L_FALSE and Z3_L_TRUE. */
const [NO, YES] = [-1, 1];

/** One solver, for one question at a time. */
export class Solver {
  readonly #z3: Awaited<ReturnType<typeof init>>;
  readonly #options: SolverOptions;

  private constructor(z3: Awaited<ReturnType<typeof init>>, options: SolverOptions) {
    this.#z3 = z3;
    this.#options = options;
  }

  static async start(options: SolverOptions): Promise<Solver> {
    const z3 = await init();
    z3.Z3.global_param_set('sat.random_seed', String(options.seed));
    z3.Z3.global_param_set('smt.random_seed', String(options.seed));
    return new Solver(z3, options);
  }

  /** The solver's version, as it tells it. */
  get version(): string {
    return this.#z3.Z3.get_full_version();
  }

  /**
   * Can the terms hold at once? `impossible` is a proof that they cannot.
   * @param wanted - Terms whose values are wanted if they can, in an answer's `values`; truth as 0 or 1.
   */
  async ask(terms: readonly Term[], wanted: readonly Term[] = []): Promise<Answer> {
    const { Z3 } = this.#z3;
    const start = performance.now();
    const context = Z3.mk_context(Z3.mk_config());
    try {
      const kept = (tactic: Z3_tactic): Z3_tactic => {
        Z3.tactic_inc_ref(context, tactic);
        return tactic;
      };
      const strategy = STEPS.map((step) => kept(Z3.mk_tactic(context, step))).reduce((done, next) =>
        kept(Z3.tactic_and_then(context, done, next)),
      );
      const solver = Z3.mk_solver_from_tactic(context, strategy);
      Z3.solver_inc_ref(context, solver);
      const params = Z3.mk_params(context);
      Z3.params_inc_ref(context, params);
      Z3.params_set_uint(
        context,
        params,
        Z3.mk_string_symbol(context, 'timeout'),
        this.#options.timeoutMilliseconds,
      );
      Z3.solver_set_params(context, solver, params);
      // The script goes in by a call that does not leave this thread: calls that do lose their strings.
      Z3.solver_from_string(context, solver, satisfiabilityScript(terms, wanted));
      const verdict = await Z3.solver_check(context, solver);
      const milliseconds = performance.now() - start;
      if (verdict === NO) return { verdict: 'impossible', milliseconds };
      if (verdict !== YES) {
        return { verdict: 'unknown', milliseconds, reason: Z3.solver_get_reason_unknown(context, solver) };
      }
      const solved = Z3.solver_get_model(context, solver);
      Z3.model_inc_ref(context, solved);
      const model = Z3.model_to_string(context, solved);
      return { verdict: 'possible', milliseconds, values: wanted.map((_, i) => valueIn(model, asked(i))) };
    } finally {
      Z3.del_context(context);
    }
  }

  /** Ends the solver's threads, which would keep the process alive. */
  stop(): void {
    this.#z3.em.PThread.terminateAllThreads();
  }
}

/** The value of a variable in a model as text, one `name -> value` a line. One that is not there may have any. */
function valueIn(model: string, name: string): bigint {
  const value = new RegExp(`^${name} -> (.+)$`, 'm').exec(model)?.[1]?.trim();
  if (value === undefined || value === 'false') return 0n;
  return value === 'true' ? 1n : BigInt(`0${value.slice(1)}`);
}
