/** Questions that lessons ask about a situation. */

import { type Access, type EntryFlag, READ, type WalkReport, type WalkStep, WRITE } from '../../index.ts';
import type { Linear } from '../linear.ts';
import type { Outcome, Session } from '../session.ts';
import type { Situation } from './lesson.ts';

/** The lessons' domain: 16 MiB from 0xc000_0000. */
export const KERNEL = 0xc000_0000;
export const DIRECTORY = 0xc0ff_f000;
export const FIRST_TABLE = 0xc0ff_e000;
export const LOWEST_TABLE = 0xc0ff_b000;
export const START_INFO = 0xc0ff_9000;
/** Inside Xen's direct map: its image. */
export const XEN = 0xfc50_0000;
/** Xen's own machine memory ends here. */
export const XEN_MEMORY_END = 0x2c0_0000;

export function pageOf(linear: Linear): number {
  return Math.floor(Number(linear) / 4096);
}

export function walkOf(session: Session, linear: Linear, access: Access = READ): WalkReport {
  return session.mmu.explain(linear, access);
}

/** The last entry that a walk reads. */
export function leafOf(session: Session, linear: number): WalkStep | undefined {
  return walkOf(session, linear).steps.at(-1);
}

export function flagOf(session: Session, linear: number, flag: EntryFlag): boolean {
  return leafOf(session, linear)?.flags.includes(flag) === true;
}

export function isWrite({ action }: Outcome): boolean {
  return action.kind === 'access' && action.access === WRITE;
}

/** Whether the kernel accessed a page and went through, or faulted. */
export function accessed(
  { since }: Situation,
  linear: number,
  wanted: { readonly access?: Access; readonly faults: boolean },
): boolean {
  return since.some(
    ({ action, fault }) =>
      action.kind === 'access' &&
      pageOf(action.linear) === pageOf(linear) &&
      (wanted.access === undefined || action.access === wanted.access) &&
      (fault !== undefined) === wanted.faults,
  );
}
