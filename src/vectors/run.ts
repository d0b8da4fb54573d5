import { formatAddress } from '../arch/address.ts';
import type { Subject } from './subject.ts';
import type { ExpectedOutcome, Hex, TruthTable, TruthTableCase } from './truth-table.ts';

/** A combination on which subject and table differ. */
export interface Disagreement {
  /** The CPU model. */
  readonly cpu: string;
  /** CR0 as written. */
  readonly cr0: Hex;
  /** CR4; null on CPUs without it. */
  readonly cr4: Hex | null;
  /** The ring that made the access, 0–3. */
  readonly ring: number;
  /** The kind of access. */
  readonly access: TruthTableCase['access'];
  /** The directory entry before it. */
  readonly pde: Hex;
  /** The table entry before it. */
  readonly pte: Hex;
  /** What differs, in words: what the table says and what was found. */
  readonly reason: string;
}

/** What a run has found. */
export interface VectorResult {
  /** Combinations done. */
  readonly combinations: number;
  /** How many of them differ. */
  readonly disagreements: number;
  /** The first of these, at most {@link VectorOptions.examples}. */
  readonly examples: readonly Disagreement[];
}

/** How to run. */
export interface VectorOptions {
  /** How many disagreements to describe. Default 20. */
  readonly examples?: number;
  /** Called before each case with the number of cases done and of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A page elsewhere: what the leaf is turned to, to see whether a translation survived a load of CR3. */
const MOVED_PAGE = 0x0080_0000;
const MOVED_LARGE_PAGE = 0x0080_0000;

/**
 * Does every combination of the table on a subject.
 *
 * For each one it stores both entries, does the access and compares the result, the error code, CR2 and both entries. Then
 * it lets the entry that maps the page point elsewhere, loads CR3, and looks which translations are still the old
 * ones: global ones may be, others must not.
 */
export function runVectors(table: TruthTable, subject: Subject, options: VectorOptions = {}): VectorResult {
  const run = new Run(table, subject, options.examples ?? 20);
  for (const [done, one] of table.cases.entries()) {
    options.onProgress?.(done, table.cases.length);
    for (const ring of one.rings) run.case(one, ring);
  }
  options.onProgress?.(table.cases.length, table.cases.length);
  return run;
}

class Run implements VectorResult {
  combinations = 0;
  disagreements = 0;
  readonly examples: Disagreement[] = [];

  readonly #table: TruthTable;
  readonly #subject: Subject;
  readonly #maxExamples: number;
  readonly #cr3: number;
  readonly #pdes: readonly number[];
  readonly #ptes: readonly number[];
  /** By letter's character code. */
  readonly #outcomes: readonly ExpectedOutcome[];

  constructor(table: TruthTable, subject: Subject, maxExamples: number) {
    this.#table = table;
    this.#subject = subject;
    this.#maxExamples = maxExamples;
    this.#cr3 = Number(table.cr3);
    this.#pdes = table.pdes.map(Number);
    this.#ptes = table.ptes.map(Number);
    const outcomes: ExpectedOutcome[] = [];
    for (const [letter, outcome] of Object.entries(table.outcomes)) outcomes[letter.charCodeAt(0)] = outcome;
    this.#outcomes = outcomes;
  }

  case(one: TruthTableCase, ring: number): void {
    const subject = this.#subject;
    subject.start(one.cpu, Number(one.cr0), this.#cr3, one.cr4 === null ? null : Number(one.cr4));
    for (const [i, pde] of this.#pdes.entries()) {
      const row = this.#table.rows[one.rowOfPde[i]!]!;
      const pdeAddress = this.#cr3 + i * 4;
      const tableBase = pde & 0xffff_f000;
      for (const [j, pte] of this.#ptes.entries()) {
        const outcome = this.#outcomes[row.charCodeAt(j)]!;
        subject.store(pdeAddress, pde);
        subject.store(tableBase + j * 4, pte);
        this.#check(one, ring, i, j, outcome, pdeAddress, tableBase + j * 4);
      }
      this.#checkGlobal(one, ring, i, row, pdeAddress, tableBase);
    }
  }

  #check(
    one: TruthTableCase,
    ring: number,
    i: number,
    j: number,
    expected: ExpectedOutcome,
    pdeAddress: number,
    pteAddress: number,
  ): void {
    const subject = this.#subject;
    const pde = this.#pdes[i]!;
    const pte = this.#ptes[j]!;
    const linear = linearOf(i, j);
    subject.invalidate(linear, expected.result === 'large-page');
    const physical = subject.access(linear, one.access, ring);
    this.combinations++;

    const expectedPhysical = physicalOf(expected, pte, linear);
    if (physical !== expectedPhysical) {
      this.#disagree(one, ring, i, j, `physical ${text(expectedPhysical)}, found ${text(physical)}`);
      return;
    }
    if (physical === -1) {
      const code = subject.faultCode();
      if (code !== expected.errorCode) {
        this.#disagree(one, ring, i, j, `error code ${expected.errorCode}, found ${code}`);
        return;
      }
      const cr2 = subject.cr2();
      if (cr2 !== linear) {
        this.#disagree(one, ring, i, j, `CR2 ${text(linear)}, found ${text(cr2)}`);
        return;
      }
    }
    const pdeNow = subject.load(pdeAddress);
    const must = (pde | expected.setsInPde) >>> 0;
    if (pdeNow !== must && pdeNow !== (must | expected.maySetInPde) >>> 0) {
      this.#disagree(one, ring, i, j, `directory entry ${text(must)}, found ${text(pdeNow)}`);
      return;
    }
    const pteNow = subject.load(pteAddress);
    if (pteNow !== (pte | expected.setsInPte) >>> 0) {
      this.#disagree(
        one,
        ring,
        i,
        j,
        `table entry ${text((pte | expected.setsInPte) >>> 0)}, found ${text(pteNow)}`,
      );
    }
  }

  /** All table entries of one directory entry at once, so that one load of CR3 serves them all. */
  #checkGlobal(
    one: TruthTableCase,
    ring: number,
    i: number,
    row: string,
    pdeAddress: number,
    tableBase: number,
  ): void {
    const subject = this.#subject;
    const outcomes = this.#outcomes;
    const large = outcomes[row.charCodeAt(0)]!.result === 'large-page';
    let translated = false;
    for (let j = 0; j < row.length; j++) translated ||= outcomes[row.charCodeAt(j)]!.result !== 'fault';
    if (!translated) return;

    const pde = this.#pdes[i]!;
    subject.store(pdeAddress, large ? ((pde & 0x003f_ffff) | MOVED_LARGE_PAGE) >>> 0 : pde);
    if (!large) {
      for (const [j, pte] of this.#ptes.entries())
        subject.store(tableBase + j * 4, ((pte & 0xfff) | MOVED_PAGE) >>> 0);
    }
    subject.reloadCr3();
    for (const [j, pte] of this.#ptes.entries()) {
      const expected = outcomes[row.charCodeAt(j)]!;
      if (expected.result === 'fault') continue;
      const linear = linearOf(i, j);
      const physical = subject.access(linear, one.access, ring);
      const fresh = large
        ? highPart(expected) + MOVED_LARGE_PAGE + (linear & 0x3f_ffff)
        : MOVED_PAGE + (linear & 0xfff);
      const old = physicalOf(expected, pte, linear);
      if (physical !== fresh && !(expected.global && physical === old)) {
        const also = expected.global ? ` or ${text(old)}` : '';
        this.#disagree(one, ring, i, j, `after a load of CR3 ${text(fresh)}${also}, found ${text(physical)}`);
      }
    }
  }

  #disagree(one: TruthTableCase, ring: number, i: number, j: number, reason: string): void {
    this.disagreements++;
    if (this.examples.length >= this.#maxExamples) return;
    const { cpu, cr0, cr4, access } = one;
    const { pdes, ptes } = this.#table;
    this.examples.push({ cpu, cr0, cr4, ring, access, pde: pdes[i]!, pte: ptes[j]!, reason });
  }
}

function linearOf(i: number, j: number): number {
  return ((i << 22) | (j << 12)) >>> 0;
}

function physicalOf(expected: ExpectedOutcome, pte: number, linear: number): number {
  if (expected.result === 'fault') return -1;
  if (expected.result === 'page') return ((pte & 0xffff_f000) | (linear & 0xfff)) >>> 0;
  return Number(expected.base) + (linear & 0x3f_ffff);
}

/** Bits 32 and up of a large page's base: they come from low bits of the entry, which stay. */
function highPart(expected: ExpectedOutcome): number {
  return Number(expected.base) - (Number(expected.base) % 0x1_0000_0000);
}

function text(physical: number): string {
  return physical === -1 ? 'page fault' : formatAddress(physical);
}
