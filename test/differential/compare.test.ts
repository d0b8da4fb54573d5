import { describe, expect, it } from 'vitest';
import { type GroupedCase, makeCases } from './cases.ts';
import { compareCase } from './compare.ts';
import { bootImage, type World } from './image.ts';
import { MACHINES } from './machines.ts';
import { OurMachine, type OurOutcome } from './ours.ts';
import { type Outcome, packStream, unpackReports } from './stream.ts';

const WORLDS: readonly World[] = ['32-bit', '4-level', '5-level'];

/** Our own outcomes of some cases, which stand in for an emulator's. */
function ownRun(
  world: World,
  count: number,
): { cases: GroupedCase[]; run: (one: GroupedCase) => OurOutcome[]; first: (p: number) => number } {
  const model = MACHINES.findLast((one) => one.world === world && one.emulator !== 'v86')!;
  const { settings, image } = bootImage(world, true);
  const machine = new OurMachine(settings, image, model.features);
  const cases = makeCases(1, model, 0, count);
  return { cases, run: (one) => machine.run(one), first: (physical) => machine.pristine(physical) };
}

const nothing = () => undefined;

describe('compareCase', () => {
  it.each(WORLDS)('finds no difference between a run and itself (%s)', (world) => {
    const { cases, run, first } = ownRun(world, 300);
    for (const one of cases) {
      const ours = run(one);
      expect(
        compareCase(
          one,
          ours,
          run(one).map(({ outcome }) => outcome),
          first,
          nothing,
        ).unexplained,
      ).toEqual([]);
    }
  });

  it('notices any change of a vector, an error code, CR2 or a value read', () => {
    const { cases, run, first } = ownRun('32-bit', 200);
    let changed = 0;
    for (const one of cases) {
      const ours = run(one);
      for (const [step, { outcome, operation }] of ours.entries()) {
        if (outcome.kind !== 'result' || operation.op !== 'access') continue;
        const fault = outcome.vector === 14;
        const mutants: Outcome[] = fault
          ? [
              { ...outcome, vector: 13 },
              { ...outcome, errorCode: outcome.errorCode ^ 1 },
              { ...outcome, cr2: outcome.cr2 ^ 1n },
            ]
          : [
              { ...outcome, vector: 14 },
              { ...outcome, accumulator: outcome.accumulator ^ 1n },
            ];
        for (const mutant of mutants) {
          const theirs = ours.map((own, i) => (i === step ? mutant : own.outcome));
          const { unexplained } = compareCase(one, ours, theirs, first, nothing);
          expect(unexplained).toHaveLength(1);
          expect(unexplained[0]?.step).toBe(step);
          changed++;
        }
      }
    }
    expect(changed).toBeGreaterThan(300);
  });

  it('notices a dirty bit that one side has not set', () => {
    const { cases, run, first } = ownRun('4-level', 300);
    let noticed = 0;
    for (const one of cases) {
      const ours = run(one);
      const theirs = ours.map(({ outcome }): Outcome => {
        if (outcome.kind !== 'changes') return outcome;
        return {
          kind: 'changes',
          dwords: new Map([...outcome.dwords].map(([at, value]) => [at, value & ~0x40])),
        };
      });
      noticed += compareCase(one, ours, theirs, first, nothing).unexplained.length;
    }
    expect(noticed).toBeGreaterThan(50);
  });
});

describe('the stream', () => {
  it('holds each operation as the ROM reads it', () => {
    const { settings, image } = bootImage('32-bit', true);
    const bytes = packStream(settings, image, [
      {
        index: 7,
        operations: [
          { op: 'access', instruction: 'xchg', bytes: 2, cpl: 3, ac: true, linear: 0x1234n, value: 5n },
        ],
      },
    ]);
    const tail = [...bytes.slice(-72)];
    expect(tail.slice(0, 24)).toEqual([1, 0, 0, 0, ...zeros(12), 7, ...zeros(7)]);
    expect(tail.slice(24, 48)).toEqual([3, 17, 3, 1, ...zeros(4), 0x34, 0x12, ...zeros(6), 5, ...zeros(7)]);
    expect(tail.slice(48)).toEqual(zeros(24));
  });

  it('says so when reports break off', () => {
    const header = [...Buffer.from('noise X86P'), ...zeros(28)];
    expect(unpackReports(Uint8Array.from([...header, 0x45])).complete).toBe(true);
    expect(unpackReports(Uint8Array.from(header)).stopped).toBe('the reports broke off');
    expect(unpackReports(Uint8Array.from([...header, 0x43, 0])).complete).toBe(false);
    expect(() => unpackReports(Uint8Array.from(Buffer.from('Bochs panicked')))).toThrow(/Bochs panicked/);
  });
});

function zeros(count: number): number[] {
  return Array<number>(count).fill(0);
}
