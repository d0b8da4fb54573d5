/** Runs the probes in an emulator and says, for each, whether it did what our Mmu does, and if not, what instead. */

import { compareCase } from '../compare.ts';
import { DEVIATIONS } from '../deviations.ts';
import { type EmulatorName, runBoot } from '../emulators.ts';
import { absentFeatures } from '../features.ts';
import { bootImage } from '../image.ts';
import { MACHINES } from '../machines.ts';
import { OurMachine } from '../ours.ts';
import { type BootReport, type Outcome, packStream, unpackReports } from '../stream.ts';
import { PROBES, probeCases } from './probes.ts';

export interface ProbeResult {
  readonly probe: string;
  /** Undefined where the two agree. */
  readonly difference: string | undefined;
}

export interface ProbeRun {
  readonly results: readonly ProbeResult[];
  /** Features that the emulator's CPU does not have, each with the CPUID bit that says so. */
  readonly absent: readonly string[];
}

const CPUS: Readonly<Record<EmulatorName, string>> = {
  bochs: 'p3_katmai',
  qemu: 'pentium3',
  v86: 'its only one',
};
/** Of a boot; one takes less than a second. */
const TIMEOUT_SECONDS = 8;

export async function runProbes(emulator: EmulatorName): Promise<ProbeRun> {
  const { settings, image } = bootImage('32-bit', false);
  const { features } = MACHINES[0]!;
  const cases = probeCases();
  const boot = async (list: typeof cases): Promise<BootReport | undefined> => {
    const stream = packStream(settings, image, list);
    try {
      return unpackReports(
        await runBoot({ emulator, cpu: CPUS[emulator], word: 32, stream, timeoutSeconds: TIMEOUT_SECONDS }),
      );
    } catch {
      return undefined;
    }
  };

  const theirs = new Map<number, readonly Outcome[]>();
  let absent: readonly string[] = [];
  const run = async (list: typeof cases): Promise<boolean> => {
    const report = await boot(list);
    if (report === undefined) return false;
    absent = absentFeatures(report.cpu);
    if (report.complete) for (const [index, outcomes] of report.cases) theirs.set(index, outcomes);
    return report.complete;
  };
  const together = cases.filter(({ index }) => PROBES[index]!.alone !== true);
  if (!(await run(together))) for (const one of together) await run([one]);
  for (const one of cases) if (PROBES[one.index]!.alone === true) await run([one]);

  // A row of its own.
  const harmless = DEVIATIONS.filter((one) => one.emulator === emulator && one.name === 'pdpte-accessed');
  const ours = new OurMachine(settings, image, features);
  const results = cases.map((one): ProbeResult => {
    const our = ours.run(one);
    const their = theirs.get(one.index);
    const { name } = PROBES[one.index]!;
    if (their === undefined) return { probe: name, difference: 'the ROM is lost' };
    const { unexplained } = compareCase(
      one,
      our,
      their,
      (physical) => ours.pristine(physical),
      (difference) => harmless.find((deviation) => deviation.explains({ difference, one, ours: our })),
    );
    const first = unexplained[0];
    if (first === undefined) return { probe: name, difference: undefined };
    const what = first.field === 'vector' || first.field === 'error code' ? '' : `${first.field}: `;
    return { probe: name, difference: `${what}${first.theirs} for ${first.ours}` };
  });
  return { results, absent };
}
