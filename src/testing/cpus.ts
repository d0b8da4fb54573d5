/** CPU models, and registers that they accept. */

import fc from 'fast-check';
import {
  CR0_CD,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR4_CET,
  CR4_LA57,
  CR4_PAE,
  CR4_PCIDE,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
} from '../arch/control.ts';
import { CPU_MODELS, type CpuFeatures } from '../arch/cpu.ts';
import { type ControlState, cr0Bits, cr4Bits, eferBits, modeBits } from '../arch/registers.ts';
import type { TableMode } from '../tables/mapper.ts';
import { bitsOf, choice, lowerCounts, shrunkBy } from './simpler.ts';

/** Models beside the named ones: a board of 24 address lines, and PSE-36 at each width that moves its reserved bits. */
const OTHER_MODELS: readonly CpuFeatures[] = [
  { ...CPU_MODELS.i386, name: 'i386sx', addressLines: 24 },
  { ...CPU_MODELS['pentium-iii'], name: 'pse36 of 32 bits', physicalAddressBits: 32 },
  { ...CPU_MODELS['pentium-iii'], name: 'pse36 of 40 bits', physicalAddressBits: 40 },
  { ...CPU_MODELS['sapphire-rapids'], name: 'a board of 39 lines', addressLines: 39 },
  { ...CPU_MODELS['sapphire-rapids'], name: 'LAM in five levels', lam: true },
];

/** The paging modes that a CPU has, plainest first. */
export function modesOf(cpu: CpuFeatures): TableMode[] {
  const modes: TableMode[] = ['32-bit'];
  if (cpu.pae) modes.push('PAE');
  if (cpu.longMode) modes.push('4-level');
  if (cpu.la57) modes.push('5-level');
  return modes;
}

/**
 * CPU models: the named ones, oldest first, and some boards with fewer address lines. They shrink to the i386, or the
 * first that has the mode.
 * @param mode - A paging mode that they must have.
 */
export function cpuModel(mode: TableMode = '32-bit'): fc.Arbitrary<CpuFeatures> {
  const all = [...Object.values(CPU_MODELS), ...OTHER_MODELS];
  return choice(all.filter((cpu) => modesOf(cpu).includes(mode)));
}

/** What registers to draw. */
export interface ControlRegisterOptions {
  /** All numbers of 32 bits, also those that the CPU answers with #GP. Default false. */
  readonly refused?: boolean;
}

/**
 * CR0, CR4 and EFER of a CPU: only combinations that it accepts, with paging on and off, or all. They shrink to fewer
 * bits: the plainest has none.
 */
export function controlRegisters(
  cpu: CpuFeatures,
  { refused = false }: ControlRegisterOptions = {},
): fc.Arbitrary<ControlState> {
  const any = (mask: number): fc.Arbitrary<number> => bitsOf(BigInt(mask)).map(Number, asBits);
  if (refused) return fc.record({ cr0: any(ALL), cr4: any(ALL), efer: any(ALL) });
  return fc
    .record({ cr0: any(cr0Bits(cpu)), cr4: any(cr4Bits(cpu)), efer: any(eferBits(cpu) & ~EFER_LMA) })
    .map(accepted);
}

const ALL = 0xffff_ffff;

/** The same registers without what the CPU would refuse (SDM 2A "MOV—Move to/from Control Registers"). */
function accepted({ cr0, cr4, efer }: ControlState): ControlState {
  const pe = (cr0 & CR0_PE) !== 0;
  const long = pe && (cr0 & CR0_PG) !== 0 && (efer & EFER_LME) !== 0;
  let drop0 = pe ? 0 : CR0_PG;
  if ((cr0 & CR0_CD) === 0) drop0 |= CR0_NW;
  let drop4 = long ? 0 : CR4_PCIDE;
  if ((cr0 & CR0_WP) === 0) drop4 |= CR4_CET;
  return {
    cr0: (cr0 & ~drop0) >>> 0,
    cr4: ((cr4 & ~drop4) | (long ? CR4_PAE : 0)) >>> 0,
    efer,
  };
}

/** A CPU with paging on: its registers, and what beside them decides about rights. */
export interface PagingState extends ControlState {
  /** The CPU. */
  readonly cpu: CpuFeatures;
  /** The paging mode that the registers select. */
  readonly mode: TableMode;
  /** CR3: a frame's address, with PWT and PCD. */
  readonly cr3: number;
  /** EFLAGS.AC, which suspends SMAP. */
  readonly alignmentCheck: boolean;
  /** PKRU. */
  readonly pkru: number;
  /** IA32_PKRS. */
  readonly pkrs: number;
}

/** What states to draw. */
export interface PagingStateOptions {
  /** Their paging modes. Default: all four. */
  readonly modes?: readonly TableMode[];
  /** The root table lies in a frame below it, or, seldom and outside PAE, where there is no RAM. Default 16. */
  readonly frames?: number;
}

/** A frame without RAM. */
const NOWHERE = 0xf_ffff;

/**
 * CPUs with paging on, in registers that they accept. They shrink to the plainest CPU that has a mode, fewer bits,
 * and CR3 = 0.
 */
export function pagingState(options: PagingStateOptions = {}): fc.Arbitrary<PagingState> {
  const { modes = ['32-bit', 'PAE', '4-level', '5-level'], frames = 16 } = options;
  const pairs = [...Object.values(CPU_MODELS), ...OTHER_MODELS].flatMap((cpu) =>
    modesOf(cpu)
      .filter((mode) => modes.includes(mode))
      .map((mode) => [cpu, mode] as const),
  );
  const word = bitsOf(BigInt(ALL)).map(Number, asBits);
  const rootFrame = shrunkBy(
    fc.oneof({ weight: 20, arbitrary: fc.nat(frames - 1) }, { weight: 1, arbitrary: fc.constant(NOWHERE) }),
    lowerCounts,
  );
  return fc
    .record({
      pair: choice(pairs),
      rootFrame,
      rootFlags: fc.constantFrom(0, 0x08, 0x10, 0x18),
      bits: fc.record({ cr0: word, cr4: word, efer: word }),
      alignmentCheck: fc.boolean(),
      pkru: word,
      pkrs: word,
    })
    .map(({ pair: [cpu, mode], rootFrame, rootFlags, bits, ...rest }) => ({
      ...rest,
      ...inMode(cpu, mode, bits),
      cpu,
      mode,
      // In PAE the CPU would not start with PDPTEs of all ones.
      cr3: (mode === 'PAE' ? rootFrame % frames : rootFrame) * 0x1000 + rootFlags,
    }));
}

/** Some bits, as registers that put a CPU into a mode. */
function inMode(cpu: CpuFeatures, mode: TableMode, { cr0, cr4, efer }: ControlState): ControlState {
  const need = modeBits(mode);
  const choice4 = cr4Bits(cpu) & ~(CR4_PAE | CR4_LA57 | CR4_PCIDE);
  return accepted({
    cr0: ((cr0 & cr0Bits(cpu)) | CR0_PG | CR0_PE) >>> 0,
    cr4: ((cr4 & choice4) | need.cr4) >>> 0,
    efer: (need.efer & EFER_LME) | (efer & eferBits(cpu) & EFER_NXE),
  });
}

function asBits(value: unknown): bigint {
  return BigInt(value as number);
}
