/** What a page may be given beside its frame, and how an entry says it. */

import type { CpuFeatures } from '../arch/cpu.ts';
import {
  PDE_PAT_LARGE,
  PTE_A,
  PTE_AVAILABLE,
  PTE_D,
  PTE_G,
  PTE_NX_HIGH,
  PTE_PAT,
  PTE_PCD,
  PTE_PWT,
  PTE_RW,
  PTE_US,
} from '../arch/entry.ts';
import { type MemoryType, memoryTypeOf } from '../arch/memory-type.ts';
import { isLongMode, type PagingMode } from '../arch/paging-modes.ts';
import type { Entry } from './entry-format.ts';
import { MapError } from './map-error.ts';

/** The attributes of a page. What is not named is clear when a page is mapped, and stays when it is changed. */
export interface PageAttributes {
  /** R/W: writes are allowed. Default when mapping: false. */
  readonly writable?: boolean | undefined;
  /** U/S: user mode (CPL 3) may use the page. Default when mapping: false. */
  readonly user?: boolean | undefined;
  /** False sets NX, which the CPU heeds once EFER.NXE is set. Default when mapping: true. */
  readonly executable?: boolean | undefined;
  /** G: the translation survives a load of CR3 while CR4.PGE is set. */
  readonly global?: boolean | undefined;
  /** The memory type, by PWT, PCD and PAT with the PAT as it is after reset. In place of the three. */
  readonly cacheType?: MemoryType | undefined;
  /** PWT: bit 0 of the index into the PAT. */
  readonly pwt?: boolean | undefined;
  /** PCD: bit 1 of the index into the PAT. */
  readonly pcd?: boolean | undefined;
  /** PAT: bit 2 of the index into the PAT; bit 7 of a 4 KiB entry, bit 12 of a larger one. */
  readonly pat?: boolean | undefined;
  /** Protection key, 0–15: bits 62–59 in long mode. */
  readonly protectionKey?: number | undefined;
  /** A, as if the page had been used already. */
  readonly accessed?: boolean | undefined;
  /** D, as if the page had been written already. */
  readonly dirty?: boolean | undefined;
  /** Bits 11–9, which the CPU ignores: 0–7. */
  readonly available?: number | undefined;
  /** Bits 58–52, which long mode ignores: 0–127. */
  readonly availableHigh?: number | undefined;
}

/** Attributes as bits to be cleared and set in a leaf; PAT apart, since its place depends on the page's size. */
export interface AttributeBits {
  readonly clear: Entry;
  readonly set: Entry;
  readonly pat: boolean | undefined;
}

/** The bit of an attribute that is named; 0 if it is not. */
function named(value: boolean | undefined, bit: number): number {
  return value === undefined ? 0 : bit;
}

/** The bit of an attribute that is true. */
function on(value: boolean | undefined, bit: number): number {
  return value ? bit : 0;
}

/**
 * What attributes do to a leaf.
 * @throws MapError `unsupported` or `bad-attribute`
 */
export function attributeBits(attributes: PageAttributes, mode: PagingMode, cpu: CpuFeatures): AttributeBits {
  check(attributes, mode, cpu);
  const { writable, user, global, pwt, pcd, accessed, dirty } = attributes;
  const { executable, cacheType, protectionKey, available, availableHigh } = attributes;
  // Written out: a loop over names looks each up in a table, which takes longer than all else here.
  const clear = {
    low:
      named(writable, PTE_RW) |
      named(user, PTE_US) |
      named(global, PTE_G) |
      named(pwt, PTE_PWT) |
      named(pcd, PTE_PCD) |
      named(accessed, PTE_A) |
      named(dirty, PTE_D),
    high: named(executable, PTE_NX_HIGH),
  };
  const set = {
    low:
      on(writable, PTE_RW) |
      on(user, PTE_US) |
      on(global, PTE_G) |
      on(pwt, PTE_PWT) |
      on(pcd, PTE_PCD) |
      on(accessed, PTE_A) |
      on(dirty, PTE_D),
    high: executable === false ? PTE_NX_HIGH : 0,
  };
  let { pat } = attributes;
  if (cacheType !== undefined) {
    const low = patIndexBits(cacheType, cpu);
    clear.low |= PTE_PWT | PTE_PCD;
    set.low |= low & (PTE_PWT | PTE_PCD);
    pat = cpu.pat ? (low & PTE_PAT) !== 0 : undefined;
  }
  if (protectionKey !== undefined) {
    clear.high |= 0xf << 27;
    set.high |= protectionKey << 27;
  }
  if (available !== undefined) {
    clear.low |= PTE_AVAILABLE;
    set.low |= available << 9;
  }
  if (availableHigh !== undefined) {
    clear.high |= 0x7f << 20;
    set.high |= availableHigh << 20;
  }
  return { clear, set, pat };
}

/** A leaf with attributes changed. */
export function withAttributes(leaf: Entry, { clear, set, pat }: AttributeBits, large: boolean): Entry {
  let low = (leaf.low & ~clear.low) | set.low;
  const patBit = large ? PDE_PAT_LARGE : PTE_PAT;
  if (pat !== undefined) low = pat ? low | patBit : low & ~patBit;
  return { low, high: (leaf.high & ~clear.high) | set.high };
}

/** Attributes as bits of a 4 KiB page's entry that stay, and bits that are set. */
export function keepAndSet({ clear, set, pat }: AttributeBits): { keep: Entry; set: Entry } {
  const patClear = pat === undefined ? 0 : PTE_PAT;
  return {
    keep: { low: ~(clear.low | patClear), high: ~clear.high },
    set: { low: set.low | (pat ? PTE_PAT : 0), high: set.high },
  };
}

function check(attributes: PageAttributes, mode: PagingMode, cpu: CpuFeatures): void {
  const { executable, global, cacheType, pat, protectionKey = 0, available, availableHigh } = attributes;
  const model = `the CPU model '${cpu.name ?? 'unnamed'}'`;
  const unsupported = (what: string): never => {
    throw new MapError('unsupported', what);
  };
  if (executable === false && mode === '32-bit')
    unsupported('executable: false needs NX, which entries of 32 bits lack');
  if (executable === false && !cpu.nx) unsupported(`executable: false needs NX, which ${model} lacks (nx)`);
  if (global && !cpu.pge) unsupported(`global: true needs CR4.PGE, which ${model} lacks (pge)`);
  if (pat && !cpu.pat) unsupported(`pat: true needs a PAT, which ${model} lacks (pat)`);
  if (cacheType !== undefined && [attributes.pwt, attributes.pcd, pat].some((bit) => bit !== undefined)) {
    throw new MapError('bad-attribute', 'cacheType stands for pwt, pcd and pat: give it, or them');
  }
  inRange('protectionKey', protectionKey, 15);
  if (protectionKey > 0) {
    if (!isLongMode(mode)) unsupported(`protectionKey needs long mode; entries of ${mode} paging have none`);
    if (!cpu.pku && !cpu.pks)
      unsupported(`protectionKey needs CR4.PKE or CR4.PKS, which ${model} lacks (pku, pks)`);
  }
  inRange('available', available ?? 0, 7);
  inRange('availableHigh', availableHigh ?? 0, 127);
  if (availableHigh && !isLongMode(mode))
    unsupported(`availableHigh: ${mode} paging leaves bits 58–52 to nobody`);
}

function inRange(name: string, value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= limit) return;
  throw new MapError('bad-attribute', `${name} ${value} is not a whole number from 0 to ${limit}`);
}

/** PWT, PCD and PAT, as in a 4 KiB entry, that select a memory type: the first of the PAT's that do. */
function patIndexBits(type: MemoryType, cpu: CpuFeatures): number {
  const types: MemoryType[] = [];
  for (let index = 0; index < (cpu.pat ? 8 : 4); index++) {
    const low = (index & 1 ? PTE_PWT : 0) | (index & 2 ? PTE_PCD : 0) | (index & 4 ? PTE_PAT : 0);
    const selected = memoryTypeOf(cpu, low, false);
    if (selected === type) return low;
    if (!types.includes(selected)) types.push(selected);
  }
  throw new MapError(
    'unsupported',
    `cacheType ${type} is not in the PAT after reset, which has ${types.join(', ')}`,
  );
}
