/** A map in the words of other tools, so that habits and scripts keep working: the one place that names them. */

import type { Walkable } from '../../walk/index.ts';
import { qemuMemLines } from './qemu-mem.ts';
import { qemuTlbLines } from './qemu-tlb.ts';

/** The words of another tool. */
export interface ToolForm {
  /** Whose words, for help texts. */
  readonly summary: string;
  /** The map, line by line. */
  readonly lines: (source: Walkable) => Iterable<string>;
}

/** The name of a {@link ToolForm}, as the command line takes it. */
export type ToolFormName = 'qemu-tlb' | 'qemu-mem';

/** Every tool whose words are known. */
export const TOOL_FORMS: Readonly<Record<ToolFormName, ToolForm>> = {
  'qemu-tlb': { summary: "as QEMU's info tlb", lines: qemuTlbLines },
  'qemu-mem': { summary: "as QEMU's info mem", lines: qemuMemLines },
};
