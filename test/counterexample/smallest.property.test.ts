/** Counterexamples of broken layouts, made small: still broken alike, and by nothing more than is left. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLayout, formatLayout, type LayoutClaim, parseLayout } from '../../src/claims/index.ts';
import {
  counterexampleMachine,
  replayCounterexample,
  smallestCounterexample,
} from '../../src/counterexample/index.ts';
import { loadMachine, type Machine, mmuOf, saveMachine } from '../../src/machine/index.ts';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import { entriesOf, tablesOf } from '../../src/walk/tables-of.ts';
import { allClaims, MODES, machineOf, smallKernel } from '../claims/layout.ts';

/** A word of a table spoilt. */
const mistake = fc.record({
  table: fc.nat(7),
  index: fc.oneof(fc.constantFrom(0, 1, 2, 3, 8, 9, 0x300, 0x301, 0x380), fc.nat(1023)),
  bits: fc.oneof(
    fc.nat(11).map((bit) => ({ flip: 1 << bit })),
    fc.tuple(fc.nat(20), fc.nat(0x1ff)).map(([frame, flags]) => ({ set: (frame << 12) | flags | 1 })),
  ),
});

const mistakes = fc.record({
  mode: fc.constantFrom(...MODES),
  words: fc.array(mistake, { minLength: 1, maxLength: 3 }),
});

/** A small kernel with mistakes in its tables. */
function spoilt({ mode, words }: typeof mistakes extends fc.Arbitrary<infer T> ? T : never): Machine {
  const kernel = smallKernel(mode);
  const { memory, mapper } = kernel;
  for (const { table, index, bits } of words) {
    const frames = mapper.tableFrames;
    // The PDPTEs of PAE are checked when CR3 is loaded.
    if (mode === 'PAE' && table % frames.length === 0) continue;
    const at = frames[table % frames.length]! * 4096 + index * 4;
    memory.storeWord(at, 'set' in bits ? bits.set : memory.loadWord(at) ^ bits.flip);
  }
  return machineOf(kernel);
}

describe('smallestCounterexample', () => {
  it('fails at the same place, by the same access, in the same words of what is promised', () => {
    const seen = new Set<string>();
    const alike = fc.property(mistakes, (spoiling) => {
      const machine = spoilt(spoiling);
      for (const { claim, small, whole } of brokenClaims(machine)) {
        seen.add(claim.kind);
        expect(small.counterexample.linear).toEqual(whole.linear);
        expect(small.counterexample.access).toEqual(whole.access);
        expect(small.counterexample.expected).toBe(whole.expected);
        expect(small.counterexample.walk?.steps.map((step) => step.entryAddress)).toEqual(
          whole.walk?.steps.map((step) => step.entryAddress),
        );
        expect(checkLayout(small.machine, [small.claim], { confirm: false }).ok).toBe(false);
      }
    });
    // Which claims were broken is counted where it is always the same.
    fc.assert(alike, { numRuns: 20, seed: 13 });
    expect(seen.size).toBeGreaterThan(9);
    fc.assert(alike, { numRuns: 20 });
  });

  it('has no entry and no flag of one that could be left out', () => {
    fc.assert(
      fc.property(mistakes, (spoiling) => {
        const machine = spoilt(spoiling);
        for (const { small } of brokenClaims(machine)) {
          const memory = small.machine.memory as PhysicalMemory;
          const failure = failureOf(small.machine, small.claim);
          expect(failure).toBeDefined();
          for (const at of entriesIn(small.machine)) {
            const low = memory.loadWord(at);
            // The entry, and each of its flags.
            const less = [0, ...FLAGS.filter((flag) => (low & flag) !== 0).map((flag) => low & ~flag)];
            for (const value of less) {
              memory.storeWord(at, value);
              expect(
                failureOf(small.machine, small.claim),
                `0x${at.toString(16)}: ${low} to ${value}`,
              ).not.toBe(failure);
            }
            memory.storeWord(at, low);
          }
        }
      }),
      {
        numRuns: 12,
        // Of too many tables, which no access shows: nothing at all was left out of the machine.
        examples: [
          [
            {
              mode: '4-level',
              words: [
                { table: 0, index: 0, bits: { set: 0x3001 } },
                { table: 0, index: 0, bits: { flip: 2 } },
              ],
            },
          ],
        ],
      },
    );
  });

  it('comes back out of its file, and fails again there', () => {
    fc.assert(
      fc.property(mistakes, (spoiling) => {
        const machine = spoilt(spoiling);
        for (const { small } of brokenClaims(machine)) {
          const file = saveMachine(counterexampleMachine(small));
          const saved = loadMachine(file);
          const { claim, verdict, walk, title } = replayCounterexample(saved);
          expect(claim).toEqual(small.claim);
          expect(title).toBe(small.title);
          expect(verdict.counterexample).toEqual(small.counterexample);
          if (small.counterexample.access !== undefined) {
            expect(walk).toEqual(
              mmuOf(saved).explain(small.counterexample.linear!, small.counterexample.access),
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves the machine as it was, and says nothing of a claim that holds', () => {
    const kernel = smallKernel('PAE');
    const machine = machineOf(kernel);
    const before = saveMachine(machine);
    for (const claim of allClaims('PAE')) expect(smallestCounterexample(machine, claim)).toBeUndefined();
    kernel.mapper.map(0xf000_0000, kernel.mapper.tableFrames[1]! * 4096, 0x1000, { writable: true });
    const broken = saveMachine(machine);
    expect(broken).not.toEqual(before);
    for (const claim of allClaims('PAE')) smallestCounterexample(machine, claim);
    expect(saveMachine(machine)).toEqual(broken);
  });
});

describe('formatLayout', () => {
  it('writes what parseLayout reads back', () => {
    for (const mode of MODES) {
      const claims = allClaims(mode).map((claim) => ({ ...claim, title: 'Ein “Satz”\n' }) as LayoutClaim);
      expect(parseLayout(formatLayout(claims))).toEqual(claims);
    }
  });
});

function* brokenClaims(machine: Machine): Generator<{
  claim: LayoutClaim;
  small: NonNullable<ReturnType<typeof smallestCounterexample>>;
  whole: NonNullable<ReturnType<typeof checkLayout>['claims'][number]['counterexample']>;
}> {
  const claims = allClaims(mmuOf(machine).mode as '32-bit');
  const { claims: judged } = checkLayout(machine, claims, { confirm: false });
  for (const [i, claim] of claims.entries()) {
    const whole = judged[i]!.counterexample;
    if (whole !== undefined) yield { claim, whole, small: smallestCounterexample(machine, claim)! };
  }
}

const FLAGS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((bit) => 1 << bit);

/** How a claim fails: where, by what, through which entries, with what end. */
function failureOf(machine: Machine, claim: LayoutClaim): string | undefined {
  const { counterexample } = checkLayout(machine, [claim], { confirm: false }).claims[0]!;
  if (counterexample === undefined) return undefined;
  const { linear, access, expected, walk } = counterexample;
  const end = walk?.ok === true ? [walk.physical, walk.pageSize] : walk?.fault.reason;
  return JSON.stringify([`${linear}`, access, expected, walk?.steps.map((step) => step.entryAddress), end]);
}

/** Addresses of the present entries in RAM. */
function entriesIn(machine: Machine): Set<number> {
  const found = new Set<number>();
  for (const table of tablesOf(machine)) {
    for (const { address } of entriesOf(machine, table)) {
      if (address < machine.memory.sizeBytes) found.add(address);
    }
  }
  return found;
}
