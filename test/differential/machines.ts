/** The machines that the cases run on. */

import type { CpuFeatures } from '../../src/mmu/index.ts';
import type { EmulatorName } from './emulators.ts';
import type { World } from './image.ts';

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
  shadowStacks: true,
};

/** What QEMU 7.2's software emulation has at most. */
const QEMU_MAX: CpuFeatures = {
  ...TIGER_LAKE,
  pcid: false,
  invpcid: false,
  shadowStacks: false,
  pks: true,
  la57: true,
};

/** The one CPU of v86. */
const V86: CpuFeatures = { ...P6, pse36: false };

export const MACHINES: readonly Machine[] = [
  { emulator: 'bochs', cpuName: 'p3_katmai', world: '32-bit', features: P6 },
  { emulator: 'bochs', cpuName: 'tigerlake', world: '32-bit', features: TIGER_LAKE },
  { emulator: 'bochs', cpuName: 'tigerlake', world: '4-level', features: TIGER_LAKE },
  { emulator: 'qemu', cpuName: 'pentium3', world: '32-bit', features: P6 },
  { emulator: 'qemu', cpuName: 'max,phys-bits=40', world: '32-bit', features: QEMU_MAX },
  { emulator: 'qemu', cpuName: 'max,phys-bits=40', world: '4-level', features: QEMU_MAX },
  { emulator: 'qemu', cpuName: 'max,phys-bits=40', world: '5-level', features: QEMU_MAX },
  { emulator: 'v86', cpuName: 'v86', world: '32-bit', features: V86 },
];
