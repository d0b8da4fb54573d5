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

/** @returns the differences up to the first operation that has any: later ones may follow from them. */
export function compareCase(
  one: GroupedCase,
  ours: readonly OurOutcome[],
  theirs: readonly Outcome[],
): Difference[] {
  const memory = new MemoryComparison();
  let step = 0;
  for (const operation of one.operations) {
    if (operation.op === 'poke') {
      memory.poke(operation.physical, operation.bytes);
      continue;
    }
    const our = ours[step];
    const their = theirs[step];
    const found =
      our && their
        ? compareStep(memory, our, their)
        : [['reports', `${ours.length}`, `${theirs.length}`] as const];
    if (found.length > 0) {
      return found.map(([field, ourText, theirText, place]) => ({
        field,
        step,
        operation,
        ours: ourText,
        theirs: theirText,
        ourStep: our,
        theirOutcome: their,
        ...place,
      }));
    }
    step++;
  }
  return [];
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

  poke(physical: number, bytes: number): void {
    for (let address = physical; address < physical + bytes; address += 4) {
      this.#ours.delete(address);
      this.#theirs.delete(address);
      this.#open.delete(address);
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
      const our = this.#ours.get(address);
      const their = this.#theirs.get(address);
      // One side has never changed it; then only open bits can explain the other's change, and they are single bits.
      const open = this.#open.get(address) ?? 0;
      const bits = our === undefined || their === undefined ? ~open : (our ^ their) & ~open;
      if (our === their || (our !== undefined && their !== undefined && bits === 0)) continue;
      if ((our === undefined || their === undefined) && open !== 0) continue;
      found.push([
        'memory',
        text(address, our),
        text(address, their),
        { physical: address, bits: bits >>> 0 },
      ]);
    }
    return found;
  }
}

function text(address: number, value: number | undefined): string {
  return `[${hex(address)}] ${value === undefined ? 'unchanged' : `= ${hex(value)}`}`;
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
