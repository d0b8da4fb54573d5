import {
  ACCESS_FETCH_BIT,
  ACCESS_KINDS,
  ACCESS_USER_BIT,
  ACCESS_WRITE_BIT,
  type Access,
} from '../arch/access.ts';

/** A set of kinds of access, a bit `1 << access` for each. */
export function accessSet(...accesses: readonly Access[]): number {
  return accesses.reduce<number>((set, access) => set | (1 << access), 0);
}

/** The kinds of access in a set, in the order of `ACCESS_KINDS`. */
export function accessesIn(set: number): Access[] {
  return ACCESS_KINDS.filter((access) => (set & (1 << access)) !== 0);
}

function kindsWith(bit: number): number {
  return accessSet(...ACCESS_KINDS.filter((access) => (access & bit) !== 0));
}

/** All six kinds. */
export const EVERY_ACCESS: number = accessSet(...ACCESS_KINDS);
/** The writes of the supervisor and of the user. */
export const WRITES: number = kindsWith(ACCESS_WRITE_BIT);
/** The fetches of both. */
export const FETCHES: number = kindsWith(ACCESS_FETCH_BIT);
/** What user mode does. */
export const USER_ACCESSES: number = kindsWith(ACCESS_USER_BIT);
/** What rings 0 to 2 do. */
export const SUPERVISOR_ACCESSES: number = EVERY_ACCESS & ~USER_ACCESSES;
