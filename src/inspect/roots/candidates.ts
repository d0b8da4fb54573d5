/**
 * Frames that may be the root of page tables, found by their bits alone. A root is not like other memory: all its
 * present entries lead to RAM, and what is not present has no address in it. Most frames are refused within a few words.
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
/** Bit 21 of a PDE that maps 4 MiB is reserved. */
const PDE_4M_ZERO = 0x20_0000;
/** Not more entries than so many may be one and the same: memory that is filled with a pattern is no table. */
const SAME_ALLOWED = 4;

/** Nor may more than so many be every second word: those are the low halves of 64-bit entries. */
const ALTERNATE_ALLOWED = 8;

/** What a frame may be the root of. @param words - The 1024 words of the frame, from index `base` on. */
export function candidatesIn(words: Int32Array, base: number, physical: number, ram: RamIndex): Candidate[] {
  if (isZero(words, base)) return NONE;
  const found: Candidate[] = [];
  if (isRoot(words, base, 2, ram)) {
    found.push({ mode: '4-level', address: physical }, { mode: '5-level', address: physical });
  }
  if (isRoot(words, base, 1, ram)) found.push({ mode: '32-bit', address: physical });
  for (let at = 0; at < FRAME_WORDS; at += PDPTES_WORDS) {
    if (isPdptes(words, base + at, ram)) found.push({ mode: 'PAE', address: physical + at * 4 });
  }
  return found;
}

const NONE: Candidate[] = [];

function isZero(words: Int32Array, base: number): boolean {
  const end = base + FRAME_WORDS;
  for (let at = base; at < end; at += 4) {
    if ((words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) !== 0) return false;
  }
  return true;
}

/**
 * Whether all present entries lead to tables in RAM, or map 4 MiB in a root of 32-bit paging; in long mode PS is
 * reserved there. Entries that are not present may hold flags, which some kernels leave in them, but addresses (of
 * what is swapped out) in half as many as are present at most.
 * @param step - Words of an entry.
 */
function isRoot(words: Int32Array, base: number, step: 1 | 2, ram: RamIndex): boolean {
  const end = base + FRAME_WORDS;
  let present = 0;
  let odd = 0;
  let same = 0;
  let second = 0;
  let firstLow = 0;
  let firstHigh = 0;
  for (let at = base; at < end; at += step) {
    const low = words[at]!;
    const high = step === 2 ? words[at + 1]! : 0;
    if ((low & PTE_P) === 0) {
      if (((low >>> 12) | high) !== 0 && ++odd > FRAME_WORDS / 3 / step) return false;
      continue;
    }
    if ((low & PDE_PS) !== 0) {
      if (step === 2 || (low & PDE_4M_ZERO) !== 0) return false;
    } else if (!isTable(low, high, ram)) return false;
    if (present++ === 0) {
      firstLow = low;
      firstHigh = high;
    }
    if (low === firstLow && high === firstHigh) same++;
    second |= at & 1;
  }
  if (step === 1 && second === 0 && present > ALTERNATE_ALLOWED) return false;
  return present > 0 && odd * 2 <= present && !(same === present && same > SAME_ALLOWED);
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

/** No table lies in frame 0, where a PC's interrupt vectors are; but small odd numbers would lead there. */
function isTable(low: number, high: number, ram: RamIndex): boolean {
  const frame = (high & ADDRESS_HIGH) * 0x10_0000 + (low >>> 12);
  return frame !== 0 && ram.ofFrame(frame) >= 0;
}
