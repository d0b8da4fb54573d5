/** What lessons on the machine without Xen share: the kernel writes tables through its own mapping of all RAM. */

import { moved } from '../linear.ts';
import { plainLayout } from '../plain-machine.ts';
import type { Action, Session } from '../session.ts';
import { walkOf, writes } from './conditions.ts';

/** Bits of an entry for a program's page: present, writable, ring 3. */
export const USER_PAGE = 7;

/** A physical address as the kernel sees it. */
export function direct(session: Session, physical: number): ReturnType<typeof moved> {
  const { mode } = session.mmu;
  return moved(plainLayout('32-bit').direct, physical, mode);
}

/** The kernel writes the last entry of a walk. */
export function writesEntry(session: Session, linear: number, value: number): Action {
  const leaf = walkOf(session, linear).steps.at(-1);
  return writes(direct(session, leaf?.entryAddress ?? 0), value);
}

/** A free frame's physical address. */
export function spareFrame({ machine }: Session, index: number): number {
  return (machine.plain?.frames.spare[index] ?? 0) * 4096;
}

/** CR3 of the program, or of its child. */
export function rootOf({ machine }: Session, who: 'parent' | 'child'): number {
  return machine.plain?.roots[who === 'parent' ? 0 : 1] ?? 0;
}
