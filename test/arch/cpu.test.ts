import { describe, expect, it } from 'vitest';
import { CPU_MODELS, cpuFeatures } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu } from '../../src/mmu/index.ts';

describe('CPU_MODELS', () => {
  it('cannot be changed, neither as a whole nor in a feature', () => {
    const models = CPU_MODELS as unknown as Record<string, Record<string, unknown>>;
    expect(() => (models['i386']!['wp'] = true)).toThrow(TypeError);
    expect(() => (models['i386'] = {})).toThrow(TypeError);
    expect(() => delete models['core2']).toThrow(TypeError);
    expect(CPU_MODELS.i386).not.toHaveProperty('wp');
  });

  it('name the bits of CR4 without meaning for paging, by generation', () => {
    const bits = Object.values(CPU_MODELS).map(({ name, otherCr4Bits = 0 }) => [name, otherCr4Bits]);
    expect(Object.fromEntries(bits)).toEqual({
      i386: 0,
      i486: 0,
      pentium: 0x4f,
      'pentium-pro': 0x14f,
      'pentium-iii': 0x74f,
      core2: 0x674f,
      broadwell: 0x5_674f,
      'skylake-server': 0x5_674f,
      zen: 0x5_074f,
      'ice-lake-server': 0x5_6f4f,
      'zen4-server': 0x5_0f4f,
      'sapphire-rapids': 0x205_6f4f,
      'arrow-lake': 0x5_6f4f,
    });
  });
});

describe('cpuFeatures', () => {
  it('keeps a copy: what the caller changes afterwards changes no CPU', () => {
    const mine = { ...CPU_MODELS.core2, name: 'mine' };
    const mmu = new Mmu(new PhysicalMemory(0x1000), { cpu: mine });
    mine.physicalAddressBits = 99 as 40;
    expect(mmu.cpu).toMatchObject({ name: 'mine', physicalAddressBits: 40 });
    expect(Object.isFrozen(mmu.cpu)).toBe(true);
    expect(Object.isFrozen(mine)).toBe(false);
  });

  it('takes what it gave before as it is', () => {
    const features = cpuFeatures({ physicalAddressBits: 36 });
    expect(cpuFeatures(features)).toBe(features);
    expect(cpuFeatures('core2')).toBe(CPU_MODELS.core2);
    expect(cpuFeatures(CPU_MODELS.core2)).toBe(CPU_MODELS.core2);
  });

  it.each([
    ['no CPU model', 'i586'],
    ['name of a model or an object', 5],
    ['name of a model or an object', null],
    ["no CPU feature 'PAE'", { physicalAddressBits: 36, PAE: true }],
    ['the CPU feature nx is a boolean, not 1', { physicalAddressBits: 36, cr4: true, pae: true, nx: 1 }],
    ['the CPU feature name is a string', { physicalAddressBits: 36, name: 5 }],
    ['physicalAddressBits undefined', {}],
    ['physicalAddressBits 31', { physicalAddressBits: 31 }],
    ['physicalAddressBits 53', { physicalAddressBits: 53 }],
    ['addressLines 37', { physicalAddressBits: 36, addressLines: 37 }],
    ['the vendor of a CPU is AMD or Intel, not Cyrix', { physicalAddressBits: 36, vendor: 'Cyrix' }],
    ['addressLines 11', { physicalAddressBits: 36, addressLines: 11 }],
    ['otherCr4Bits -1', { physicalAddressBits: 36, otherCr4Bits: -1 }],
    ['a CPU with nx also has pae', { physicalAddressBits: 36, nx: true }],
  ])('refuses with a reason: %s', (reason, model) => {
    expect(() => cpuFeatures(model as never)).toThrow(RangeError);
    expect(() => cpuFeatures(model as never)).toThrow(reason);
  });
});
