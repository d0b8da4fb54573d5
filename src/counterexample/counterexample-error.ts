import { SaidError } from '../said/said.ts';

/** A file or link that was to hold a counterexample, and does not. */
export class CounterexampleError extends SaidError {
  /** Name of the class. */
  override readonly name = 'CounterexampleError';
}
