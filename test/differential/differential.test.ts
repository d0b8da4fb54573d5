import { describe, expect, it } from 'vitest';
import { emulatorVersion, missingPrograms } from './emulators.ts';
import { MACHINES } from './machines.ts';
import { missingDeviations, runRound } from './round.ts';

const SEED = 2004;
const CASES = 800;

const missing = missingPrograms();
const required = process.env['CI'] === 'true';
if (missing.length > 0 && !required) {
  console.warn(
    `live differential skipped: not installed: ${missing.join(', ')} (apt-get install bochs qemu-system-x86 nasm)`,
  );
}

describe.skipIf(missing.length > 0 && !required)('the Mmu against real emulators', () => {
  it('has the emulators', () => {
    expect(missing, 'apt-get install bochs qemu-system-x86 nasm').toEqual([]);
  });

  const results = async () => runRound({ seed: SEED, cases: CASES, boots: 1, from: 0 });
  let round: ReturnType<typeof results> | undefined;

  it(`agrees on every case of a small round (seed ${SEED})`, async () => {
    round = results();
    for (const { emulator, cpuName, world, groups, stopped } of await round) {
      const name = `${emulator} ${cpuName}, ${world}`;
      expect(stopped, name).toBeUndefined();
      const differences = [...groups.values()].flatMap((group) => group.differences);
      const texts = differences.map(
        ({ index, step, field, ours, theirs }) =>
          `case ${index}, step ${step}: ${field}: ours ${ours}, theirs ${theirs}`,
      );
      expect(texts, name).toEqual([]);
      const cases = [...groups.values()].reduce((sum, group) => sum + group.cases, 0);
      expect(cases, name).toBeGreaterThan(CASES / 2);
    }
  });

  it('sees every known deviation of the emulators', async () => {
    const unseen = missingDeviations((await round) ?? [], emulatorVersion);
    expect(unseen.map(({ emulator, name }) => `${emulator} ${name}`)).toEqual([]);
  });

  it('runs on every machine', async () => {
    expect((await round)?.map(({ emulator, world }) => `${emulator} ${world}`)).toEqual(
      MACHINES.map(({ emulator, world }) => `${emulator} ${world}`),
    );
  });
});
