/** Holds the features that a machine is said to have against what its CPUID answers. */

import type { CpuFeatures } from '../../src/mmu/index.ts';
import type { CpuIdentity } from './stream.ts';

interface FeatureBit {
  readonly feature: keyof CpuFeatures;
  /** As manuals write it. */
  readonly where: string;
  readonly has: (cpu: CpuIdentity) => boolean;
}

const BITS: readonly FeatureBit[] = [
  { feature: 'pse', where: 'CPUID.1:EDX[3]', has: ({ leaf1 }) => bit(leaf1.edx, 3) },
  { feature: 'pae', where: 'CPUID.1:EDX[6]', has: ({ leaf1 }) => bit(leaf1.edx, 6) },
  { feature: 'pge', where: 'CPUID.1:EDX[13]', has: ({ leaf1 }) => bit(leaf1.edx, 13) },
  { feature: 'pse36', where: 'CPUID.1:EDX[17]', has: ({ leaf1 }) => bit(leaf1.edx, 17) },
  { feature: 'nx', where: 'CPUID.80000001:EDX[20]', has: ({ extended }) => bit(extended, 20) },
  { feature: 'longMode', where: 'CPUID.80000001:EDX[29]', has: ({ extended }) => bit(extended, 29) },
  { feature: 'page1g', where: 'CPUID.80000001:EDX[26]', has: ({ extended }) => bit(extended, 26) },
  { feature: 'smep', where: 'CPUID.7.0:EBX[7]', has: ({ leaf7 }) => bit(leaf7.ebx, 7) },
  { feature: 'smap', where: 'CPUID.7.0:EBX[20]', has: ({ leaf7 }) => bit(leaf7.ebx, 20) },
  { feature: 'pcid', where: 'CPUID.1:ECX[17]', has: ({ leaf1 }) => bit(leaf1.ecx, 17) },
  { feature: 'invpcid', where: 'CPUID.7.0:EBX[10]', has: ({ leaf7 }) => bit(leaf7.ebx, 10) },
  { feature: 'pku', where: 'CPUID.7.0:ECX[3]', has: ({ leaf7 }) => bit(leaf7.ecx, 3) },
  { feature: 'shadowStacks', where: 'CPUID.7.0:ECX[7]', has: ({ leaf7 }) => bit(leaf7.ecx, 7) },
  { feature: 'la57', where: 'CPUID.7.0:ECX[16]', has: ({ leaf7 }) => bit(leaf7.ecx, 16) },
  { feature: 'pks', where: 'CPUID.7.0:ECX[31]', has: ({ leaf7 }) => bit(leaf7.ecx, 31) },
];

/** Features that the machine is said to have but its CPUID denies: the comparison would mean nothing. */
export function deniedFeatures(cpu: CpuIdentity, features: CpuFeatures): string[] {
  const denied = BITS.filter(({ feature, has }) => features[feature] === true && !has(cpu));
  const names = denied.map(({ feature, where }) => `${feature} (${where} = 0)`);
  // Bochs's Pentium III has 40 bits too, and no CPUID leaf to say so.
  if (cpu.physicalAddressBits !== 0 && cpu.physicalAddressBits !== features.physicalAddressBits) {
    names.push(`physicalAddressBits ${features.physicalAddressBits} (CPUID says ${cpu.physicalAddressBits})`);
  }
  return names;
}

/** Features of paging that an emulator's CPU does not have, with the CPUID bit that says so. */
export function absentFeatures(cpu: CpuIdentity): string[] {
  return BITS.filter(({ has }) => !has(cpu)).map(({ feature, where }) => `${feature} (${where} = 0)`);
}

function bit(word: number, index: number): boolean {
  return ((word >>> index) & 1) === 1;
}
