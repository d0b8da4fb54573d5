/** The smallest machine on which a claim does not hold. */

import { PAGE_SIZE } from '../arch/address.ts';
import { subjectOf, verdictOn } from '../claims/check-layout.ts';
import type { LayoutClaim } from '../claims/claim.ts';
import { counterexampleOf } from '../claims/counterexample.ts';
import { judge } from '../claims/judge.ts';
import { titleOf } from '../claims/title.ts';
import type { Counterexample } from '../claims/verification.ts';
import type { Machine, MachineRegion } from '../machine/machine.ts';
import { regionsOf } from '../machine/region-names.ts';
import type { WalkContext } from '../walk/context.ts';
import type { WalkReport } from '../walk/report.ts';
import { minimal } from './minimal.ts';
import { type BrokenClaim, narrowed, samePlace } from './narrow.ts';
import { type Entry, WorkMachine } from './work-machine.ts';

/** A counterexample by itself: a machine that has it and as little else as can be. */
export interface SmallCounterexample {
  /** The machine: its page tables hold only entries without which the claim would hold, or fail elsewhere. */
  readonly machine: Machine;
  /** The claim, of a range only what it says of the one page. */
  readonly claim: LayoutClaim;
  /** The whole claim, as a sentence. */
  readonly title: string;
  /** Why the claim does not hold on this machine. */
  readonly counterexample: Counterexample;
  /** How many entries the page tables have. */
  readonly entries: number;
}

/**
 * The smallest machine on which a claim fails as it does on this one: at the same address, by the same access, and with
 * the same way through the tables. What is not needed is left out: entries, bits of entries, registers, RAM. Frames
 * keep their numbers, so that its entries are found again in the machine that it comes from.
 *
 * Whatever is left out alone makes the claim hold, or fail elsewhere.
 *
 * @param machine - Any machine; of an MMU, `{ memory, cpu: mmu.cpu, registers: registersOf(mmu) }`. It is only read.
 * @param claim - A claim that does not hold of it.
 * @returns undefined where the claim holds.
 * @throws RangeError where a page table lies above 64 GiB, which no image can hold.
 * @example
 * const { claims } = checkLayout(machine, layout);
 * const failed = claims.findIndex(({ ok }) => !ok);
 * const small = smallestCounterexample(machine, layout[failed]!);
 */
export function smallestCounterexample(
  machine: Machine,
  claim: LayoutClaim,
): SmallCounterexample | undefined {
  const work = new WorkMachine(machine);
  const broken = narrowed(claim, subjectOf(work.context));
  if (broken === undefined) return undefined;
  const search = new Search(work, broken);
  const left = search.leastEntries();
  search.takeBits(left);
  search.takeRegisters();
  const end = search.end;
  const small = work.fitted(end <= machine.memory.sizeBytes ? end : 0);
  const { counterexample } = verdictOn(broken.claim, subjectOf(work.context));
  const regions = regionsAt(machine, counterexample!.linear);
  return {
    machine: { ...small, ...(regions.length > 0 && { regions }) },
    claim: broken.claim,
    title: titleOf(claim),
    counterexample: counterexample!,
    entries: left.length,
  };
}

class Search {
  readonly #work: WorkMachine;
  readonly #broken: BrokenClaim;
  readonly #walk: WalkReport | undefined;

  constructor(work: WorkMachine, broken: BrokenClaim) {
    this.#work = work;
    this.#broken = broken;
    this.#walk = this.#walkOf(work.context);
  }

  /** Where the page of the failing access ends in RAM; 0 where none does. */
  get end(): number {
    return this.#walk?.ok === true ? this.#walk.physical - (this.#walk.physical % PAGE_SIZE) + PAGE_SIZE : 0;
  }

  /** The least entries with which the claim fails alike; the others are out. */
  leastEntries(): readonly Entry[] {
    const { entries } = this.#work;
    // Mostly the walk is all it takes; then nothing has to be searched.
    const onWalk = new Set(this.#walk?.steps.map(({ entryAddress }) => entryAddress));
    let left: readonly Entry[] = entries.filter(({ address }) => onWalk.has(address));
    if (this.#walk === undefined || !this.#failsWith(entries, left)) {
      this.#work.leave(entries, entries);
      left = this.#leastByLevel();
    }
    const least = minimal(left, (some) => this.#failsWith(left, some));
    this.#work.leave(left, least);
    return least;
  }

  /** Level by level from the root: with an entry goes all that lies under it. */
  #leastByLevel(): readonly Entry[] {
    let left = this.#work.entries;
    for (let depth = 0; left.some((entry) => entry.depth >= depth); depth++) {
      const level = left.filter((entry) => entry.depth === depth);
      const least = minimal(level, (some) => this.#failsWith(level, some));
      this.#work.leave(level, least);
      const gone = new Set(level.filter((entry) => !least.includes(entry)));
      const reached = new Set(this.#work.reachedEntries());
      const kept = left.filter((entry) => !gone.has(entry) && reached.has(entry.address));
      this.#work.leave(left, kept);
      left = kept;
    }
    return left;
  }

  /** Takes every bit that is not needed out of some entries. */
  takeBits(entries: readonly Entry[]): void {
    for (let isMore = true; isMore; ) {
      isMore = false;
      for (const entry of entries) {
        for (const flag of this.#work.flagsOf(entry)) {
          this.#work.flip(entry, flag);
          if (this.#fails()) isMore = true;
          else this.#work.flip(entry, flag);
        }
      }
    }
  }

  /** Takes out the registers that a machine need not have. */
  takeRegisters(): void {
    for (const name of ['pkru', 'pkrs', 'alignmentCheck'] as const) {
      const { [name]: taken, ...rest } = this.#work.machine.registers;
      if (taken === undefined) continue;
      const before = this.#work.exchange(rest);
      if (!this.#fails()) this.#work.exchange(before);
    }
  }

  #failsWith(of: readonly Entry[], some: readonly Entry[]): boolean {
    this.#work.leave(of, some);
    return this.#fails();
  }

  /** Whether the claim fails now as it did in the beginning. */
  #fails(): boolean {
    const { context } = this.#work;
    const walk = this.#walkOf(context);
    if (!sameWay(this.#walk, walk)) return false;
    const finding = judge(this.#broken.claim, subjectOf(context));
    return finding !== undefined && samePlace(this.#broken.finding, finding);
  }

  #walkOf(context: WalkContext): WalkReport | undefined {
    return counterexampleOf(this.#broken.finding, context).walk;
  }
}

/** Whether two walks go through the same entries to the same end. */
function sameWay(a: WalkReport | undefined, b: WalkReport | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.steps.length !== b.steps.length) return false;
  if (a.steps.some(({ entryAddress }, i) => b.steps[i]!.entryAddress !== entryAddress)) return false;
  if (a.ok) return b.ok && a.physical === b.physical && a.pageSize === b.pageSize;
  return !b.ok && a.fault.reason === b.fault.reason;
}

/** What lies at an address, by the names that the machine has. */
function regionsAt(machine: Machine, linear: number | bigint | undefined): MachineRegion[] {
  if (linear === undefined) return [];
  return regionsOf(machine)
    .filter(({ space, start, end }) => space === 'linear' && linear >= start && linear < end)
    .slice(0, 1);
}
