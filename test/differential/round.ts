/** Runs the same cases on our Mmu, Bochs and QEMU, and collects where they agree. */

import { type Group, type GroupedCase, makeCases } from './cases.ts';
import { compareCase, type Difference } from './compare.ts';
import { DEVIATIONS, type Deviation } from './deviations.ts';
import { type EmulatorName, runBoot } from './emulators.ts';
import { absentFeatures, deniedFeatures } from './features.ts';
import { bootImage } from './image.ts';
import { MACHINES, type Machine } from './machines.ts';
import { OurMachine, type OurOutcome } from './ours.ts';
import { type Outcome, packStream, unpackReports } from './stream.ts';

export interface RoundOptions {
  readonly seed: number;
  /** Cases per boot. */
  readonly cases: number;
  readonly boots: number;
  /** Number of the first case. */
  readonly from: number;
  readonly machines?: readonly Machine[];
  /** Called with a line for each boot that is done. */
  readonly progress?: (line: string) => void;
}

export interface FoundDifference extends Difference {
  readonly index: number;
}

/** The results of one group on one machine. */
export interface GroupResult {
  cases: number;
  /** Accesses to memory in these cases. */
  accesses: number;
  /** Cases in which all agreed, known deviations left aside. */
  agreed: number;
  /** Of these, the cases in which a known deviation was seen. */
  deviated: number;
  readonly differences: FoundDifference[];
}

export interface BootResult extends Machine {
  readonly groups: Map<Group, GroupResult>;
  /** How often each known deviation was seen. */
  readonly deviations: Map<Deviation, number>;
  /** Features of paging that the emulator's CPU does not have. */
  readonly absent: readonly string[];
  readonly seconds: number;
  /** Why the emulator stopped before the end of its cases; undefined where it did not. */
  readonly stopped: string | undefined;
}

export async function runRound(options: RoundOptions): Promise<BootResult[]> {
  const { seed, cases, boots, from, machines = MACHINES, progress } = options;
  const results: BootResult[] = [];
  for (const machine of machines) {
    for (let boot = 0; boot < boots; boot++) {
      const list = makeCases(seed, machine, from + boot * cases, cases);
      const result = await runMachine(machine, list);
      results.push(result);
      const { emulator, cpuName, world } = machine;
      progress?.(`${emulator} ${cpuName}, ${world}: ${list.length} cases in ${result.seconds.toFixed(1)} s`);
    }
  }
  return results;
}

/** Boots a machine with cases, and compares. `observe` gets both sides of each case. */
export async function runMachine(
  machine: Machine,
  cases: readonly GroupedCase[],
  observe?: (one: GroupedCase, ours: readonly OurOutcome[], theirs: readonly Outcome[]) => void,
): Promise<BootResult> {
  const { emulator, cpuName, world, features } = machine;
  const { settings, image } = bootImage(world, features.nx === true);
  const started = Date.now();
  const output = await runBoot({
    emulator,
    cpu: cpuName,
    word: world === '32-bit' ? 32 : 64,
    stream: packStream(settings, image, cases),
    timeoutSeconds: 20 + cases.length / 50,
  });
  const report = unpackReports(output);
  const denied = deniedFeatures(report.cpu, features);
  if (denied.length > 0)
    throw new Error(`${emulator} ${cpuName} has no ${denied.join(', ')}; see machines.ts`);
  const ours = new OurMachine(settings, image, features);
  const known = DEVIATIONS.filter((deviation) => deviation.emulator === emulator);
  const groups: BootResult['groups'] = new Map();
  const deviations: BootResult['deviations'] = new Map();
  for (const one of cases) {
    const theirs = report.cases.get(one.index);
    if (theirs === undefined) continue;
    const result = groups.get(one.group) ?? {
      cases: 0,
      accesses: 0,
      agreed: 0,
      deviated: 0,
      differences: [],
    };
    groups.set(one.group, result);
    result.cases++;
    result.accesses += one.operations.filter(({ op }) => op === 'access').length;
    const our = ours.run(one);
    observe?.(one, our, theirs);
    const { unexplained, explained } = compareCase(
      one,
      our,
      theirs,
      (physical) => ours.pristine(physical),
      (difference) => known.find((deviation) => deviation.explains({ difference, one, ours: our })),
    );
    for (const deviation of explained) deviations.set(deviation, (deviations.get(deviation) ?? 0) + 1);
    if (unexplained.length === 0) result.agreed++;
    if (unexplained.length === 0 && explained.length > 0) result.deviated++;
    result.differences.push(...unexplained.map((difference) => ({ ...difference, index: one.index })));
  }
  const stopped = report.complete ? undefined : (report.stopped ?? 'unknown');
  const absent = absentFeatures(report.cpu);
  return { ...machine, groups, deviations, absent, seconds: (Date.now() - started) / 1000, stopped };
}

/** Known deviations that should have been seen in these results and were not: the emulator may have been mended. */
export function missingDeviations(
  results: readonly BootResult[],
  versionOf: (emulator: EmulatorName) => string,
): Deviation[] {
  const seen = new Set(results.flatMap(({ deviations }) => [...deviations.keys()]));
  return DEVIATIONS.filter(({ emulator, version }) => versionOf(emulator).startsWith(version)).filter(
    (deviation) => deviation.probe === undefined && !seen.has(deviation),
  );
}
