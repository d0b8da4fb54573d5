import { PAGING_MODES } from '../arch/paging-modes.ts';
import type { Hex } from './truth-table.ts';
import type { WideSubject } from './wide-subject.ts';
import {
  type WideCase,
  type WideOutcome,
  type WideSection,
  type WideTable,
  wideCombinationsOf,
} from './wide-table.ts';

/** A combination of a wide table, as a path of entries. */
export interface WidePath {
  /** The linear address that is accessed. */
  readonly linear: bigint;
  /** The entries of the path, from the root down. */
  readonly entries: readonly PathEntry[];
}

/** An entry of a path. */
export interface PathEntry {
  /** Where it lies. */
  readonly physical: number;
  /** Its 64 bits. */
  readonly value: bigint;
}

/** A combination on which subject and table differ. */
export interface WideDisagreement extends WidePath {
  /** The level whose entries its section varies. */
  readonly section: WideSection['level'];
  /** State of the CPU, and the access. */
  readonly state: WideCase;
  /** What differs, in words: what the table says and what was found. */
  readonly reason: string;
}

/** What a run has found. */
export interface WideResult {
  /** Combinations done. */
  readonly combinations: number;
  /** How many of them differ. */
  readonly disagreements: number;
  /** The first of these, at most `examples`. */
  readonly examples: readonly WideDisagreement[];
}

/** How to run. */
export interface WideOptions {
  /** How many disagreements to describe. Default 20. */
  readonly examples?: number;
  /** Does only each n-th combination of a section; coprime to the lengths of its lists, all values still occur. Default 1. */
  readonly every?: number;
  /** Told after each state of the CPU how many combinations are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Does every combination of a wide table on a subject: stores the path, does the access, compares result, error code, CR2 and entries. */
export function runWideVectors(
  table: WideTable,
  subject: WideSubject,
  options: WideOptions = {},
): WideResult {
  const { examples: most = 20, every = 1, onProgress } = options;
  const total = Math.ceil(wideCombinationsOf(table) / every);
  const examples: WideDisagreement[] = [];
  let [combinations, disagreements, next] = [0, 0, 0];
  for (const section of table.sections) {
    const paths = new SectionPaths(table.mode, section);
    for (const state of section.cases) {
      paths.storePdptes(subject);
      subject.start(table.cpus[state.cpu]!, Number(table.cr3), state);
      const plan = section.plans[state.plan]!;
      for (let upper = 0; upper < plan.length; upper++) {
        const row = section.rows[plan[upper]!]!;
        let isFirst = true;
        for (let leaf = 0; leaf < row.length; leaf++) {
          if (next++ % every !== 0) continue;
          const path = paths.at(upper, leaf);
          store(subject, path);
          if (isFirst) subject.reloadCr3();
          isFirst = false;
          const reason = differenceOf(subject, path, state, section.outcomes[row[leaf]!]!, paths.shifts);
          combinations++;
          if (reason === undefined) continue;
          disagreements++;
          if (examples.length < most) examples.push({ section: section.level, state, ...path, reason });
        }
      }
      onProgress?.(combinations, total);
    }
  }
  return { combinations, disagreements, examples };
}

/** The paths of a section. */
export class SectionPaths {
  /** log2 of the bytes that an entry of each level stands for, from the root down. */
  readonly shifts: readonly number[];
  readonly #isPae: boolean;
  readonly #tables: readonly number[];
  readonly #uppers: readonly (readonly bigint[])[];
  readonly #upperLinear: readonly bigint[];
  readonly #leaves: readonly bigint[];
  readonly #leafLinear: readonly bigint[];
  readonly #below: readonly bigint[];

  constructor(mode: WideTable['mode'], section: WideSection) {
    const bigints = (list: readonly Hex[]): bigint[] => list.map(BigInt);
    this.shifts = PAGING_MODES[mode].levels.map(({ shift }) => shift);
    this.#isPae = mode === 'PAE';
    this.#tables = section.tables.map(Number);
    this.#uppers = section.uppers.map(bigints);
    this.#upperLinear = bigints(section.upperLinear);
    this.#leaves = bigints(section.leaves);
    this.#leafLinear = bigints(section.leafLinear);
    this.#below = bigints(section.below);
  }

  /** The path of one combination. */
  at(upper: number, leaf: number): WidePath {
    const linear = this.#upperLinear[upper]! | this.#leafLinear[leaf]!;
    const values = [...this.#uppers[upper]!, this.#leaves[leaf]!, ...this.#below];
    return {
      linear,
      entries: values.map((value, level) => ({ physical: this.#entryAddress(level, linear), value })),
    };
  }

  /** Stores the PDPTEs of PAE, which a CPU loads before any walk. */
  storePdptes(subject: WideSubject): void {
    if (!this.#isPae) return;
    for (const upper of this.#uppers.keys())
      store(subject, { ...this.at(upper, 0), entries: this.at(upper, 0).entries.slice(0, 1) });
  }

  #entryAddress(level: number, linear: bigint): number {
    const bits = this.#isPae && level === 0 ? 3n : 0x1ffn;
    return this.#tables[level]! + Number((linear >> BigInt(this.shifts[level]!)) & bits) * 8;
  }
}

function store(subject: WideSubject, { entries }: WidePath): void {
  for (const { physical, value } of entries) {
    subject.store(physical, Number(value & 0xffff_ffffn));
    subject.store(physical + 4, Number(value >> 32n));
  }
}

/** Where the page of an outcome lies. */
export function widePhysical(
  { linear, entries }: WidePath,
  pageSize: number,
  shifts: readonly number[],
): number {
  const level = shifts.findIndex((shift) => 2 ** shift === pageSize);
  const { value } = entries[level]!;
  const size = BigInt(pageSize);
  const base = value & 0xf_ffff_ffff_f000n & ~(size - 1n);
  return Number(base | (linear & (size - 1n)));
}

/** Does the access of a combination that is stored. @returns What differs, if anything. */
function differenceOf(
  subject: WideSubject,
  path: WidePath,
  { who, access }: WideCase,
  expected: WideOutcome,
  shifts: readonly number[],
): string | undefined {
  const { linear, entries } = path;
  const { pageSize, errorCode, sets = [], mayAccess = 0 } = expected;
  const physical = subject.access(linear, who, access);
  const wanted = pageSize === undefined ? -1 : widePhysical(path, pageSize, shifts);
  if (physical !== wanted) return `physical ${text(wanted)}, found ${text(physical)}`;
  if (pageSize === undefined) {
    const code = subject.faultCode();
    if (code !== errorCode) return `error code ${errorCode}, found ${code}`;
    const cr2 = subject.cr2();
    if (cr2 !== linear) return `CR2 0x${linear.toString(16)}, found 0x${cr2.toString(16)}`;
  }
  for (const [level, { physical: at, value }] of entries.entries()) {
    const low = Number(value & 0xffff_ffffn);
    const must = (low | (sets[level] ?? 0)) >>> 0;
    const found = subject.load(at);
    const may = level < mayAccess ? (must | 0x20) >>> 0 : must;
    if (found !== must && found !== may)
      return `entry ${level} ${text(must)} (low half), found ${text(found)}`;
    const high = Number(value >> 32n);
    if (subject.load(at + 4) !== high) return `entry ${level} changed in its high half`;
  }
  return undefined;
}

function text(physical: number): string {
  return physical === -1 ? 'page fault' : `0x${physical.toString(16)}`;
}
