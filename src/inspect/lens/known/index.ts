/** The lenses that come along. */

import type { Lens } from '../lens.ts';
import { LINUX } from './linux.ts';
import { WINDOWS } from './windows.ts';
import { XEN } from './xen.ts';
import { XV6 } from './xv6.ts';

/** By name. */
export const LENSES: Readonly<Record<'linux' | 'windows' | 'xv6' | 'xen', Lens>> = {
  linux: LINUX,
  windows: WINDOWS,
  xv6: XV6,
  xen: XEN,
};
