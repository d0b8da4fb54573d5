import { findMistake } from './check-tables.ts';
import { BULK_FILL, type ConstructionStrategy } from './strategies.ts';
import { type TableLayoutOptions, tableLayout } from './table-layout.ts';

/** What to measure a strategy on, and how long. */
export interface BenchOptions extends TableLayoutOptions {
  /** Rounds; in each, ours and the other are timed in turn. Default 15. */
  readonly rounds?: number;
  /** Milliseconds for each of the two in a round, at least. Default 10. */
  readonly milliseconds?: number;
  /** A clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** A median with the quartiles around it. */
export interface Spread {
  /** Half of the rounds were lower. */
  readonly median: number;
  /** A quarter of the rounds was lower. */
  readonly low: number;
  /** A quarter of the rounds was higher. */
  readonly high: number;
}

/** How a strategy did. */
export interface BenchResult {
  /** The strategy's name. */
  readonly name: string;
  /** Pages mapped by one build. */
  readonly pages: number;
  /** Nanoseconds for each page. */
  readonly time: Spread;
  /** Its time divided by ours in the same round: 2 means twice as long. */
  readonly ratio: Spread;
}

/**
 * Measures a way to build page tables against the library's own, on the same layout, in turn. First its result is
 * checked: the MMU asks every one of the 2^20 linear pages.
 *
 * @throws Error if the tables are wrong, with the first address where they are.
 *
 * @example
 * benchConstruction({
 *   name: 'mine',
 *   build(memory, { frames, loadAddress, tableFrames, directoryFrame, lowestTablePage }) {
 *     // write the directory to frame directoryFrame and the tables to tableFrames
 *   },
 * }, { mebibytes: 512 });
 */
export function benchConstruction(strategy: ConstructionStrategy, options: BenchOptions = {}): BenchResult {
  const { rounds = 15, milliseconds = 10, now = defaultClock() } = options;
  const { memory, plan } = tableLayout(options);
  const pages = plan.frames.length;
  for (const { name, build } of [strategy, BULK_FILL]) {
    build(memory, plan);
    const mistake = findMistake(memory, plan);
    if (mistake !== undefined) throw new Error(`the tables of '${name}' are wrong: ${mistake}`);
  }
  const measure = ({ build }: ConstructionStrategy): number => {
    const start = now();
    let runs = 0;
    let spent = 0;
    do {
      build(memory, plan);
      runs++;
      spent = now() - start;
    } while (spent < milliseconds);
    return (spent * 1e6) / runs / pages;
  };
  measure(BULK_FILL);
  measure(strategy);
  const times: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = measure(BULK_FILL);
    const theirs = measure(strategy);
    times.push(theirs);
    ratios.push(theirs / ours);
  }
  return { name: strategy.name, pages, time: spreadOf(times), ratio: spreadOf(ratios) };
}

function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))]!;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** `performance.now` of the host; it is no part of the language. */
function defaultClock(): () => number {
  const { performance } = globalThis as { performance?: { now(): number } };
  if (performance === undefined) throw new Error('this host has no performance.now; give a clock as `now`');
  return () => performance.now();
}
