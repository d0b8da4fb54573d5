/** How far a command is that goes through an address space in ascending order. */

import { isLongMode, type PagingMode } from '../arch/index.ts';
import type { Progress } from './terminal.ts';

/** The same runs; the bar stands where the last one begins. */
export function* watchedRuns<T extends { readonly start: number | bigint }>(
  runs: Iterable<T>,
  mode: PagingMode,
  bar: Progress,
): Generator<T> {
  const end = 2 ** (isLongMode(mode) ? 64 : 32);
  for (const run of runs) {
    bar.update(Number(run.start), end);
    yield run;
  }
  bar.end();
}
