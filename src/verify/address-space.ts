import { ACCESS_KINDS, type Access } from '../arch/access.ts';

/** Pages of the 4 GiB linear space: 2^20. */
export const LINEAR_PAGES = 0x10_0000;

/** In place of a frame number: nothing is mapped. */
export const NOT_MAPPED = -1;

/**
 * What every page of the linear space leads to, for every kind of access. Both sides of the comparison have this
 * form: what the facts say, and what the MMU does.
 */
export class AddressSpace {
  /** By page number: the frame it is mapped to, or {@link NOT_MAPPED}. */
  readonly frames: Int32Array = new Int32Array(LINEAR_PAGES).fill(NOT_MAPPED);
  /** By page number: the set of accesses that succeed, a bit `1 << access` for each. */
  readonly granted: Uint8Array = new Uint8Array(LINEAR_PAGES);
}

/** A set of kinds of access, a bit `1 << access` for each. */
export function accessSet(...accesses: Access[]): number {
  return accesses.reduce<number>((set, access) => set | (1 << access), 0);
}

/** The kinds of access in a set, in the order of `ACCESS_KINDS`. */
export function accessesIn(set: number): Access[] {
  return ACCESS_KINDS.filter((access) => (set & (1 << access)) !== 0);
}
