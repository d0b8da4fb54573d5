/**
 * Frames that may be the root of page tables, found by their bits alone. A root is not like other memory: all its
 * present entries lead to RAM, and nearly all that are not present are zero.
 */

import { PDE_PS, PTE_P, PTE_RW, PTE_US } from '../../arch/entry.ts';
import type { PagingMode } from '../../arch/paging-modes.ts';
import type { RamIndex } from './ram-index.ts';

/** A physical address that may be what CR3 points to, in some mode. */
export interface Candidate {
  readonly mode: Exclude<PagingMode, 'off'>;
  readonly address: number;
}

const FRAME_WORDS = 1024;
/** Words of the four PDPTEs of PAE. */
const PDPTES_WORDS = 8;
/** Bits 8–6 and 2–1 of a PDPTE of PAE are reserved; so is 5, which QEMU sets. */
const PDPTE_ZERO = 0x1c0 | PTE_RW | PTE_US;
/** Bits 51–32 of an address in a high half. */
const ADDRESS_HIGH = 0x000f_ffff;
/** Bits 21–13 of a PDE that maps 4 MiB: 21 is reserved. */
const PDE_4M_ZERO = 0x20_0000;

/** What a frame may be the root of. @param words - The 1024 words of the frame, from index `base` on. */
export function candidatesIn(words: Int32Array, base: number, physical: number, ram: RamIndex): Candidate[] {
  const found: Candidate[] = [];
  if (isRoot64(words, base, ram)) {
    found.push({ mode: '4-level', address: physical }, { mode: '5-level', address: physical });
  }
  if (isRoot32(words, base, ram)) found.push({ mode: '32-bit', address: physical });
  for (let at = 0; at < FRAME_WORDS; at += PDPTES_WORDS) {
    if (isPdptes(words, base + at, ram)) found.push({ mode: 'PAE', address: physical + at * 4 });
  }
  return found;
}

/** Every present entry leads to a table in RAM; PS is reserved at the root of long mode. */
function isRoot64(words: Int32Array, base: number, ram: RamIndex): boolean {
  let present = 0;
  let odd = 0;
  for (let at = base; at < base + FRAME_WORDS; at += 2) {
    const low = words[at]!;
    const high = words[at + 1]!;
    if ((low & PTE_P) === 0) {
      if ((low | high) !== 0) odd++;
      continue;
    }
    if ((low & PDE_PS) !== 0 || !isTable(low, high, ram)) return false;
    present++;
  }
  return present > 0 && odd <= present;
}

/** Every present entry leads to a table in RAM or maps 4 MiB. */
function isRoot32(words: Int32Array, base: number, ram: RamIndex): boolean {
  let present = 0;
  let odd = 0;
  for (let at = base; at < base + FRAME_WORDS; at++) {
    const low = words[at]!;
    if ((low & PTE_P) === 0) {
      if (low !== 0) odd++;
      continue;
    }
    if ((low & PDE_PS) !== 0 ? (low & PDE_4M_ZERO) !== 0 : !isTable(low, 0, ram)) return false;
    present++;
  }
  return present > 0 && odd <= present;
}

/** Four PDPTEs: those that are present without rights and lead to RAM, the others zero. */
function isPdptes(words: Int32Array, base: number, ram: RamIndex): boolean {
  let present = 0;
  for (let at = base; at < base + PDPTES_WORDS; at += 2) {
    const low = words[at]!;
    const high = words[at + 1]!;
    if ((low & PTE_P) === 0) {
      if ((low | high) !== 0) return false;
      continue;
    }
    if ((low & PDPTE_ZERO) !== 0 || (high & ~ADDRESS_HIGH) !== 0 || !isTable(low, high, ram)) return false;
    present++;
  }
  return present > 0;
}

function isTable(low: number, high: number, ram: RamIndex): boolean {
  const address = (high & ADDRESS_HIGH) * 0x1_0000_0000 + ((low & -4096) >>> 0);
  return address !== 0 && ram.of(address) >= 0;
}
