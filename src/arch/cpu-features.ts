/** What a CPU can have of paging: the features by which its generations differ. */

import { frozen } from './freeze.ts';

/** What a CPU has of paging. Everything is off unless named. */
export interface CpuFeatures {
  /** What messages call it. */
  readonly name?: string;
  /** Year of the first such CPU. */
  readonly year?: number;
  /**
   * Who makes it, where the rules differ. AMD reserves bit 8 of a PML4E and of a PML5E, which Intel ignores (APM 2, the
   * figures "PML4E" and "PML5E" of "Long-Mode Page Translation"). Default: Intel.
   */
  readonly vendor?: 'AMD' | 'Intel';
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
  /** CR4.CET, with shadow stacks (CET_SS). */
  readonly shadowStacks?: boolean;
  /** CR3.LAM_U48, CR3.LAM_U57 and CR4.LAM_SUP: linear-address masking. */
  readonly lam?: boolean;
}

/** What each feature is: `flag` there or not, `number` a whole number, `text`. A feature that is missing here does not compile. */
export const CPU_FEATURE_KINDS: Readonly<Record<keyof CpuFeatures, 'flag' | 'number' | 'text'>> = frozen({
  name: 'text',
  year: 'number',
  vendor: 'text',
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
  shadowStacks: 'flag',
  lam: 'flag',
} as const);

/** Features that exist only together with another. */
export const CPU_FEATURE_NEEDS: readonly (readonly [keyof CpuFeatures, keyof CpuFeatures])[] = frozen([
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
  ['shadowStacks', 'cr4'],
  ['shadowStacks', 'wp'],
  ['lam', 'longMode'],
  ['smep', 'cr4'],
  ['smap', 'cr4'],
] as const);
