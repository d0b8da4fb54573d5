/** Runs the same cases on our Mmu, Bochs and QEMU, and collects where they agree. */

import type { CpuFeatures } from '../../src/mmu/index.ts';
import { type Group, type GroupedCase, makeCases } from './cases.ts';
import { compareCase, type Difference } from './compare.ts';
import { type EmulatorName, runBoot } from './emulators.ts';
import { bootImage, type World } from './image.ts';
import { OurMachine } from './ours.ts';
import { packStream, unpackReports } from './stream.ts';

/** A machine that the cases run on: an emulator with one of its CPUs, and the same CPU as features. */
export interface Machine {
  readonly emulator: EmulatorName;
  readonly cpuName: string;
  readonly world: World;
  readonly features: CpuFeatures;
}

const P6: CpuFeatures = {
  name: 'differential',
  // Both emulators use 40 physical address bits, whatever their CPU model has.
  physicalAddressBits: 40,
  wp: true,
  invlpg: true,
  cr4: true,
  otherCr4Bits: 0x74f,
  pse: true,
  pse36: true,
  pge: true,
  pae: true,
  pat: true,
};

/** What Bochs 2.7's newest CPU has. */
const TIGER_LAKE: CpuFeatures = {
  ...P6,
  nx: true,
  longMode: true,
  page1g: true,
  pcid: true,
  invpcid: true,
  smep: true,
  smap: true,
  pku: true,
};

/** What QEMU 7.2's software emulation has at most. */
const QEMU_MAX: CpuFeatures = { ...TIGER_LAKE, pcid: false, invpcid: false, pks: true, la57: true };

export const MACHINES: readonly Machine[] = [
  { emulator: 'bochs', cpuName: 'p3_katmai', world: '32-bit', features: P6 },
  { emulator: 'bochs', cpuName: 'tigerlake', world: '32-bit', features: TIGER_LAKE },
  { emulator: 'bochs', cpuName: 'tigerlake', world: '4-level', features: TIGER_LAKE },
  { emulator: 'qemu', cpuName: 'pentium3', world: '32-bit', features: P6 },
  { emulator: 'qemu', cpuName: 'max,phys-bits=40', world: '32-bit', features: TIGER_LAKE },
  { emulator: 'qemu', cpuName: 'max,phys-bits=40', world: '4-level', features: QEMU_MAX },
  { emulator: 'qemu', cpuName: 'max,phys-bits=40', world: '5-level', features: QEMU_MAX },
];

export interface RoundOptions {
  readonly seed: number;
  /** Cases per boot. */
  readonly cases: number;
  readonly boots: number;
  readonly from: number;
}

export interface FoundDifference extends Difference {
  readonly index: number;
}

export interface BootResult extends Machine {
  readonly groups: Map<Group, { cases: number; agreed: number; differences: FoundDifference[] }>;
  readonly seconds: number;
  readonly stopped: string | undefined;
}

export async function runRound({ seed, cases, boots, from }: RoundOptions): Promise<BootResult[]> {
  const results: BootResult[] = [];
  for (const machine of MACHINES) {
    for (let boot = 0; boot < boots; boot++) {
      const list = makeCases(seed, machine.world, machine.features, from + boot * cases, cases);
      results.push(await runMachine(machine, list));
    }
  }
  return results;
}

async function runMachine(machine: Machine, cases: readonly GroupedCase[]): Promise<BootResult> {
  const { emulator, cpuName, world, features } = machine;
  const { settings, image } = bootImage(world, features.nx === true);
  const started = Date.now();
  const output = await runBoot({
    emulator,
    cpu: cpuName,
    word: world === '32-bit' ? 32 : 64,
    stream: packStream(settings, image, cases),
    timeoutSeconds: 60 + cases.length / 20,
  });
  const report = unpackReports(output);
  const ours = new OurMachine(settings, image, features);
  const groups: BootResult['groups'] = new Map();
  for (const one of cases) {
    const theirs = report.cases.get(one.index);
    let count = groups.get(one.group);
    if (count === undefined) {
      count = { cases: 0, agreed: 0, differences: [] };
      groups.set(one.group, count);
    }
    if (theirs === undefined) continue;
    count.cases++;
    const differences = compareCase(one, ours.run(one), theirs);
    if (differences.length === 0) count.agreed++;
    count.differences.push(...differences.map((difference) => ({ ...difference, index: one.index })));
  }
  return { ...machine, groups, seconds: (Date.now() - started) / 1000, stopped: report.stopped };
}
