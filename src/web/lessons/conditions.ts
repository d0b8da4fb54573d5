/** Places of the lessons, and questions that they ask about a situation. */

import type { Access } from '../../arch/index.ts';
import { READ, USER_READ, WRITE } from '../../arch/index.ts';
import type { EntryFlag, WalkReport, WalkStep } from '../../walk/index.ts';
import type { Linear } from '../linear.ts';
import { lastStepOf } from '../narrate.ts';
import type { Action, Session } from '../session.ts';
import type { Situation } from './lesson.ts';

/** The lessons' domain: 16 MiB from 0xc000_0000. */
export const KERNEL = 0xc000_0000;
export const DIRECTORY = 0xc0ff_f000;
export const FIRST_TABLE = 0xc0ff_e000;
export const LOWEST_TABLE = 0xc0ff_b000;
export const START_INFO = 0xc0ff_9000;
/** Inside Xen's direct map: its image. */
export const XEN = 0xfc50_0000;

type AccessAction = Action & { readonly kind: 'access' };

export function pageOf(linear: Linear): number {
  return Math.floor(Number(linear) / 4096);
}

export function walkOf(session: Session, linear: Linear, access: Access = READ): WalkReport {
  return session.mmu.explain(linear, access);
}

/** The last entry that a walk reads. */
export function leafOf(session: Session, linear: Linear): WalkStep | undefined {
  return walkOf(session, linear).steps.at(-1);
}

export function flagOf(session: Session, linear: Linear, flag: EntryFlag): boolean {
  return leafOf(session, linear)?.flags.includes(flag) === true;
}

/** Where the page of an address lies, whatever the rights. */
export function frameBase(session: Session, linear: Linear): number {
  return leafOf(session, linear)?.target ?? 0;
}

/** The walk that is looked at is shown to its end. */
export function walkedThrough({ session, view }: Situation): boolean {
  const report = walkOf(session, view.linear, view.access);
  return view.step !== undefined && view.step >= lastStepOf(report);
}

/** The kernel reads; a program does with `user`. */
export function reads(linear: Linear, by: 'kernel' | 'program' | 'xen' = 'kernel'): AccessAction {
  const access = by === 'program' ? USER_READ : READ;
  return { kind: 'access', linear, access, ...(by === 'xen' && { xen: true as const }) };
}

/** The kernel writes 4 bytes. */
export function writes(linear: Linear, value: number): AccessAction {
  return { kind: 'access', linear, access: WRITE, value };
}

/** A register is loaded, or a page forgotten, by whoever may. */
export function loads(name: 'cr0' | 'cr3' | 'cr4' | 'efer', value: number): Action {
  return { kind: 'register', name, value };
}

export function forgets(linear: Linear): Action {
  return { kind: 'invlpg', linear };
}
