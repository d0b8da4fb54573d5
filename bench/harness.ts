/**
 * The only place that uses benchmark.js: how long one call of a function takes, as the median of its samples.
 */
import Benchmark from 'benchmark';

export interface Patience {
  /** Rounds in which every variant is measured once, one after the other. */
  readonly rounds: number;
  /** The same of what has no aim. */
  readonly otherRounds: number;
  /** Seconds that benchmark.js spends on one variant in one round, at least. */
  readonly seconds: number;
}

export const THOROUGH: Patience = { rounds: 11, otherRounds: 5, seconds: 0.12 };
export const QUICK: Patience = { rounds: 2, otherRounds: 2, seconds: 0.005 };

/**
 * @param samples - At least so many are taken, however long they last.
 * @returns Nanoseconds of one call.
 */
export function timeOf(fn: () => void, seconds: number, samples = 3): number {
  const benchmark = new Benchmark({
    fn,
    maxTime: seconds,
    minTime: seconds / 4,
    minSamples: samples,
    initCount: 1,
  });
  benchmark.run({ async: false });
  // benchmark.js keeps an error to itself.
  const { error } = benchmark as { error?: Error };
  if (error !== undefined) throw error;
  return median(benchmark.stats.sample) * 1e9;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The values that leave out a quarter at either end: the spread that is printed beside a median. */
export function quartiles(values: readonly number[]): readonly [low: number, high: number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}
