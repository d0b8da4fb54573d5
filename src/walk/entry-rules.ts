/**
 * What the bits of an entry mean, level by level, under given registers: derived once for a walk, so that whoever
 * reads entries asks here rather than the registers.
 */

import { PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { CR4_PGE, CR4_PKE, CR4_PKS, CR4_PSE, EFER_NXE, PDPTES_ALIGNMENT } from '../arch/control.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import {
  PDE_PAT_LARGE,
  PDE_PS,
  PTE_FRAME_MASK,
  PTE_G,
  PTE_P,
  PTE_PAT,
  PTE_PCD,
  PTE_PWT,
} from '../arch/entry.ts';
import { isLongMode, PAGING_MODES, type PagingLevel, type PagingMode } from '../arch/paging-modes.ts';
import { cr3Address, has, pagingMode } from '../arch/registers.ts';
import { reserved4M, reserved64 } from '../arch/reserved.ts';

/** The registers that give an entry its meaning. */
export interface EntryState {
  /** The CPU's features. */
  readonly cpu: CpuFeatures;
  /** CR0. */
  readonly cr0: number;
  /** CR4. */
  readonly cr4: number;
  /** EFER. */
  readonly efer: number;
}

/** The meaning of an entry's bits at one level. Masks are of the low half, as int32, unless they say otherwise. */
export interface LevelRules {
  /** The level's name, shift and index. */
  readonly level: PagingLevel;
  /** Entries of a table. */
  readonly entries: number;
  /** 4 KiB pages that an entry stands for. */
  readonly pages: number;
  /** Bytes that an entry stands for. */
  readonly bytes: number;
  /** The level of PTEs: every present entry maps a page. */
  readonly isLast: boolean;
  /** The CPU keeps this level in registers (the PDPTEs of PAE), which have no rights and no A. */
  readonly inRegisters: boolean;
  /** `PDE_PS` where the bit makes the entry map a large page, or is reserved; 0 where it means nothing or is PAT. */
  readonly largeBit: number;
  /** Bits reserved in an entry that points to a table. */
  readonly reservedTable: number;
  /** Bits reserved in an entry that maps a page. */
  readonly reservedPage: number;
  /** Bits reserved in the high half of either. */
  readonly reservedHigh: number;
  /** The bit of a page's entry that is PAT; 0 on a CPU without it. */
  readonly patBit: number;
  /** The bits of a page's entry that are its address, but for those of PSE-36. */
  readonly pageMask: number;
  /**
   * The bits in which two pages of this level are mapped alike: all but the address, A, D, bits for software, and R/W
   * and U/S, which count only where the levels above leave them.
   */
  readonly alike: number;
  /** Bits 20–13 of a page's entry are bits 39–32 of its address, as far as they are not reserved. */
  readonly pse36: boolean;
}

/** The meaning of all entries of a paging mode. */
export interface EntryRules {
  /** The CPU's features. */
  readonly cpu: CpuFeatures;
  readonly mode: PagingMode;
  /** Bytes of an entry; 4: there is no high half. */
  readonly entryBytes: 4 | 8;
  /** The levels from the root down; none while paging is off. */
  readonly levels: readonly LevelRules[];
  /** `PTE_G` where CR4.PGE lets it count, else 0. */
  readonly globalBit: number;
  /** Bit 63 forbids instruction fetches. */
  readonly noExecute: boolean;
  /** Protection keys govern user pages. */
  readonly userKeys: boolean;
  /** Protection keys govern supervisor pages. */
  readonly supervisorKeys: boolean;
  /** The address lines that the board has, as masks on the halves of a physical address. */
  readonly linesLow: number;
  readonly linesHigh: number;
}

/** Derives the rules from the registers. */
export function entryRules({ cpu, cr0, cr4, efer }: EntryState): EntryRules {
  const mode = pagingMode({ cr0, cr4, efer });
  const shape = PAGING_MODES[mode];
  const long = isLongMode(mode);
  const wide = shape.entryBytes === 8;
  const noExecute = wide && has(efer, EFER_NXE);
  const globalBit = has(cr4, CR4_PGE) ? PTE_G : 0;
  const reserved = reserved64(cpu, long, noExecute);
  // Without PSE, 32-bit paging has no large pages and ignores bit 7; elsewhere bit 7 means one or is reserved.
  const largeBit = wide || has(cr4, CR4_PSE) ? PDE_PS : 0;

  const rulesOf = (level: PagingLevel): LevelRules => {
    const isLast = level.kind === 'PTE';
    const inRegisters = mode === 'PAE' && level.kind === 'PDPTE';
    const patBit = cpu.pat ? (isLast ? PTE_PAT : PDE_PAT_LARGE) : 0;
    const large = isLast || inRegisters ? 0 : largeBit;
    const reservedLarge = wide ? reserved.large[level.shift]! : reserved4M(cpu);
    const reservedPage = isLast ? 0 : reservedLarge;
    return {
      level,
      entries: 2 ** level.indexBits,
      pages: 2 ** (level.shift - PAGE_SHIFT),
      bytes: 2 ** level.shift,
      isLast,
      inRegisters,
      largeBit: large,
      reservedTable: wide && !inRegisters ? reserved.table[level.shift]! : 0,
      reservedPage,
      // The registers of PAE were checked when they were loaded.
      reservedHigh: wide && !inRegisters ? reserved.high : 0,
      patBit,
      pageMask: -1 << level.shift,
      alike: PTE_P | PTE_PWT | PTE_PCD | globalBit | patBit | large | reservedPage,
      pse36: !wide && !isLast,
    };
  };
  const lines = cpu.addressLines ?? 52;
  return {
    cpu,
    mode,
    entryBytes: shape.entryBytes,
    levels: shape.levels.map(rulesOf),
    globalBit,
    noExecute,
    userKeys: long && has(cr4, CR4_PKE),
    supervisorKeys: long && has(cr4, CR4_PKS),
    linesLow: lines < 32 ? (2 ** lines - 1) | 0 : -1,
    linesHigh: lines < 32 ? 0 : 2 ** (lines - 32) - 1,
  };
}

/** Whether a present entry maps a page, rather than pointing to a table. Says nothing of reserved bits. */
export function mapsPage(rules: LevelRules, low: number): boolean {
  return rules.isLast || (low & rules.largeBit) !== 0;
}

/** Physical address of the root table, in PAE of the PDPTEs: CR3 without its flags or PCID. */
export function rootTable(rules: EntryRules, cr3: number | bigint): number {
  const address = cr3Address(cr3);
  const alignment = rules.levels[0]?.inRegisters ? PDPTES_ALIGNMENT : PAGE_SIZE;
  return onBus(rules, address - (address % alignment));
}

/** Physical address of the table that an entry points to. */
export function tableAddressIn({ linesLow, linesHigh }: EntryRules, low: number, high: number): number {
  return (high & linesHigh) * 0x1_0000_0000 + ((low & PTE_FRAME_MASK & linesLow) >>> 0);
}

/** Physical address of the page that an entry maps. */
export function pageAddressIn(rules: EntryRules, level: LevelRules, low: number, high: number): number {
  const upper = level.pse36 ? (low >>> 13) & 0xff : high;
  return (upper & rules.linesHigh) * 0x1_0000_0000 + ((low & level.pageMask & rules.linesLow) >>> 0);
}

/** What is left of a physical address on a board that lacks address lines. */
export function onBus({ linesLow, linesHigh }: EntryRules, physical: number): number {
  return (Math.floor(physical / 0x1_0000_0000) & linesHigh) * 0x1_0000_0000 + ((physical & linesLow) >>> 0);
}
