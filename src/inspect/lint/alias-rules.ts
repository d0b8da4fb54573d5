/** Rules about frames that are mapped at several addresses. */

import { formatAddress } from '../../arch/address.ts';
import { PTE_PAT, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } from '../../arch/entry.ts';
import {
  memoryTypeOfRun,
  RUN_CONTIGUOUS,
  RUN_NX,
  RUN_REPEAT,
  rightsOfRun,
  type WalkContext,
} from '../../walk/index.ts';
import type { Findings } from './findings.ts';
import type { PageRows } from './page-rows.ts';
import type { LintLevel } from './rules.ts';

const RIGHTS = PTE_RW | PTE_US | RUN_NX;
const CACHE = PTE_PWT | PTE_PCD | PTE_PAT;

/** A stretch of physical memory that two runs map. */
interface Pair {
  readonly a: number;
  readonly b: number;
  readonly start: number;
  end: number;
}

/**
 * Goes through physical memory with the runs that map it, and compares those of different rights or memory types: each
 * kind with the one that maps the most, which is the direct map in most kernels.
 */
export function judgeAliases(context: WalkContext, rows: PageRows, findings: Findings): void {
  const rights = new Pairs((pair) => tellRights(rows, pair, findings));
  const cache = new Pairs((pair) => tellCache(context, rows, pair, findings));
  const wants = [findings.wants('alias-rights'), findings.wants('alias-cache')];
  // What the same tables map once more is mapped alike.
  const runs = Array.from({ length: rows.count }, (_, i) => i).filter(
    (i) => (rows.attributes[i]! & RUN_REPEAT) === 0,
  );
  const { length } = runs;
  const starts = Uint32Array.from(runs).sort((a, b) => rows.physical[a]! - rows.physical[b]!);
  const ends = Uint32Array.from(runs).sort((a, b) => endOf(rows, a) - endOf(rows, b));
  const active = new Map<number, Set<number>>();
  for (let s = 0, e = 0; e < length; ) {
    const opens = s < length ? rows.physical[starts[s]!]! : Number.POSITIVE_INFINITY;
    const closes = endOf(rows, ends[e]!);
    const at = Math.min(opens, closes);
    for (; e < length && endOf(rows, ends[e]!) === at; e++) leave(active, rows, ends[e]!);
    for (; s < length && rows.physical[starts[s]!]! === at; s++) enter(active, rows, starts[s]!);
    if (active.size < 2) continue;
    const next = Math.min(
      s < length ? rows.physical[starts[s]!]! : Number.POSITIVE_INFINITY,
      endOf(rows, ends[e]!),
    );
    const kinds = [...active.values()].map((runs) => runs.values().next().value!);
    if (wants[0]) rights.add(kindsBy(rows, kinds, RIGHTS), rows, at, next);
    if (wants[1]) cache.add(kindsBy(rows, kinds, CACHE), rows, at, next);
  }
  rights.end();
  cache.end();
}

/** Pairs that go on from one stretch to the next are one. */
class Pairs {
  #open = new Map<string, Pair>();
  readonly #emit: (pair: Pair) => void;

  constructor(emit: (pair: Pair) => void) {
    this.#emit = emit;
  }

  /** @param kinds - One run of each kind that maps this stretch. */
  add(kinds: readonly number[], rows: PageRows, start: number, end: number): void {
    if (kinds.length < 2) return;
    const most = kinds.reduce((best, i) => (rows.pages[i]! > rows.pages[best]! ? i : best));
    const open = new Map<string, Pair>();
    const add = (a: number, b: number): void => {
      const key = `${a}:${b}`;
      const known = this.#open.get(key);
      if (known?.end === start) {
        known.end = end;
        open.set(key, known);
        this.#open.delete(key);
      } else if (!open.has(key)) {
        open.set(key, { a, b, start, end });
      }
    };
    for (const i of kinds) if (i !== most) add(most, i);
    // What can be written here and executed there is told, whichever maps the most.
    const writable = kinds.find((i) => (rows.attributes[i]! & PTE_RW) !== 0);
    const executable = kinds.find((i) => (rows.attributes[i]! & RUN_NX) === 0);
    if (writable !== undefined && executable !== undefined && writable !== executable) {
      if (writable !== most && executable !== most) add(writable, executable);
    }
    this.end();
    this.#open = open;
  }

  end(): void {
    for (const pair of this.#open.values()) this.#emit(pair);
    this.#open.clear();
  }
}

function tellRights(rows: PageRows, pair: Pair, findings: Findings): void {
  const [a, b] = [rightsOfRun(rows.attributes[pair.a]!), rightsOfRun(rows.attributes[pair.b]!)];
  const bypass = writesCode(a, b) || writesCode(b, a);
  findings.add({
    rule: 'alias-rights',
    level: levelOf(a, b, bypass),
    ...placeOf(rows, pair.b, pair),
    physical: pair.start,
    other: placeOf(rows, pair.a, pair),
    text: (_, other) =>
      `the same memory, from physical ${formatAddress(pair.start)} on, is mapped at ${formatAddress(other!.start)} with other rights` +
      `${bypass ? ': it can be written by one mapping and executed by the other' : ''}`,
  });
}

function tellCache(context: WalkContext, rows: PageRows, pair: Pair, findings: Findings): void {
  const [a, b] = [pair.a, pair.b].map((i) => memoryTypeOfRun(context.cpu, rows.attributes[i]!));
  // Two combinations of the bits may select one type.
  if (a === b) return;
  findings.add({
    rule: 'alias-cache',
    ...placeOf(rows, pair.b, pair),
    physical: pair.start,
    other: placeOf(rows, pair.a, pair),
    text: (_, other) =>
      `the same memory, from physical ${formatAddress(pair.start)} on, is ${b} here and ${a} at ${formatAddress(other!.start)}`,
  });
}

type Allowed = ReturnType<typeof rightsOfRun>;

/** Whether who may write by the first mapping makes code for who runs it by the second, while neither is both. */
function writesCode(writer: Allowed, runner: Allowed): boolean {
  return (
    writer.writable &&
    !writer.executable &&
    runner.executable &&
    !runner.writable &&
    (writer.user || !runner.user)
  );
}

function levelOf(a: Allowed, b: Allowed, bypass: boolean): LintLevel {
  if (bypass) return 'error';
  if (a.writable === b.writable) return 'note';
  // The kernel may write what programs may not; programs should not write what the kernel may not.
  if (a.user !== b.user) return (a.user ? a : b).writable ? 'warning' : 'note';
  return a.user ? 'note' : 'warning';
}

/** Where a run maps a stretch of physical memory. */
function placeOf(rows: PageRows, i: number, { start, end }: Pair): { page: number; pages: number } {
  const contiguous = (rows.attributes[i]! & RUN_CONTIGUOUS) !== 0;
  const page = rows.page[i]! + (start - rows.physical[i]!) / 4096;
  return { page, pages: contiguous || end - start < rows.bytes[i]! ? (end - start) / 4096 : rows.pages[i]! };
}

/** Of some runs, one of each kind by these bits. */
function kindsBy(rows: PageRows, runs: readonly number[], mask: number): number[] {
  const found = new Map<number, number>();
  for (const i of runs) {
    const kind = rows.attributes[i]! & mask;
    if (!found.has(kind)) found.set(kind, i);
  }
  return [...found.values()];
}

function enter(active: Map<number, Set<number>>, rows: PageRows, i: number): void {
  const kind = rows.attributes[i]! & (RIGHTS | CACHE);
  const runs = active.get(kind);
  if (runs === undefined) active.set(kind, new Set([i]));
  else runs.add(i);
}

function leave(active: Map<number, Set<number>>, rows: PageRows, i: number): void {
  const kind = rows.attributes[i]! & (RIGHTS | CACHE);
  const runs = active.get(kind)!;
  runs.delete(i);
  if (runs.size === 0) active.delete(kind);
}

function endOf(rows: PageRows, i: number): number {
  return rows.physical[i]! + rows.bytes[i]!;
}
