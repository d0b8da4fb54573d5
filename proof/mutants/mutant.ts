import type { Change } from '../sources.ts';
import type { Mode } from '../subjects/state.ts';

/** A planted mistake: one operator, mask, constant or order. */
export interface Mutant extends Change {
  /** The mode in whose theorems it must show. */
  readonly mode: Mode | 'any';
}

/** What is found, once, in the source, and what stands there instead. */
export type Row = readonly [mode: Mode | 'any', find: string, replace: string];

/** The rows of one file. */
export function of(file: string, rows: readonly Row[]): Mutant[] {
  return rows.map(([mode, find, replace]) => ({ file, mode, find, replace }));
}
