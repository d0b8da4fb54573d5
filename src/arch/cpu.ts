/**
 * What each CPU generation knows of paging: one plain table. A model is no more than its features, and a
 * caller can write down another, such as `{ ...CPU_MODELS.core2, name: 'mine', nx: false }`.
 *
 * Sources: SDM 3A chapter 4 and 22 (compatibility), 80386 Programmer's Reference Manual 1986 chapter 5.
 */

/** What a CPU has of paging. Everything is off unless named. */
export interface CpuFeatures {
  /** What messages call it. */
  readonly name?: string;
  /** Year of the first such CPU. */
  readonly year?: number;
  /** Width of a physical address in bits (MAXPHYADDR), 32–52: entry bits above it are reserved. */
  readonly physicalAddressBits: number;
  /**
   * Address lines that leave the package, where fewer than MAXPHYADDR: higher address bits are lost on the way
   * to RAM without a fault, as on the 386SX with its 24 lines. Default: MAXPHYADDR.
   */
  readonly addressLines?: number;
  /** CR0.WP exists. */
  readonly wp?: boolean;
  /** INVLPG exists; elsewhere it raises #UD. */
  readonly invlpg?: boolean;
  /** CR4 exists; elsewhere reading or writing it raises #UD. */
  readonly cr4?: boolean;
  /** The bits of CR4 that exist without meaning for paging, such as CR4.TSD. All other unknown bits raise #GP. */
  readonly otherCr4Bits?: number;
  /** The bits of EFER that exist without meaning for paging, such as AMD's EFER.SVME. All other unknown bits raise #GP. */
  readonly otherEferBits?: number;
  /** CR4.PSE and 4 MiB pages. */
  readonly pse?: boolean;
  /** 4 MiB pages above 4 GiB: PDE bits 20–13 are address bits 39–32, as far as MAXPHYADDR reaches. */
  readonly pse36?: boolean;
  /** CR4.PGE and global pages. */
  readonly pge?: boolean;
  /** CR4.PAE: 64-bit entries and 2 MiB pages. */
  readonly pae?: boolean;
  /** The page attribute table: one more bit in each leaf to choose a memory type. */
  readonly pat?: boolean;
  /** EFER.NXE and no-execute pages. */
  readonly nx?: boolean;
  /** Long mode with 4-level paging. */
  readonly longMode?: boolean;
  /** 1 GiB pages in long mode. */
  readonly page1g?: boolean;
  /** CR4.PCIDE: process-context identifiers. */
  readonly pcid?: boolean;
  /** The INVPCID instruction. */
  readonly invpcid?: boolean;
  /** CR4.SMEP. */
  readonly smep?: boolean;
  /** CR4.SMAP. */
  readonly smap?: boolean;
  /** CR4.PKE: protection keys for user pages. */
  readonly pku?: boolean;
  /** CR4.PKS: protection keys for supervisor pages. */
  readonly pks?: boolean;
  /** CR4.LA57: 5-level paging. */
  readonly la57?: boolean;
}

const i386 = { name: 'i386', year: 1985, physicalAddressBits: 32 } as const satisfies CpuFeatures;
const i486 = { ...i386, name: 'i486', year: 1989, wp: true, invlpg: true } as const satisfies CpuFeatures;
const pentium = {
  ...i486,
  name: 'pentium',
  year: 1993,
  cr4: true,
  otherCr4Bits: 0x4f,
  pse: true,
} as const satisfies CpuFeatures;
const pentiumPro = {
  ...pentium,
  name: 'pentium-pro',
  year: 1995,
  otherCr4Bits: 0x14f,
  pge: true,
  pae: true,
  physicalAddressBits: 36,
} as const satisfies CpuFeatures;
const pentiumIII = {
  ...pentiumPro,
  name: 'pentium-iii',
  year: 1999,
  otherCr4Bits: 0x74f,
  pat: true,
  pse36: true,
} as const satisfies CpuFeatures;
const core2 = {
  ...pentiumIII,
  name: 'core2',
  year: 2006,
  otherCr4Bits: 0x674f,
  physicalAddressBits: 40,
  nx: true,
  longMode: true,
} as const satisfies CpuFeatures;
const broadwell = {
  ...core2,
  name: 'broadwell',
  year: 2014,
  otherCr4Bits: 0x5_674f,
  page1g: true,
  pcid: true,
  invpcid: true,
  smep: true,
  smap: true,
} as const satisfies CpuFeatures;
const skylakeServer = {
  ...broadwell,
  name: 'skylake-server',
  year: 2017,
  physicalAddressBits: 46,
  pku: true,
} as const satisfies CpuFeatures;
const iceLakeServer = {
  ...skylakeServer,
  name: 'ice-lake-server',
  year: 2021,
  otherCr4Bits: 0x5_6f4f,
  la57: true,
} as const satisfies CpuFeatures;
const sapphireRapids = {
  ...iceLakeServer,
  name: 'sapphire-rapids',
  year: 2023,
  otherCr4Bits: 0x285_6f4f,
  physicalAddressBits: 52,
  pks: true,
} as const satisfies CpuFeatures;

/** The models known by name, oldest first. */
export const CPU_MODELS: {
  readonly [name in CpuModelName]: CpuFeatures & Required<Pick<CpuFeatures, 'name' | 'year'>>;
} = {
  i386,
  i486,
  pentium,
  'pentium-pro': pentiumPro,
  'pentium-iii': pentiumIII,
  core2,
  broadwell,
  'skylake-server': skylakeServer,
  'ice-lake-server': iceLakeServer,
  'sapphire-rapids': sapphireRapids,
};

/** The name of a model in {@link CPU_MODELS}. */
export type CpuModelName =
  | 'i386'
  | 'i486'
  | 'pentium'
  | 'pentium-pro'
  | 'pentium-iii'
  | 'core2'
  | 'broadwell'
  | 'skylake-server'
  | 'ice-lake-server'
  | 'sapphire-rapids';

/** A CPU, by name or by its features. */
export type CpuModel = CpuModelName | CpuFeatures;

/**
 * The features of a model.
 * @throws RangeError if no model has that name, or the features contradict each other.
 */
export function cpuFeatures(model: CpuModel): CpuFeatures {
  if (typeof model === 'string') {
    if (!Object.hasOwn(CPU_MODELS, model)) {
      throw new RangeError(`no CPU model '${model}'; there are ${Object.keys(CPU_MODELS).join(', ')}`);
    }
    return CPU_MODELS[model];
  }
  const bits = model.physicalAddressBits;
  if (!(Number.isInteger(bits) && bits >= 32 && bits <= 52)) {
    throw new RangeError(`physicalAddressBits ${bits} is not a whole number from 32 to 52`);
  }
  const lines = model.addressLines ?? bits;
  if (!(Number.isInteger(lines) && lines >= 12 && lines <= bits)) {
    throw new RangeError(
      `addressLines ${lines} is not a whole number from 12 to physicalAddressBits, ${bits}`,
    );
  }
  for (const [feature, needs] of REQUIRES) {
    if (model[feature] && !model[needs]) {
      throw new RangeError(`a CPU with ${feature} also has ${needs}; set ${needs}, or leave ${feature} out`);
    }
  }
  return model;
}

const REQUIRES: readonly (readonly [keyof CpuFeatures, keyof CpuFeatures])[] = [
  ['pse', 'cr4'],
  ['pse36', 'pse'],
  ['pge', 'cr4'],
  ['pae', 'cr4'],
  ['nx', 'pae'],
  ['longMode', 'pae'],
  ['page1g', 'longMode'],
  ['pcid', 'longMode'],
  ['pku', 'longMode'],
  ['pks', 'longMode'],
  ['la57', 'longMode'],
  ['smep', 'cr4'],
  ['smap', 'cr4'],
];
