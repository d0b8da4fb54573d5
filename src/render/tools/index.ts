/** A map in the words of other tools, so that habits and scripts keep working: the one place that names them. */

import type { Walkable } from '../../walk/index.ts';
import { bochsLines } from './bochs.ts';
import { crashLines } from './crash.ts';
import { gdbPtDumpLines } from './gdb-pt-dump.ts';
import { linuxPtdumpLines } from './linux-ptdump.ts';
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
export type ToolFormName = 'qemu-tlb' | 'qemu-mem' | 'bochs' | 'gdb-pt-dump' | 'linux-ptdump' | 'crash';

/** Every tool whose words are known. */
export const TOOL_FORMS: Readonly<Record<ToolFormName, ToolForm>> = {
  'qemu-tlb': { summary: "as QEMU's info tlb", lines: qemuTlbLines },
  'qemu-mem': { summary: "as QEMU's info mem", lines: qemuMemLines },
  bochs: { summary: "as Bochs's info tab", lines: bochsLines },
  'gdb-pt-dump': { summary: "as gdb-pt-dump's pt", lines: gdbPtDumpLines },
  'linux-ptdump': { summary: "as Linux's debugfs page_tables", lines: linuxPtdumpLines },
  crash: { summary: "as crash's vtop of every page", lines: crashLines },
};
