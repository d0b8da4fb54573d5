/**
 * What each CPU generation knows of paging: one plain table. A model is no more than its features, and a caller can
 * write down another, such as `{ ...CPU_MODELS.core2, name: 'mine', nx: false }`.
 *
 * Sources: SDM 3A chapter 4 and 22 (compatibility), 80386 Programmer's Reference Manual 1986 chapter 5, for AMD's APM 2
 * chapters 3 and 5.
 */

import {
  CR4_DE,
  CR4_FSGSBASE,
  CR4_MCE,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  CR4_OSXSAVE,
  CR4_PCE,
  CR4_PVI,
  CR4_SMXE,
  CR4_TSD,
  CR4_UINTR,
  CR4_UMIP,
  CR4_VME,
  CR4_VMXE,
  EFER_AIBRSE,
  EFER_FFXSR,
  EFER_INTWB,
  EFER_LMSLE,
  EFER_SVME,
  EFER_TCE,
} from './control.ts';
import type { CpuFeatures } from './cpu-features.ts';
import { frozen } from './freeze.ts';

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
  | 'zen'
  | 'ice-lake-server'
  | 'zen4-server'
  | 'sapphire-rapids'
  | 'arrow-lake';

// The bits of CR4 without meaning for paging, by the generation that brought them.
const PENTIUM_CR4 = CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_MCE;
const PENTIUM_PRO_CR4 = PENTIUM_CR4 | CR4_PCE;
const PENTIUM_III_CR4 = PENTIUM_PRO_CR4 | CR4_OSFXSR | CR4_OSXMMEXCPT;
const CORE2_CR4 = PENTIUM_III_CR4 | CR4_VMXE | CR4_SMXE;
const BROADWELL_CR4 = CORE2_CR4 | CR4_FSGSBASE | CR4_OSXSAVE;
const ICE_LAKE_CR4 = BROADWELL_CR4 | CR4_UMIP;
const ZEN_CR4 = PENTIUM_III_CR4 | CR4_FSGSBASE | CR4_OSXSAVE;
const SAPPHIRE_RAPIDS_CR4 = ICE_LAKE_CR4 | CR4_UINTR;

const i386 = { name: 'i386', year: 1985, physicalAddressBits: 32 } as const satisfies CpuFeatures;
const i486 = { ...i386, name: 'i486', year: 1989, wp: true, invlpg: true } as const satisfies CpuFeatures;
const pentium = {
  ...i486,
  name: 'pentium',
  year: 1993,
  cr4: true,
  otherCr4Bits: PENTIUM_CR4,
  pse: true,
} as const satisfies CpuFeatures;
const pentiumPro = {
  ...pentium,
  name: 'pentium-pro',
  year: 1995,
  otherCr4Bits: PENTIUM_PRO_CR4,
  pge: true,
  pae: true,
  physicalAddressBits: 36,
} as const satisfies CpuFeatures;
const pentiumIII = {
  ...pentiumPro,
  name: 'pentium-iii',
  year: 1999,
  otherCr4Bits: PENTIUM_III_CR4,
  pat: true,
  pse36: true,
} as const satisfies CpuFeatures;
const core2 = {
  ...pentiumIII,
  name: 'core2',
  year: 2006,
  otherCr4Bits: CORE2_CR4,
  physicalAddressBits: 40,
  nx: true,
  longMode: true,
} as const satisfies CpuFeatures;
const broadwell = {
  ...core2,
  name: 'broadwell',
  year: 2014,
  otherCr4Bits: BROADWELL_CR4,
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
  otherCr4Bits: ICE_LAKE_CR4,
  la57: true,
} as const satisfies CpuFeatures;
const sapphireRapids = {
  ...iceLakeServer,
  name: 'sapphire-rapids',
  year: 2023,
  otherCr4Bits: SAPPHIRE_RAPIDS_CR4,
  physicalAddressBits: 52,
  pks: true,
  shadowStacks: true,
} as const satisfies CpuFeatures;

// Physical addresses as its /proc/cpuinfo has them; LAM by its datasheet (832586, "LAM").
const arrowLake = {
  ...skylakeServer,
  name: 'arrow-lake',
  year: 2024,
  otherCr4Bits: ICE_LAKE_CR4,
  pks: true,
  shadowStacks: true,
  lam: true,
} as const satisfies CpuFeatures;

// AMD: no VMX, hence no CR4.VMXE and CR4.SMXE; process-context identifiers came with Zen 3. Upper-address ignore (EFER.UAIE) is not
// modelled: it stays reserved.
const zen = {
  ...pentiumIII,
  name: 'zen',
  year: 2017,
  vendor: 'AMD',
  otherCr4Bits: ZEN_CR4,
  otherEferBits: EFER_SVME | EFER_LMSLE | EFER_FFXSR | EFER_TCE,
  physicalAddressBits: 48,
  nx: true,
  longMode: true,
  page1g: true,
  smep: true,
  smap: true,
} as const satisfies CpuFeatures;
const zen4Server = {
  ...zen,
  name: 'zen4-server',
  year: 2022,
  otherCr4Bits: ZEN_CR4 | CR4_UMIP,
  otherEferBits: EFER_SVME | EFER_FFXSR | EFER_TCE | EFER_INTWB | EFER_AIBRSE,
  physicalAddressBits: 52,
  pcid: true,
  invpcid: true,
  pku: true,
  la57: true,
  shadowStacks: true,
} as const satisfies CpuFeatures;

/**
 * The models known by name, oldest first. Frozen: to change one, write down another, such as
 * `{ ...CPU_MODELS.core2, nx: false }`.
 */
export const CPU_MODELS: {
  readonly [name in CpuModelName]: CpuFeatures & Required<Pick<CpuFeatures, 'name' | 'year'>>;
} = frozen({
  i386,
  i486,
  pentium,
  'pentium-pro': pentiumPro,
  'pentium-iii': pentiumIII,
  core2,
  broadwell,
  'skylake-server': skylakeServer,
  zen,
  'ice-lake-server': iceLakeServer,
  'zen4-server': zen4Server,
  'sapphire-rapids': sapphireRapids,
  'arrow-lake': arrowLake,
});
