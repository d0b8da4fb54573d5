import { PAGE_SIZE } from '../arch/address.ts';
import type { TablePlan } from '../builder/table-writer.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { findMistake } from './check-tables.ts';
import { BULK_FILL, type ConstructionStrategy } from './strategies.ts';
import { type TableLayoutOptions, tableLayout } from './table-layout.ts';
import { watchPages } from './watch-pages.ts';

/** What to measure a strategy on, and how long. */
export interface BenchOptions extends TableLayoutOptions {
  /** Rounds, from 1 up; in each, ours and the other are timed in turn. Default 15. */
  readonly rounds?: number;
  /** Milliseconds for each of the two in a round, at least; more than 0. Default 10. */
  readonly milliseconds?: number;
  /** Called after each round, with how many are done, for whoever waits. */
  readonly onRound?: (done: number, rounds: number) => void;
  /** A clock in milliseconds that goes forward. Default `performance.now`. */
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

/** What a strategy built is not what was to be built; the message names the first address where it is not. */
export class WrongTablesError extends Error {
  /** Name of the class. */
  override readonly name = 'WrongTablesError';
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
 * Measures a way to build page tables against the library's own, on the same layout, in turn.
 *
 * What it builds is checked before the timing and after it: the MMU asks every one of the 2^20 linear pages, and no
 * page of the domain that is no table may have changed. Its tables are filled with garbage before each measurement, and
 * before each build one of their words is spoilt, so that a build which does nothing, or only what it takes to be
 * missing, leaves wrong tables behind.
 *
 * @throws RangeError if `rounds`, `milliseconds` or the size is out of range.
 * @throws TypeError if the strategy has no `build`, or its `build` is asynchronous or changes its plan.
 * @throws WrongTablesError if the tables are wrong, with the first address where they are, or a page that is no table is overwritten.
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
  const { rounds = 15, milliseconds = 10, now = defaultClock(), onRound } = options;
  if (!(Number.isInteger(rounds) && rounds >= 1))
    throw new RangeError(`rounds ${rounds} is not a whole number from 1 up`);
  if (!(Number.isFinite(milliseconds) && milliseconds > 0))
    throw new RangeError(`milliseconds ${milliseconds} is not a number above 0`);
  if (typeof strategy?.build !== 'function')
    throw new TypeError(`the strategy '${strategy?.name}' has no method build(memory, plan)`);
  const { memory, plan } = tableLayout(options);
  const pages = plan.frames.length;
  const findOverwritten = watchPages(memory, plan);
  // Of its own: what it changes there must not change what its tables are checked against.
  const given: TablePlan = { ...plan, frames: plan.frames.slice(), tableFrames: plan.tableFrames.slice() };
  const build = (one: ConstructionStrategy): void => {
    // As a method, so that it may use `this`. An async function fits the type of one that returns nothing.
    const result: unknown = one.build(memory, one === strategy ? given : plan);
    if (result !== undefined) refuseResult(one, result);
  };
  const check = (one: ConstructionStrategy): void => {
    build(one);
    refuseChanges(strategy, given, plan);
    const mistake = findMistake(memory, plan) ?? findOverwritten();
    if (mistake !== undefined)
      throw new WrongTablesError(`the tables of '${one.name}' are wrong: ${mistake}`);
  };
  let spoilt = 0;
  const measure = (one: ConstructionStrategy): number => {
    spoilTables(memory, plan);
    const start = now();
    let runs = 0;
    let spent = 0;
    do {
      spoilt = spoilWord(memory, plan, spoilt);
      build(one);
      runs++;
      spent = now() - start;
      if (!(spent >= 0)) throw new Error(`the clock 'now' goes from ${start} to ${start + spent}`);
    } while (spent < milliseconds);
    return (spent * 1e6) / runs / pages;
  };
  check(strategy);
  check(BULK_FILL);
  measure(BULK_FILL);
  measure(strategy);
  const times: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = measure(BULK_FILL);
    const theirs = measure(strategy);
    times.push(theirs);
    ratios.push(theirs / ours);
    onRound?.(round + 1, rounds);
  }
  refuseChanges(strategy, given, plan);
  const mistake = findMistake(memory, plan) ?? findOverwritten();
  if (mistake !== undefined)
    throw new WrongTablesError(
      `the tables of '${strategy.name}' are right at first, and wrong after it was timed: ${mistake}`,
    );
  return { name: strategy.name, pages, time: spreadOf(times), ratio: spreadOf(ratios) };
}

function refuseChanges({ name }: ConstructionStrategy, given: TablePlan, plan: TablePlan): void {
  for (const part of Object.keys(plan) as (keyof TablePlan)[]) {
    if (String(given[part]) !== String(plan[part]))
      throw new TypeError(
        `build of '${name}' changes '${part}' of its plan, which is there to be read: copy it first`,
      );
  }
}

function refuseResult({ name }: ConstructionStrategy, result: unknown): void {
  if (typeof (result as { then?: unknown } | null)?.then !== 'function') return;
  // Its own failure must not end the program later.
  (result as Promise<unknown>).then(undefined, () => {});
  throw new TypeError(
    `build of '${name}' returned a promise; only what is done when build returns can be measured: make it synchronous`,
  );
}

/** An entry that leads every page astray: present, writable, open to ring 3. */
const SPOILT_ENTRY = 0xfed_cb067;

function spoilTables(memory: PhysicalMemory, { tableFrames, directoryFrame }: TablePlan): void {
  for (const frame of [...tableFrames, directoryFrame]) {
    const { buffer, byteOffset } = memory.frame(frame);
    new Uint32Array(buffer, byteOffset, PAGE_SIZE / 4).fill(SPOILT_ENTRY);
  }
}

/** Spoils one word of a table or of the directory; the linear congruential generator says which is next. */
function spoilWord(memory: PhysicalMemory, { tableFrames, directoryFrame }: TablePlan, last: number): number {
  const next = (Math.imul(last, 1664525) + 1013904223) >>> 0;
  const words = (tableFrames.length + 1) * (PAGE_SIZE / 4);
  const word = Math.floor((next / 0x1_0000_0000) * words);
  const frame = tableFrames[word >>> 10] ?? directoryFrame;
  memory.writeUint32(frame * PAGE_SIZE + (word % (PAGE_SIZE / 4)) * 4, SPOILT_ENTRY);
  return next;
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
