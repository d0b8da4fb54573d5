import { describe, expect, it } from 'vitest';
import { makeCases } from './cases.ts';
import { compareCase } from './compare.ts';
import { DEVIATIONS } from './deviations.ts';
import { bootImage } from './image.ts';
import { MACHINES } from './machines.ts';
import { OurMachine } from './ours.ts';
import type { Outcome } from './stream.ts';

/** Differences that no deviation predicts, made from an outcome; none where there is no such difference. */
const MISTAKES: Readonly<Record<string, (outcome: Outcome) => Outcome | undefined>> = {
  'U/S in the error code is wrong': (outcome) =>
    isFault(outcome) ? { ...outcome, errorCode: outcome.errorCode ^ 4 } : undefined,
  'CR2 names another page': (outcome) =>
    isFault(outcome) ? { ...outcome, cr2: outcome.cr2 ^ 0x10_0000n } : undefined,
  'the value read is wrong': (outcome) =>
    outcome.kind === 'result' && outcome.vector === 0x80
      ? { ...outcome, accumulator: outcome.accumulator ^ 0x8000n }
      : undefined,
  'a dword of memory is wrong': (outcome) =>
    outcome.kind === 'changes' && outcome.dwords.size > 0
      ? { kind: 'changes', dwords: new Map([...outcome.dwords].map(([at, value]) => [at, value ^ 0x800])) }
      : undefined,
};

function isFault(outcome: Outcome): outcome is Extract<Outcome, { kind: 'result' }> {
  return outcome.kind === 'result' && outcome.vector === 14;
}

describe('the known deviations', () => {
  it('have a name each that is used once for an emulator', () => {
    const names = DEVIATIONS.map(({ emulator, name }) => `${emulator} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  // SMAP and PKRU end the comparison of a case in Bochs, so groups without them are asked.
  it.each(Object.keys(MISTAKES))('do not hide that %s', (mistake) => {
    const model = MACHINES[0]!;
    const { settings, image } = bootImage(model.world, false);
    const machine = new OurMachine(settings, image, model.features);
    let made = 0;
    for (const one of makeCases(3, model, 0, 400)) {
      if (one.group !== '32-bit' && one.group !== 'PAE') continue;
      const ours = machine.run(one);
      for (const [step, { outcome, operation }] of ours.entries()) {
        const mutant =
          operation.op === 'access' || operation.op === 'check' ? MISTAKES[mistake]!(outcome) : undefined;
        if (mutant === undefined) continue;
        const theirs = ours.map((own, i) => (i === step ? mutant : own.outcome));
        for (const emulator of ['bochs', 'qemu'] as const) {
          const known = DEVIATIONS.filter((deviation) => deviation.emulator === emulator);
          const { unexplained } = compareCase(
            one,
            ours,
            theirs,
            (physical) => machine.pristine(physical),
            (difference) => known.find((deviation) => deviation.explains({ difference, one, ours })),
          );
          expect(unexplained.length, `case ${one.index}, step ${step}, ${emulator}`).toBeGreaterThan(0);
          made++;
        }
      }
    }
    expect(made).toBeGreaterThan(50);
  });
});
