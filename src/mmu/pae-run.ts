/** Lists of 32-bit addresses in PAE paging: the page faults, of which most of an address space consists. */

import type { Access } from '../arch/access.ts';
import * as entry from '../arch/entry.ts';
import * as fault from '../arch/fault.ts';
import * as permission from '../arch/permissions.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import * as ram from '../memory/physical-memory.ts';
import type { PageTlb } from '../tlb/page-tlb.ts';
import { NO_ADDRESS } from './translate-run.ts';
import type { WalkRules } from './walk-rules.ts';
import { frameOf } from './walker.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { PDE_PS, PTE_P } = entry;
const { PF_P } = fault;
const { RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } = permission;
const { CHUNK_MASK, CHUNK_SHIFT } = ram;

/** `frame >>> FRAME_TO_CHUNK` is the number of the chunk that holds a frame. */
const FRAME_TO_CHUNK: number = CHUNK_SHIFT - 12;
/** log2 of what a PDPTE stands for, and a PDE. */
const PDPTE_SHIFT = 30;
const PDE_SHIFT = 21;
/** From an address to the byte of its entry in a table. */
const ENTRY_BYTES_MASK = 0xff8;

/** What the loop needs of a walker. */
export type PaeWalk = Pick<
  WalkRules,
  'pdptes' | 'busLow' | 'busHigh' | 'reservedHigh' | 'reservedLarge' | 'wordBits' | 'accessCodes'
>;

/**
 * Takes addresses that page-fault for want of an entry or of the right. Whatever else an address is, a cached one or one
 * with a reserved bit too, the caller asks `Translation.locate` for it, and comes back.
 *
 * @param access - One of those that cached translations answer.
 * @returns The index of the first address that is anything else.
 */
export function paeFaults(
  linear: Uint32Array,
  physical: Uint32Array,
  start: number,
  access: Access,
  faultCodes: Uint8Array,
  tlb: PageTlb,
  memory: DirectRam,
  walk: PaeWalk,
): number {
  tlb.open();
  const { words } = tlb;
  const bit = 1 << access;
  const absent = walk.accessCodes[access]!;
  const { length } = linear;
  let i = start;
  while (i < length) {
    const address = linear[i]! | 0;
    if ((words[address >>> 12]! & bit) !== 0) break;
    const shift = absentShift(address, bit, memory, walk);
    if (shift === TRANSLATES) break;
    if (shift === REFUSED) {
      faultCodes[i] = absent | PF_P;
      physical[i++] = NO_ADDRESS;
      continue;
    }
    // What the absent entry stands for faults as a whole, unless something of it is cached.
    const region = address >>> shift;
    do {
      faultCodes[i] = absent;
      physical[i++] = NO_ADDRESS;
    } while (
      i < length &&
      (linear[i]! | 0) >>> shift === region &&
      (words[(linear[i]! | 0) >>> 12]! & bit) === 0
    );
  }
  tlb.close();
  return i;
}

/** In place of a shift: every entry is present, and they do not grant the access. */
const REFUSED = 0;
/** It translates, or an entry has a reserved bit or lies beyond RAM. */
const TRANSLATES = -1;

/** log2 of what the first entry that is not present stands for; or {@link REFUSED}, or {@link TRANSLATES}. */
function absentShift(address: number, bit: number, memory: DirectRam, walk: PaeWalk): number {
  const { busLow, busHigh, reservedHigh, wordBits } = walk;
  const pointer = (address >>> PDPTE_SHIFT) << 1;
  const pdpte = walk.pdptes[pointer]!;
  if ((pdpte & PTE_P) === 0) return PDPTE_SHIFT;

  const directoryLow = pdpte & busLow;
  const directoryFrame = frameOf(directoryLow, walk.pdptes[pointer | 1]! & busHigh);
  if (directoryFrame >>> 0 >= memory.frameCount) return TRANSLATES;
  const directory = memory.words[directoryFrame >>> FRAME_TO_CHUNK]!;
  const pdeAt = ((directoryLow & CHUNK_MASK) | ((address >>> (PDE_SHIFT - 3)) & ENTRY_BYTES_MASK)) >>> 2;
  const pde = directory[pdeAt]!;
  const pdeHigh = directory[pdeAt | 1]!;
  if ((pde & PTE_P) === 0) return PDE_SHIFT;
  if ((pdeHigh & reservedHigh) !== 0) return TRANSLATES;

  let leaf = pde;
  let noExecute = pdeHigh;
  if ((pde & PDE_PS) !== 0) {
    if ((pde & walk.reservedLarge[2]!) !== 0) return TRANSLATES;
  } else {
    const tableLow = pde & busLow;
    const tableFrame = frameOf(tableLow, pdeHigh & busHigh);
    if (tableFrame >>> 0 >= memory.frameCount) return TRANSLATES;
    const table = memory.words[tableFrame >>> FRAME_TO_CHUNK]!;
    const pteAt = ((tableLow & CHUNK_MASK) | ((address >>> (12 - 3)) & ENTRY_BYTES_MASK)) >>> 2;
    leaf = table[pteAt]!;
    if ((leaf & PTE_P) === 0) return 12;
    if ((table[pteAt | 1]! & reservedHigh) !== 0) return TRANSLATES;
    noExecute |= table[pteAt | 1]!;
  }
  // A page that is not dirty yet may be written all the same: that is no refusal.
  const rights = (((pde & leaf) >>> 1) & (RIGHT_RW | RIGHT_US)) | ((noExecute >>> 28) & RIGHT_NX) | RIGHT_D;
  return (wordBits[rights]! & bit) === 0 ? REFUSED : TRANSLATES;
}
