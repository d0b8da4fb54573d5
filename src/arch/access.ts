/**
 * The kinds of memory access a CPU makes, as the page-fault error code sees them.
 *
 * An access is a small integer whose bits say what it is, so that one shift turns it into error-code bits
 * and `1 << access` selects a bit of a set of rights:
 *
 * | bit | meaning |
 * |---|---|
 * | 0 | write |
 * | 1 | instruction fetch |
 * | 2 | user mode (CPL 3); clear: supervisor mode (CPL 0, 1 and 2 alike) |
 * | 3 | implicit supervisor access to a system structure, whatever the CPL |
 * | 4 | of a shadow stack: by CALL, RET and the like, or by an instruction such as WRSS |
 */

import { frozen } from './freeze.ts';

/**
 * One kind of access: {@link READ}, {@link WRITE}, {@link FETCH}, their `USER_` forms, an `IMPLICIT_` one, or one to a
 * shadow stack.
 */
export type Access = 0 | 1 | 2 | 4 | 5 | 6 | 8 | 9 | 16 | 17 | 20 | 21;

/** The access is a write. */
export const ACCESS_WRITE_BIT = 1;
/** The access is an instruction fetch. */
export const ACCESS_FETCH_BIT = 2;
/** The access is made in user mode. */
export const ACCESS_USER_BIT = 4;
/** The CPU makes the access on its own account. */
export const ACCESS_IMPLICIT_BIT = 8;
/** The access is to a shadow stack. */
export const ACCESS_SHADOW_STACK_BIT = 16;

/** A data read in supervisor mode (CPL 0–2). */
export const READ: Access = 0;
/** A data write in supervisor mode (CPL 0–2); a read-modify-write counts as a write from its start. */
export const WRITE: Access = 1;
/** An instruction fetch in supervisor mode (CPL 0–2). */
export const FETCH: Access = 2;
/** A data read in user mode (CPL 3). */
export const USER_READ: Access = 4;
/** A data write in user mode (CPL 3). */
export const USER_WRITE: Access = 5;
/** An instruction fetch in user mode (CPL 3). */
export const USER_FETCH: Access = 6;
/**
 * A supervisor read the CPU makes on its own account at any CPL, such as loading a segment descriptor.
 * It differs from {@link READ} only under SMAP, where EFLAGS.AC does not excuse it (SDM 3A §4.6.1).
 */
export const IMPLICIT_READ: Access = 8;
/** A supervisor write the CPU makes on its own account, such as setting a descriptor's accessed bit. */
export const IMPLICIT_WRITE: Access = 9;

/**
 * A read of a supervisor shadow stack, as RET makes it. Shadow-stack accesses need CR4.CET; they are allowed only to pages
 * that are shadow stacks of whoever makes them (SDM 3A §4.6).
 */
export const SHADOW_STACK_READ: Access = 16;
/** A write to a supervisor shadow stack, as CALL makes it. */
export const SHADOW_STACK_WRITE: Access = 17;
/** A read of a user shadow stack. */
export const USER_SHADOW_STACK_READ: Access = 20;
/** A write to a user shadow stack: by CALL at CPL 3, or by WRUSS in the kernel. */
export const USER_SHADOW_STACK_WRITE: Access = 21;

/** The four kinds of access to shadow stacks, supervisor first. */
export const SHADOW_STACK_ACCESSES: readonly Access[] = frozen([
  SHADOW_STACK_READ,
  SHADOW_STACK_WRITE,
  USER_SHADOW_STACK_READ,
  USER_SHADOW_STACK_WRITE,
]);

/** The six kinds of access that software chooses, supervisor first. */
export const ACCESS_KINDS: readonly Access[] = frozen([
  READ,
  WRITE,
  FETCH,
  USER_READ,
  USER_WRITE,
  USER_FETCH,
]);

const NAMES: Readonly<Record<number, string>> = {
  [READ]: 'read',
  [WRITE]: 'write',
  [FETCH]: 'fetch',
  [USER_READ]: 'user read',
  [USER_WRITE]: 'user write',
  [USER_FETCH]: 'user fetch',
  [IMPLICIT_READ]: 'implicit read',
  [IMPLICIT_WRITE]: 'implicit write',
  [SHADOW_STACK_READ]: 'shadow-stack read',
  [SHADOW_STACK_WRITE]: 'shadow-stack write',
  [USER_SHADOW_STACK_READ]: 'user shadow-stack read',
  [USER_SHADOW_STACK_WRITE]: 'user shadow-stack write',
};

/** The access in words, such as `user write`. */
export function accessName(access: Access): string {
  return NAMES[access] ?? `access ${access}`;
}
