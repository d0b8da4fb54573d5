/**
 * Which accesses a page allows: the rule of SDM 3A §4.6, once, for every paging mode.
 *
 * | page   | access             | allowed |
 * |---|---|---|
 * | any    | fetch              | NX clear |
 * | U/S=0  | user               | never |
 * | U/S=0  | supervisor read    | always |
 * | U/S=0  | supervisor write   | R/W=1 or CR0.WP=0 |
 * | U/S=1  | user read, fetch   | always |
 * | U/S=1  | user write         | R/W=1 |
 * | U/S=1  | supervisor data    | as above, and under SMAP only an explicit access with EFLAGS.AC=1 |
 * | U/S=1  | supervisor fetch   | not under SMEP |
 *
 * Accesses to shadow stacks have a rule of their own: they reach nothing but a shadow stack of whoever makes them, see
 * {@link mayUseShadowStack}. To ordinary accesses such a page is read-only, since CR4.CET needs CR0.WP.
 *
 * Protection keys come on top of it, in long mode: see {@link keyDenies}.
 */

import {
  ACCESS_FETCH_BIT,
  ACCESS_IMPLICIT_BIT,
  ACCESS_KINDS,
  ACCESS_SHADOW_STACK_BIT,
  ACCESS_USER_BIT,
  ACCESS_WRITE_BIT,
  type Access,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
} from './access.ts';
import { PTE_D, PTE_RW, PTE_US } from './entry.ts';

/** The register bits that the rule looks at. */
export interface PermissionState {
  /** CR0.WP. */
  readonly wp: boolean;
  /** CR4.SMEP. */
  readonly smep: boolean;
  /** CR4.SMAP. */
  readonly smap: boolean;
  /** EFLAGS.AC. */
  readonly alignmentCheck: boolean;
}

// Rights of a page, as an index of four bits: what `permits` and the TLB understand.

/** R/W is set at every level. */
export const RIGHT_RW = 1;
/** U/S is set at every level. */
export const RIGHT_US = 2;
/** The page is dirty: until it is, a write must go through a walk that sets D. */
export const RIGHT_D = 4;
/** NX is set at some level. */
export const RIGHT_NX = 8;

/**
 * Whether a shadow-stack access may use a page. The page is a shadow stack if R/W is clear and D set in the entry that
 * maps it, and R/W is set in every entry above (SDM 3A §4.6.1). One of the user is not for the supervisor, whatever SMAP
 * says, nor the other way round. Says nothing of keys.
 *
 * @param above - What the entries above the leaf have in common, by their low halves; -1: there are none.
 * @param leaf - The entry that maps the page, low half.
 */
export function mayUseShadowStack(above: number, leaf: number, access: Access): boolean {
  if ((access & ACCESS_SHADOW_STACK_BIT) === 0) return false;
  const isShadowStack = (above & PTE_RW) !== 0 && (leaf & (PTE_RW | PTE_D)) === PTE_D;
  const userPage = (above & leaf & PTE_US) !== 0;
  return isShadowStack && userPage === ((access & ACCESS_USER_BIT) !== 0);
}

/**
 * Whether the rule allows the access, not one of a shadow stack, to a page of these rights. Says nothing of dirty bits or
 * keys.
 */
export function permits(state: PermissionState, rights: number, access: Access): boolean {
  const userPage = (rights & RIGHT_US) !== 0;
  const writable = (rights & RIGHT_RW) !== 0;
  const user = (access & ACCESS_USER_BIT) !== 0;
  const write = (access & ACCESS_WRITE_BIT) !== 0;

  if (user && !userPage) return false;
  if ((access & ACCESS_FETCH_BIT) !== 0) {
    if ((rights & RIGHT_NX) !== 0) return false;
    return user || !userPage || !state.smep;
  }
  if (!user && userPage && state.smap) {
    const implicit = (access & ACCESS_IMPLICIT_BIT) !== 0;
    if (implicit || !state.alignmentCheck) return false;
  }
  return !write || writable || (!user && !state.wp);
}

/**
 * For each of the 16 rights: the accesses that a TLB entry of these rights may answer by itself, bit
 * `1 << access` each. A write is among them only once the page is dirty.
 */
export function grantTable(state: PermissionState): Int32Array {
  const table = new Int32Array(16);
  for (let rights = 0; rights < 16; rights++) {
    for (const access of [...ACCESS_KINDS, IMPLICIT_READ, IMPLICIT_WRITE]) {
      const clean = (rights & RIGHT_D) === 0;
      if ((access & ACCESS_WRITE_BIT) !== 0 && clean) continue;
      if (permits(state, rights, access)) table[rights]! |= 1 << access;
    }
  }
  return table;
}

/**
 * Whether the key register denies a data access (SDM 3A §4.6.2). Fetches are never denied.
 *
 * @param register - PKRU for a user page, PKRS for a supervisor page: AD and WD bits, two for each key.
 * @param key - Protection key of the page, 0–15.
 */
export function keyDenies(register: number, key: number, access: Access, wp: boolean): boolean {
  if ((access & ACCESS_FETCH_BIT) !== 0) return false;
  const bits = (register >>> (2 * key)) & 3;
  const accessDisabled = (bits & 1) !== 0;
  const writeDisabled = (bits & 2) !== 0;
  if (accessDisabled) return true;
  return writeDisabled && (access & ACCESS_WRITE_BIT) !== 0 && (wp || (access & ACCESS_USER_BIT) !== 0);
}
