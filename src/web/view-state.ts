/** What is looked at: everything on the page that is neither the machine nor what was done to it. */

import { type Access, READ } from '../arch/index.ts';
import { ASKS, type AskName } from './asks.ts';
import type { InventorySheet } from './inventory-answers.ts';
import type { Linear } from './linear.ts';

/** The screens of the page. */
export const SCREENS = ['home', 'toy', 'work', 'exercises', 'inventory'] as const;
export type Screen = (typeof SCREENS)[number];

/** What stands below the drawing. */
export const PANELS = ['map', 'memory', 'tlb', 'machine', 'xen', 'history', 'files'] as const;
export type Panel = (typeof PANELS)[number];

/** How much of the page is shown: all, the drawing alone, or the drawing inside another page. */
export const FRAMES = ['whole', 'present', 'embed'] as const;
export type Frame = (typeof FRAMES)[number];

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
  readonly screen: Screen;
  readonly frame: Frame;
  /** What stands below the drawing. */
  readonly panel: Panel;
  /** The address that is walked. */
  readonly linear: Linear;
  /** As what it is accessed. */
  readonly access: Access;
  /** Xen makes the access, not its guest's kernel. */
  readonly xen: boolean;
  /** What a write puts there; undefined: the access is made without changing the bytes. */
  readonly value: number | undefined;
  /** The guest's segments end below Xen, and are asked first. */
  readonly limit: boolean;
  /** How far the walk is shown, from 0 (CR3 alone); undefined: to its end. */
  readonly step: number | undefined;
  /** What is to be asked of Xen. */
  readonly ask: AskName;
  /** The byte in the hex view; undefined: that of the walk's last entry. */
  readonly byte: number | undefined;
  readonly lesson: LessonPosition | undefined;
  /** Which form of the concept inventory is answered. */
  readonly inventory: InventorySheet;
}

export const DEFAULT_VIEW: View = {
  screen: 'home',
  frame: 'whole',
  panel: 'map',
  linear: 0xc000_0000,
  access: READ,
  xen: false,
  value: undefined,
  limit: false,
  step: undefined,
  ask: ASKS[0],
  byte: undefined,
  lesson: undefined,
  inventory: { form: 'pre', seed: 1 },
};
