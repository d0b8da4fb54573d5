import {
  CPU_MODELS,
  type CpuFeatures,
  type CpuModel,
  type CpuModelName,
  cpuFeatures,
} from '../../arch/cpu.ts';
import type { Field } from './field.ts';
import { ImageError } from './image-error.ts';

/** How each feature is written down. A feature that is missing here does not compile. */
const FEATURES: Readonly<Record<keyof CpuFeatures, 'text' | 'number' | 'flag'>> = {
  name: 'text',
  year: 'number',
  physicalAddressBits: 'number',
  addressLines: 'number',
  wp: 'flag',
  invlpg: 'flag',
  cr4: 'flag',
  otherCr4Bits: 'number',
  otherEferBits: 'number',
  pse: 'flag',
  pse36: 'flag',
  pge: 'flag',
  pae: 'flag',
  pat: 'flag',
  nx: 'flag',
  longMode: 'flag',
  page1g: 'flag',
  pcid: 'flag',
  invpcid: 'flag',
  smep: 'flag',
  smap: 'flag',
  pku: 'flag',
  pks: 'flag',
  la57: 'flag',
};

/** A CPU ready for JSON, always in the same order. */
export function cpuFields(cpu: CpuModel): unknown {
  if (typeof cpu === 'string') return cpu;
  return Object.fromEntries(
    (Object.keys(FEATURES) as (keyof CpuFeatures)[]).map((name) => [name, cpu[name]]),
  );
}

/** A CPU: the name of a model, or an object of features. */
export function readCpu(field: Field): CpuModel {
  if (field.isText) return field.oneOf(Object.keys(CPU_MODELS) as CpuModelName[]);
  field.object(Object.keys(FEATURES));
  const features: Record<string, string | number | boolean> = {};
  for (const [name, kind] of Object.entries(FEATURES)) {
    const value = field.get(name);
    if (value.isAbsent) continue;
    if (kind === 'text') features[name] = value.text(64);
    else features[name] = kind === 'flag' ? value.flag() : value.integer(0, 0xffff_ffff);
  }
  try {
    return cpuFeatures(features as unknown as CpuFeatures);
  } catch (error) {
    throw new ImageError(`the image's header: cpu: ${(error as Error).message}`);
  }
}
