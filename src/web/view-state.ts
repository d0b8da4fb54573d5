/** What is looked at: everything on the page that is neither the machine nor what was done to it. */

import { type Access, READ } from '../index.ts';

/** A lesson in progress. */
export interface LessonPosition {
  readonly id: string;
  /** From 0; the number of steps once the lesson is done. */
  readonly step: number;
  /** Number of actions when the step began: only what is done after it counts. */
  readonly since: number;
  /** The step's task was done. It stays so, whatever is done afterwards. */
  readonly met: boolean;
}

export interface View {
  /** The address that is walked. */
  readonly linear: number;
  /** As what it is accessed. */
  readonly access: Access;
  /** The guest's segments end below Xen, and are asked first. */
  readonly limit: boolean;
  /** How far the walk is shown, from 0 (CR3 alone); undefined: to its end. */
  readonly step: number | undefined;
  /** The frame in the hex view; undefined: that of the walk's last entry. */
  readonly frame: number | undefined;
  /** The byte of that frame that is selected. */
  readonly offset: number;
  readonly lesson: LessonPosition | undefined;
  /** The lessons that were finished. */
  readonly done: readonly string[];
}

export const DEFAULT_VIEW: View = {
  linear: 0xc000_0000,
  access: READ,
  limit: false,
  step: undefined,
  frame: undefined,
  offset: 0,
  lesson: undefined,
  done: [],
};
