import {
  CPU_FEATURE_KINDS,
  CPU_MODELS,
  type CpuFeatures,
  type CpuModel,
  type CpuModelName,
  cpuFeatures,
} from '../../arch/cpu.ts';
import { said } from '../../said/said.ts';
import type { Field } from './field.ts';
import { ImageError } from './image-error.ts';

/** A CPU ready for JSON, always in the same order. */
export function cpuFields(cpu: CpuModel): unknown {
  if (typeof cpu === 'string') return cpu;
  return Object.fromEntries(
    (Object.keys(CPU_FEATURE_KINDS) as (keyof CpuFeatures)[]).map((name) => [name, cpu[name]]),
  );
}

/** A CPU: the name of a model, or an object of features. */
export function readCpu(field: Field): CpuModel {
  if (field.isText) return field.oneOf(Object.keys(CPU_MODELS) as CpuModelName[]);
  field.object(Object.keys(CPU_FEATURE_KINDS));
  const features: Record<string, string | number | boolean> = {};
  for (const [name, kind] of Object.entries(CPU_FEATURE_KINDS)) {
    const value = field.get(name);
    if (value.isAbsent) continue;
    if (kind === 'text') features[name] = value.text(64);
    else features[name] = kind === 'flag' ? value.flag() : value.integer(0, 0xffff_ffff);
  }
  try {
    return cpuFeatures(features as unknown as CpuFeatures);
  } catch (error) {
    throw new ImageError(said`the image's header: cpu: ${error as Error}`);
  }
}
