/** A CPU as a caller names it, and what is checked before it is believed. */

import { rangeError, said } from '../said/said.ts';
import { CPU_FEATURE_KINDS, CPU_FEATURE_NEEDS, type CpuFeatures } from './cpu-features.ts';
import { CPU_MODELS, type CpuModelName } from './cpu-models.ts';

export { CPU_FEATURE_KINDS, type CpuFeatures } from './cpu-features.ts';
export { CPU_MODELS, type CpuModelName } from './cpu-models.ts';

/** A CPU, by name or by its features. */
export type CpuModel = CpuModelName | CpuFeatures;

/** Features that were checked and cannot change any more. */
const checked = new WeakSet<CpuFeatures>(Object.values(CPU_MODELS));

/**
 * The features of a model: frozen, and a copy of the caller's object, which may change later without effect.
 *
 * @throws RangeError if no model has that name, a feature is unknown or of the wrong kind, or the features contradict
 * each other.
 */
export function cpuFeatures(model: CpuModel): CpuFeatures {
  if (typeof model === 'string') {
    if (!Object.hasOwn(CPU_MODELS, model)) {
      throw rangeError(said`no CPU model '${model}'; there are ${Object.keys(CPU_MODELS).join(', ')}`);
    }
    return CPU_MODELS[model];
  }
  if (typeof model !== 'object' || model === null) {
    throw rangeError(said`a CPU is the name of a model or an object of features, not ${model}`);
  }
  if (checked.has(model)) return model;
  const copy: CpuFeatures = Object.freeze({ ...model });
  checkKinds(copy);
  checkVendor(copy);
  checkNumbers(copy);
  for (const [feature, needs] of CPU_FEATURE_NEEDS) {
    if (copy[feature] && !copy[needs]) {
      throw rangeError(said`a CPU with ${feature} also has ${needs}; set ${needs}, or leave ${feature} out`);
    }
  }
  checked.add(copy);
  return copy;
}

function checkKinds(features: CpuFeatures): void {
  for (const [name, value] of Object.entries(features)) {
    if (!Object.hasOwn(CPU_FEATURE_KINDS, name)) {
      throw rangeError(
        said`no CPU feature '${name}'; there are ${Object.keys(CPU_FEATURE_KINDS).join(', ')}`,
      );
    }
    if (value === undefined) continue;
    const kind = CPU_FEATURE_KINDS[name as keyof CpuFeatures];
    const type = { flag: 'boolean', number: 'number', text: 'string' }[kind];
    if (typeof value !== type) throw rangeError(said`the CPU feature ${name} is a ${type}, not ${value}`);
  }
}

function checkVendor({ vendor = 'Intel' }: CpuFeatures): void {
  if (!['AMD', 'Intel'].includes(vendor)) {
    throw rangeError(said`the vendor of a CPU is AMD or Intel, not ${vendor}`);
  }
}

function checkNumbers({
  physicalAddressBits: bits,
  addressLines: lines = bits,
  otherCr4Bits = 0,
  otherEferBits = 0,
}: CpuFeatures): void {
  if (!(Number.isInteger(bits) && bits >= 32 && bits <= 52)) {
    throw rangeError(said`physicalAddressBits ${bits} is not a whole number from 32 to 52`);
  }
  if (!(Number.isInteger(lines) && lines >= 12 && lines <= bits)) {
    throw rangeError(
      said`addressLines ${lines} is not a whole number from 12 to physicalAddressBits, ${bits}`,
    );
  }
  for (const [name, mask] of Object.entries({ otherCr4Bits, otherEferBits })) {
    if (!(Number.isInteger(mask) && mask >= 0 && mask <= 0xffff_ffff)) {
      throw rangeError(said`${name} ${mask} is not a whole number from 0 to 0xffff_ffff`);
    }
  }
}
