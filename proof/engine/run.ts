import type ts from 'typescript';
import type { Term } from './term.ts';
import type { Arr, Value } from './values.ts';

/** What a method of the language's library needs of the run that it is called in. */
export interface Run {
  /** Calls a function of the code that runs. */
  call(callee: Value, args: readonly Value[], self: Value, node: ts.Node): Value;
  /** Runs something where a condition holds. */
  under<T>(condition: Term, run: () => T): T;
  /** What a value counts as in a condition. */
  truth(value: Value): Term;
  /** Reads a property or an item. */
  get(holder: Value, key: Value, node: ts.Node): Value;
  /** Writes a property or an item, where the path holds. */
  set(holder: Value, key: Value, value: Value, node: ts.Node): void;
  /** Puts an item behind the last, where the path holds. */
  push(list: Arr, value: Value): void;
}
