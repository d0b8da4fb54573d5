/** The pieces that random cases are made of: registers, addresses, accesses. */

import { CR0_PG, CR0_WP, CR4_PGE, CR4_PSE, CR4_SMAP, CR4_SMEP, modeBits } from '../../src/arch/index.ts';
import type { CpuFeatures } from '../../src/mmu/index.ts';
import { lastDword } from './image.ts';
import {
  ARENA,
  CROSSING_FETCH_OFFSET,
  DATA,
  DESCRIPTOR_OFFSET,
  FETCH_OFFSET,
  FRESH_DESCRIPTOR_OFFSET,
  ROOTS,
  TABLES,
} from './layout.ts';
import type { Random } from './random.ts';
import type { Instruction, Operation } from './stream.ts';
import type { Mode, Style } from './walks.ts';

/** Bits 29-21 of the arena's address. */
const ARENA_DIRECTORY_INDEX: bigint = BigInt(Math.floor(ARENA / 0x20_0000));

/** Registers of a case. */
export interface Registers {
  readonly cr0: number;
  readonly cr4: number;
  readonly nxe: boolean;
}

/** Random registers for a mode, as far as the CPU has the features; `always` bits of CR4 are set. */
export function randomRegisters(random: Random, mode: Mode, cpu: CpuFeatures, always = 0): Registers {
  let cr4 = always | modeBits(mode).cr4;
  if (cpu.pse && random.chance(0.7)) cr4 |= CR4_PSE;
  if (cpu.pge && random.chance(0.4)) cr4 |= CR4_PGE;
  if (cpu.smep && random.chance(0.3)) cr4 |= CR4_SMEP;
  if (cpu.smap && random.chance(0.3)) cr4 |= CR4_SMAP;
  const cr0 = (CR0_PG | 0x11 | (random.chance(0.6) ? CR0_WP : 0)) >>> 0;
  return { cr0, cr4, nxe: cpu.nx === true && random.chance(0.6) };
}

/** Sets the registers and the root; in 32-bit boots this is what switches paging on. */
export function enter(registers: Registers, cpu: CpuFeatures, cr3: bigint): Operation[] {
  return [
    { op: 'set', register: 'cr4', value: BigInt(registers.cr4) },
    ...(cpu.nx ? [{ op: 'set', register: 'efer', value: registers.nxe ? 0x800n : 0n } as const] : []),
    { op: 'set', register: 'cr3', value: cr3 },
    { op: 'set', register: 'cr0', value: BigInt(registers.cr0) },
  ];
}

/** Half of the cases are mostly permissive, so that all levels get passed; the other half is wild. */
export function randomStyle(random: Random, mode: Mode, registers: Registers, cpu: CpuFeatures): Style {
  const mild = random.chance(0.6);
  return {
    mode,
    pse: (registers.cr4 & CR4_PSE) !== 0,
    nx: cpu.nx === true,
    reserved: mild ? 0.01 : 0.08,
    present: mild ? 0.98 : 0.9,
    writable: mild ? 0.9 : 0.7,
    user: mild ? (random.chance(0.5) ? 0.97 : 0.6) : 0.7,
    noExecute: registers.nxe ? 0.1 : mild ? 0.005 : 0.05,
    large: 0.3,
    page1g: cpu.page1g === true,
    selfMaps: random.chance(0.15),
  };
}

const INSTRUCTIONS_BY_WEIGHT: readonly Instruction[] = [
  'read',
  'read',
  'read',
  'write',
  'write',
  'write',
  'fetch',
  'fetch',
  'add',
  'xchg',
  'descriptor',
  'stack-read',
  'stack-write',
];

/** The upper part of a random linear address: canonical, away from the ROM's entry and from pattern offsets. */
export function randomUpper(random: Random, mode: Mode): bigint {
  // Offsets 0x800 and 0x900 of every table page hold the fetch target and descriptors, so those indices stay free.
  const index = (bits: number): number => {
    for (;;) {
      const i = random.below(2 ** bits);
      const offset = bits === 10 ? i * 4 : i * 8;
      if (offset < 0x40 || (offset >= 0x7f8 && offset < 0x808) || (offset >= 0x8f8 && offset < 0x918))
        continue;
      return i;
    }
  };
  if (mode === '32-bit') return BigInt(index(10)) << 22n;
  if (mode === 'PAE') return (BigInt(1 + random.below(3)) << 30n) | (BigInt(index(9)) << 21n);
  let upper = (BigInt(index(9)) << 39n) | (BigInt(index(9)) << 30n);
  // Bits 29-21 as in the arena's physical address suit 1 GiB pages.
  upper |= (random.chance(0.5) ? ARENA_DIRECTORY_INDEX : BigInt(index(9))) << 21n;
  if (mode === '5-level') return BigInt.asUintN(64, BigInt.asIntN(57, upper | (BigInt(index(9)) << 48n)));
  return BigInt.asUintN(64, BigInt.asIntN(48, upper));
}

/** An offset for data: not in what the ROM needs of a root, nor where the fetch target and the descriptors are. */
function dataOffset(random: Random): number {
  for (;;) {
    const offset = 0x40 + random.below(0x1000 - 0x40 - 8);
    const clear = [FETCH_OFFSET, DESCRIPTOR_OFFSET, FRESH_DESCRIPTOR_OFFSET].every(
      (fixed) => offset + 8 <= fixed || offset >= fixed + 8,
    );
    if (clear) return offset;
  }
}

/** An access, and the linear address it uses below the given upper part. */
export interface PlannedAccess {
  readonly operation: Extract<Operation, { op: 'access' }>;
  /** First byte of the second page, where it crosses. */
  readonly second: bigint | undefined;
}

export function randomAccess(
  random: Random,
  mode: Mode,
  upper: bigint,
  page: number,
  options: { crossing?: boolean; smap?: boolean; second?: boolean } = {},
): PlannedAccess {
  let instruction = random.pick(INSTRUCTIONS_BY_WEIGHT);
  // A write before may have destroyed the target of a crossing fetch.
  if (options.second && options.crossing && instruction === 'fetch') instruction = 'read';
  const wide = mode === '4-level' || mode === '5-level';
  let bytes = random.pick(wide ? ([1, 2, 4, 4, 8] as const) : ([1, 2, 4, 4] as const));
  let offset: number;
  const crossing = options.crossing === true && instruction !== 'descriptor';
  if (crossing) {
    if (bytes === 1) bytes = 4;
    offset = instruction === 'fetch' ? CROSSING_FETCH_OFFSET : 0x1000 - 1 - random.below(bytes - 1);
  } else if (instruction === 'fetch') offset = FETCH_OFFSET;
  else if (instruction === 'descriptor') {
    offset = random.chance(0.5) ? DESCRIPTOR_OFFSET : FRESH_DESCRIPTOR_OFFSET;
  } else offset = dataOffset(random);
  const start = BigInt.asUintN(wide ? 64 : 32, pageAddress(mode, upper, page) + BigInt(offset));
  const cpl = random.pick([0, 0, 3, 3, 3, 1, 2] as const);
  const word = BigInt(random.word());
  const value =
    instruction === 'descriptor' ? BigInt(4 | cpl) : wide ? (BigInt(random.word()) << 32n) | word : word;
  const ac = random.chance(options.smap ? 0.4 : 0.1);
  return {
    operation: { op: 'access', instruction, bytes, cpl, ac, linear: start, value },
    second: crossing ? BigInt.asUintN(wide ? 64 : 32, (start | 0xfffn) + 1n) : undefined,
  };
}

/**
 * The page below `upper` whose low address bits are those of an arena page, so that a large page mapped there
 * reaches it: 22 bits in 32-bit paging, 21 else, and all 30 where `upper` is made for 1 GiB pages.
 */
function pageAddress(mode: Mode, upper: bigint, page: number): bigint {
  if (mode === '32-bit') return upper | (BigInt(page) & 0x3f_ffffn);
  const suits1g = mode !== 'PAE' && ((upper >> 21n) & 0x1ffn) === ARENA_DIRECTORY_INDEX;
  if (suits1g) return ((upper >> 30n) << 30n) | BigInt(page);
  return upper | (BigInt(page) & 0x1f_ffffn);
}
/** Arena pages to aim at: mostly data, at times page tables. */
export function randomTarget(random: Random): number {
  return random.chance(0.85) ? random.pick(DATA) : random.pick([...TABLES, ...ROOTS]);
}

/**
 * Writes the start of the crossing NOP anew, as it is, in all data pages: Bochs 2.7 else runs the instruction as
 * it has decoded it in an earlier case, without asking whether the second page may be fetched now.
 */
export function refreshCrossingFetch(): Operation[] {
  return DATA.map((page) => ({
    op: 'poke',
    physical: page + 0xffc,
    value: BigInt(lastDword((page - ARENA) / 4096)),
    bytes: 4,
  }));
}
