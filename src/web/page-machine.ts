/** A machine as the page knows it: with what lies where, and whose each part is. */

import type { Machine } from '../machine/index.ts';
import type { TableMode } from '../tables/index.ts';
import type { Linear } from './linear.ts';

/** In the order in which they are explained. */
export const ROLES = [
  'kernel',
  'initrd',
  'program',
  'free',
  'start_info',
  'table',
  'directory',
  'shared_info',
  'xen',
  'spare',
] as const;
export type Role = (typeof ROLES)[number];

/** An area as whoever builds a machine names it: by addresses. */
export interface NamedArea {
  readonly name: string;
  readonly role: Role;
  readonly parts: readonly {
    readonly name: string;
    readonly role: Role;
    readonly start: Linear;
    readonly bytes: number;
  }[];
}

/** Where things lie in the address space. */
export interface PlainLayout {
  /** Where the kernel sees physical address 0, and from there all RAM. */
  readonly direct: Linear;
  readonly code: number;
  readonly data: number;
  /** First page behind the data: not mapped until somebody asks for it. */
  readonly more: number;
  readonly heap: number;
  readonly large: number;
  readonly stack: Linear;
}

/** What a page of the plain machine knows of itself. */
export interface PlainMachine {
  readonly layout: PlainLayout;
  readonly mode: TableMode;
  /** Frames of each part, in the order of their addresses. */
  readonly frames: Readonly<Record<'code' | 'data' | 'heap' | 'stack' | 'spare', readonly number[]>>;
  /** The topmost tables: the program's, and after a fork its child's. */
  readonly roots: readonly number[];
}

/** A machine as a session finds it, with what the page knows of it beside. */
export interface PageMachine extends Machine {
  /** What lies where, if it is not a domain's layout. */
  readonly areas?: readonly NamedArea[];
  /** What a link holds of it, if it comes out of one. */
  readonly link?: string;
  /** Its parts, if the page has built it without Xen. */
  readonly plain?: PlainMachine;
}

/** Frames that Xen keeps: the 44 MiB of machine memory that it maps directly. */
export const XEN_FRAMES = 0x2c00;
/** Frames that the kernel itself takes: its code and data. */
export const KERNEL_FRAMES = 256;
/** Large pages lie at a multiple of 4 MiB, from here. */
export const LARGE_AT = 16 * 2 ** 20;
export const LARGE_BYTES = 4 * 2 ** 20;
