/**
 * Linear-address masking (LAM): of a 64-bit pointer to data, the CPU can leave the upper bits to software. It replaces
 * them before it checks that the address is canonical, and before paging.
 *
 * | pointer | masked while | bits that are replaced | by copies of |
 * |---|---|---|---|
 * | bit 63 = 0, a user one | CR3.LAM_U57 | 62–57 | bit 56 |
 * | bit 63 = 0, a user one | CR3.LAM_U48, and not LAM_U57 | 62–48 | bit 47 |
 * | bit 63 = 1, a supervisor one | CR4.LAM_SUP, 4-level paging | 62–48 | bit 47 |
 * | bit 63 = 1, a supervisor one | CR4.LAM_SUP, 5-level paging | 62–57 | bit 56 |
 *
 * Bit 63 stays, so that a pointer goes on being the user's or the supervisor's: whether it becomes canonical, the check
 * decides. Whose pointer it is does not depend on who makes the access. Fetches are not masked, nor what the CPU reads on
 * its own account, nor the addresses of INVLPG and INVPCID. After a page fault CR2 holds the masked address.
 *
 * Source: SDM 3A "Linear-Address Masking" in "Linear-Address Pre-Processing"; Architecture Instruction Set Extensions
 * Programming Reference (319433), "Linear Address Masking (LAM)".
 */

import { ACCESS_FETCH_BIT, ACCESS_IMPLICIT_BIT, type Access } from './access.ts';
import { CR3_LAM_U48_HIGH, CR3_LAM_U57_HIGH, CR4_LAM_SUP } from './control.ts';
import { isLongMode, PAGING_MODES, type PagingMode } from './paging-modes.ts';

/** What is masked now: how many low bits of a pointer count beside bit 63; 64: all. */
export interface LinearMasking {
  /** Of pointers with bit 63 clear. */
  readonly user: number;
  /** Of pointers with bit 63 set. */
  readonly supervisor: number;
}

/** Bits of a pointer: nothing is masked. */
const ALL_BITS = 64;
const U48_BITS: number = PAGING_MODES['4-level'].linearBits;
const U57_BITS: number = PAGING_MODES['5-level'].linearBits;

/**
 * What the registers mask.
 * @param cr3High - The high half of CR3.
 */
export function linearMasking(mode: PagingMode, cr3High: number, cr4: number): LinearMasking {
  if (!isLongMode(mode)) return { user: ALL_BITS, supervisor: ALL_BITS };
  const u57 = (cr3High & CR3_LAM_U57_HIGH) !== 0;
  const u48 = (cr3High & CR3_LAM_U48_HIGH) !== 0;
  return {
    user: u57 ? U57_BITS : u48 ? U48_BITS : ALL_BITS,
    supervisor: (cr4 & CR4_LAM_SUP) !== 0 ? PAGING_MODES[mode].linearBits : ALL_BITS,
  };
}

/** Whether the addresses of an access are masked: only those of data that software asks for. */
export function isMasked(access: Access): boolean {
  return (access & (ACCESS_FETCH_BIT | ACCESS_IMPLICIT_BIT)) === 0;
}

/**
 * The high half of a pointer after masking.
 * @param high - Bits 63–32, int32.
 * @param width - As {@link LinearMasking} has it for this pointer.
 */
export function maskedHigh(high: number, width: number): number {
  const unused = ALL_BITS - width;
  return (((high << unused) >> unused) & 0x7fff_ffff) | (high & (1 << 31));
}
