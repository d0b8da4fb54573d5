import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TOOL_FORMS, type ToolFormName } from '../../../src/render/index.ts';
import type { TableMode } from '../../../src/tables/index.ts';
import { GUESTS, guestOf } from './guests.ts';
import { bochsTab, qemuAnswer } from './record.ts';

/**
 * What the emulators themselves print of these guests, byte by byte. Recorded from Debian 12's QEMU 7.2 and Bochs 2.7 by
 * `RECORD=1 npx vitest run test/render/tools`, which needs both and nasm.
 */
const RECORDED = join(import.meta.dirname, 'recorded');
const MODES = Object.keys(GUESTS) as TableMode[];

interface Tool {
  readonly modes: readonly TableMode[];
  readonly ask: (mode: TableMode) => Promise<string>;
  /** What is peculiar to the tool, and not to be imitated. */
  readonly mend?: (text: string, mode: TableMode) => string;
}

const TOOLS: Partial<Record<ToolFormName, Tool>> = {
  'qemu-tlb': {
    modes: MODES,
    ask: (mode) => qemuAnswer(guestOf(mode), 'info tlb'),
    // NX, bit 63 of the entry, stays in the address.
    mend: (text, mode) => (mode === 'PAE' ? text.replace(/: 8/g, ': 0') : text),
  },
  // In 5-level paging QEMU takes present entries for absent ones, and prints nothing.
  'qemu-mem': {
    modes: ['32-bit', 'PAE', '4-level'],
    ask: (mode) => qemuAnswer(guestOf(mode), 'info mem'),
  },
  // In long mode Bochs 2.7 ends at 4 GiB.
  bochs: { modes: ['32-bit', 'PAE'], ask: (mode) => bochsTab(guestOf(mode)) },
};

for (const [tool, { modes, ask, mend }] of Object.entries(TOOLS)) {
  describe(`map --as ${tool}`, () => {
    for (const mode of modes) {
      const file = join(RECORDED, `${tool}-${mode}.txt`);
      it.runIf(process.env['RECORD'])(`is recorded, in ${mode} paging`, { timeout: 120_000 }, async () => {
        writeFileSync(file, await ask(mode));
      });

      it(`is what the tool itself prints, in ${mode} paging`, () => {
        const lines = [...TOOL_FORMS[tool as ToolFormName].lines(guestOf(mode))];
        const text = readFileSync(file, 'utf8').trimEnd();
        expect(lines).toEqual((mend?.(text, mode) ?? text).split('\n'));
        expect(lines.length).toBeGreaterThan(4);
      });
    }
  });
}
