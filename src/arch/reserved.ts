/**
 * The bits that a CPU reserves in paging-structure entries, by level. A present entry with one of them set
 * faults with RSVD (or, in a PDPTE of PAE, makes the load of CR3 raise #GP).
 * Sources: SDM 3A §4.3–4.5, "Formats of CR3 and Paging-Structure Entries"; where AMD differs, APM 2 §5.3.
 */

import type { CpuFeatures } from './cpu.ts';
import { PDE_PS, PTE_G } from './entry.ts';

/** Bits `low` to `high` of a 32-bit word, as int32; none if `low > high`. */
function bits(high: number, low: number): number {
  let mask = 0;
  for (let bit = low; bit <= high; bit++) mask |= 1 << bit;
  return mask;
}

/** Reserved bits of a 32-bit PDE that maps a 4 MiB page, as int32. PSE-36 frees bits from 13 up. */
export function reserved4M(cpu: CpuFeatures): number {
  const lowest = cpu.pse36 ? Math.min(cpu.physicalAddressBits, 40) - 19 : 13;
  return bits(21, lowest);
}

/** Reserved bits of 64-bit entries: low and high halves, as int32. */
export interface Reserved64 {
  /** High half of every entry: address bits that the CPU lacks, and NX while EFER.NXE is clear. */
  readonly high: number;
  /** High half of a PDPTE in PAE, where bit 63 is always reserved. */
  readonly pdpteHigh: number;
  /** Low half of a PDPTE in PAE. */
  readonly pdpteLow: number;
  /** Low half by shift of the entry (12 PTE, 21 PDE, 30 PDPTE, 39 PML4E, 48 PML5E), when it is not a large page. */
  readonly table: Readonly<Record<number, number>>;
  /** Low half by shift, when bit 7 (PS) is set. */
  readonly large: Readonly<Record<number, number>>;
}

/** The reserved bits in PAE paging (`longMode` false) or in 4-level and 5-level paging. */
export function reserved64(cpu: CpuFeatures, longMode: boolean, nxe: boolean): Reserved64 {
  const addressBits = cpu.physicalAddressBits;
  // Long mode ignores bits 62–52 (or reads a key there); PAE reserves them all the way up.
  const beyondAddress = bits(longMode ? 19 : 30, addressBits - 32);
  // What would be G of a page: AMD wants it to be 0 here. In a PDPTE that points to a table it is ignored by both.
  const root = cpu.vendor === 'AMD' ? PTE_G : 0;
  return {
    high: beyondAddress | (nxe ? 0 : 1 << 31),
    pdpteHigh: bits(31, addressBits - 32),
    pdpteLow: bits(2, 1) | bits(8, 5),
    table: { 12: 0, 21: 0, 30: 0, 39: root, 48: root },
    large: {
      12: 0, // bit 7 of a PTE is PAT
      21: bits(20, 13),
      30: cpu.page1g ? bits(29, 13) : PDE_PS,
      39: PDE_PS | root,
      48: PDE_PS | root,
    },
  };
}
