/**
 * What the fast TLB keeps for a page: one 32-bit word, 0 where nothing is cached.
 *
 * | bits | meaning |
 * |---|---|
 * | 31–12 | page number XOR frame number: XOR with the linear address gives the physical one |
 * | 11 | piece of a large page |
 * | 10 | D of the leaf |
 * | 9, 8, 6, 5, 4, 2, 1, 0 | granted accesses, bit `1 << access` |
 * | 7 | R/W over all levels |
 * | 3 | global |
 */

import { USER_READ } from '../arch/access.ts';
import { RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } from '../arch/permissions.ts';

/** The page is global. */
export const WORD_GLOBAL: number = 1 << 3;
const WORD_RW = 1 << 7;
const WORD_D = 1 << 10;
/** A piece of a large page. */
export const WORD_LARGE: number = 1 << 11;
/** The address part of a word. */
export const WORD_ADDRESS = -4096;
/** The granted accesses of a word: the bits `1 << access` of every access that there is. */
export const WORD_GRANTS = 0b11_0111_0111;
const GRANTS_FETCH = 0b0100_0100;
const GRANTS_USER_READ: number = 1 << USER_READ;

/** In place of a word: none can hold the page, and what was found is in fields. No word of a page is like this. */
export const NO_WORD: number = WORD_LARGE;

/**
 * The low bits of a word, by `RIGHT_…` bits. What remains to be added is the address, {@link WORD_LARGE} and
 * {@link WORD_GLOBAL}.
 * @param grants - The accesses that each of the 16 rights allows, a bit each.
 */
export function wordBits(grants: Int32Array): Int32Array {
  return grants.map(
    (granted, rights) =>
      granted | ((rights & RIGHT_RW) !== 0 ? WORD_RW : 0) | ((rights & RIGHT_D) !== 0 ? WORD_D : 0),
  );
}

/** The same word with its grants derived anew. */
export function regrantedWord(word: number, bits: Int32Array): number {
  return (word & ~WORD_GRANTS) | bits[rightsOfWord(word)]!;
}

/**
 * The `RIGHT_…` bits of a word. U/S is not stored: whatever the registers say, user mode may read a user page and no
 * other. Nor is NX: a page that grants fetches to neither ring it belongs to has it. (Under SMEP a user page grants none
 * to the supervisor, but then still to user mode.)
 */
export function rightsOfWord(word: number): number {
  return (
    ((word & WORD_RW) !== 0 ? RIGHT_RW : 0) |
    ((word & GRANTS_USER_READ) !== 0 ? RIGHT_US : 0) |
    ((word & WORD_D) !== 0 ? RIGHT_D : 0) |
    ((word & GRANTS_FETCH) === 0 ? RIGHT_NX : 0)
  );
}
