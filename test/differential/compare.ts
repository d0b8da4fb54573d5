/** Compares what an emulator reported with what our Mmu did. */

import { PTE_A, PTE_D } from '../../src/arch/index.ts';
import type { GroupedCase } from './cases.ts';
import type { OurOutcome } from './ours.ts';
import type { Operation, Outcome } from './stream.ts';
import { NO_FAULT } from './stream.ts';

/** A point on which the two differ. */
export interface Difference {
  readonly field: 'vector' | 'error code' | 'CR2' | 'register' | 'return address' | 'memory' | 'reports';
  /** Index among the case's outcomes. */
  readonly step: number;
  readonly operation: Operation | undefined;
  readonly ours: string;
  readonly theirs: string;
  readonly ourStep: OurOutcome | undefined;
  readonly theirOutcome: Outcome | undefined;
  /** For `memory`: the dword and the bits that differ. */
  readonly physical?: number;
  readonly bits?: number;
}

/** A known deviation, as far as a comparison needs it. */
interface Explanation {
  readonly harmless: boolean;
}

/** What comes of comparing a case: nothing left unexplained means agreement. */
export interface Comparison<E> {
  readonly unexplained: readonly Difference[];
  readonly explained: readonly E[];
}

/**
 * Compares a case up to the first operation with an unexplained difference, or with an explained one after which
 * the two sides are no longer in the same state: what follows may follow from it.
 */
export function compareCase<E extends Explanation>(
  one: GroupedCase,
  ours: readonly OurOutcome[],
  theirs: readonly Outcome[],
  pristine: (physical: number) => number,
  explain: (difference: Difference) => E | undefined,
): Comparison<E> {
  const memory = new MemoryComparison(pristine);
  const explained: E[] = [];
  let step = 0;
  for (const operation of one.operations) {
    if (operation.op === 'poke') {
      memory.poke(operation.physical, operation.bytes, operation.value);
      continue;
    }
    const our = ours[step];
    const their = theirs[step];
    const found: Finding[] =
      our && their ? compareStep(memory, our, their) : [['reports', `${ours.length}`, `${theirs.length}`]];
    const unexplained: Difference[] = [];
    let harmless = true;
    for (const [field, ourText, theirText, place] of found) {
      const difference: Difference = {
        field,
        step,
        operation,
        ours: ourText,
        theirs: theirText,
        ourStep: our,
        theirOutcome: their,
        ...place,
      };
      const explanation = explain(difference);
      if (explanation === undefined) unexplained.push(difference);
      else {
        explained.push(explanation);
        harmless &&= explanation.harmless;
      }
    }
    if (unexplained.length > 0) return { unexplained, explained };
    if (!harmless) break;
    step++;
  }
  return { unexplained: [], explained };
}

type Finding = readonly [Difference['field'], string, string, { physical: number; bits: number }?];

function compareStep(
  memory: MemoryComparison,
  { outcome, operation, walks }: OurOutcome,
  theirs: Outcome,
): Finding[] {
  if (outcome.kind === 'changes' || theirs.kind === 'changes') {
    if (outcome.kind !== theirs.kind) return [['reports', outcome.kind, theirs.kind]];
    return outcome.kind === 'changes' && theirs.kind === 'changes'
      ? memory.compare(outcome.dwords, theirs.dwords)
      : [];
  }
  memory.allow(walks, outcome.vector !== NO_FAULT);
  if (outcome.vector !== theirs.vector) return [['vector', vectorName(outcome), vectorName(theirs)]];
  const found: Finding[] = [];
  if (outcome.vector === NO_FAULT) {
    if (operation.op !== 'access') return [];
    if (outcome.accumulator !== theirs.accumulator) {
      found.push(['register', hex(outcome.accumulator), hex(theirs.accumulator)]);
    }
    if (operation.instruction === 'fetch' && outcome.returnAddress !== theirs.returnAddress) {
      found.push(['return address', hex(outcome.returnAddress), hex(theirs.returnAddress)]);
    }
    return found;
  }
  if (outcome.errorCode !== theirs.errorCode) {
    found.push(['error code', vectorName(outcome), vectorName(theirs)]);
  }
  if (outcome.vector === 14 && outcome.cr2 !== theirs.cr2)
    found.push(['CR2', hex(outcome.cr2), hex(theirs.cr2)]);
  return found;
}

/**
 * The arena as both sides see it: every dword that either has changed. After a fault the architecture leaves
 * open whether A was set in the entries that the translation used, and for an access to two pages also D of the
 * first page (SDM 3A §4.8); those bits are left out until the entry is written anew.
 */
class MemoryComparison {
  readonly #ours = new Map<number, number>();
  readonly #theirs = new Map<number, number>();
  readonly #open = new Map<number, number>();
  /** Content of the arena at the start of the case. */
  readonly #first: (physical: number) => number;

  constructor(first: (physical: number) => number) {
    this.#first = first;
  }

  poke(physical: number, bytes: number, value: bigint): void {
    for (let i = 0; i < bytes; i += 4) {
      const word = Number((value >> BigInt(8 * i)) & 0xffff_ffffn);
      this.#ours.set(physical + i, word);
      this.#theirs.set(physical + i, word);
      this.#open.delete(physical + i);
    }
  }

  allow(walks: OurOutcome['walks'], faulted: boolean): void {
    if (!faulted) return;
    for (const walk of walks) {
      for (const step of walk.steps) {
        if (step.source !== 'ram') continue;
        const bits = PTE_A | (walk.ok && step.leadsTo === 'page' ? PTE_D : 0);
        this.#open.set(step.entryAddress, (this.#open.get(step.entryAddress) ?? 0) | bits);
      }
    }
  }

  compare(ours: ReadonlyMap<number, number>, theirs: ReadonlyMap<number, number>): Finding[] {
    for (const [address, value] of ours) this.#ours.set(address, value);
    for (const [address, value] of theirs) this.#theirs.set(address, value);
    const found: Finding[] = [];
    for (const address of new Set([...this.#ours.keys(), ...this.#theirs.keys()])) {
      const our = this.#ours.get(address) ?? this.#first(address);
      const their = this.#theirs.get(address) ?? this.#first(address);
      const bits = (our ^ their) & ~(this.#open.get(address) ?? 0);
      if (bits === 0) continue;
      found.push([
        'memory',
        text(address, our),
        text(address, their),
        { physical: address, bits: bits >>> 0 },
      ]);
      // Reported; what comes next is compared from here.
      this.#theirs.set(address, our);
    }
    return found;
  }
}

function text(address: number, value: number): string {
  return `[${hex(address)}] = ${hex(value)}`;
}

function vectorName(outcome: Outcome): string {
  if (outcome.kind !== 'result') return outcome.kind;
  if (outcome.vector === NO_FAULT) return 'no fault';
  const name = { 6: '#UD', 12: '#SS', 13: '#GP', 14: '#PF' }[outcome.vector] ?? `vector ${outcome.vector}`;
  return `${name}(${hex(outcome.errorCode)})`;
}

export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
