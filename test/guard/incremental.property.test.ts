/** After any write to a table, the layout judged where it may have changed equals the layout judged anew. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGING_MODES } from '../../src/arch/index.ts';
import { subjectOf } from '../../src/claims/check-layout.ts';
import { allOf, hidden, noWritableAlias, readOnly } from '../../src/claims/index.ts';
import { judge } from '../../src/claims/judge.ts';
import { LayoutWatch } from '../../src/guard/layout-watch.ts';
import { contextOf } from '../../src/walk/index.ts';
import { allClaims, DATA_FRAMES, MODES, machineOf, smallKernel, TEXT } from '../claims/layout.ts';

const write = fc.record({
  table: fc.nat(8),
  index: fc.oneof(fc.constantFrom(0, 1, 2, 3, 8, 9, 0x300, 0x301, 0x380), fc.nat(511)),
  entry: fc.oneof(
    fc.nat(11).map((bit) => ({ flip: 1 << bit })),
    fc.constant({ set: 0 }),
    { weight: 3, arbitrary: fc.constant('undo' as const) },
    // Frames 1 to 8 are tables: pages that lead to them, tables that are linked elsewhere, and to themselves.
    fc.tuple(fc.nat(9), fc.constantFrom(1, 3, 7, 5, 0x61, 0x83)).map(([frame, flags]) => ({
      set: (frame << 12) | flags,
    })),
    fc.tuple(fc.integer({ min: 0x100, max: 0x210 }), fc.constantFrom(1, 3, 7)).map(([frame, flags]) => ({
      set: (frame << 12) | flags,
    })),
  ),
});

describe('LayoutWatch', () => {
  it('finds after every write what a judgement of everything finds', () => {
    const seen = { broken: 0, mended: 0, kept: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...MODES),
        fc.array(write, { minLength: 6, maxLength: 14, size: 'max' }),
        (mode, writes) => {
          const kernel = smallKernel(mode);
          const { memory, mapper } = kernel;
          const machine = machineOf(kernel);
          const { entryBytes } = PAGING_MODES[mode];
          const tables = [...mapper.tableFrames];
          const claims = [
            ...allClaims(mode),
            noWritableAlias(DATA_FRAMES),
            readOnly([0x100, 0x101]),
            hidden('tables', [TEXT, 0xd000_0000]),
            allOf([readOnly('tables'), noWritableAlias('tables')]),
          ];
          const watch = new LayoutWatch(contextOf(machine), claims);
          let last: { readonly address: number; readonly word: number } | undefined;
          for (const { table, index, entry } of writes) {
            const isUndo = entry === 'undo' && last !== undefined;
            const at = tables[table % tables.length]! * 4096 + (index % (4096 / entryBytes)) * entryBytes;
            const address = isUndo ? last!.address : at;
            const frame = Math.floor(address / 4096);
            const before = [
              memory.loadWord(address),
              entryBytes === 8 ? memory.loadWord(address + 4) : 0,
            ] as const;
            const word = isUndo
              ? last!.word
              : entry === 'undo'
                ? 0
                : 'set' in entry
                  ? entry.set
                  : before[0] ^ entry.flip;
            memory.storeWord(address, word);
            last = { address, word: before[0] };
            const after = [memory.loadWord(address), before[1]] as const;
            // PDPTEs of PAE are registers.
            if (mode === 'PAE' && frame === tables[0]) {
              memory.storeWord(address, before[0]);
              continue;
            }
            const context = contextOf(machine);
            const was = watch.findings;
            watch.changed(context, [{ address, before, after }]);
            const subject = subjectOf(context);
            const whole = claims.map((claim) => judge(claim, subject));
            expect(watch.findings).toEqual(whole);
            for (const [i, found] of whole.entries()) {
              if (found === undefined) seen[was[i] === undefined ? 'kept' : 'mended']++;
              else if (was[i] === undefined) seen.broken++;
            }
          }
        },
      ),
      { numRuns: 40 },
    );
    expect(Math.min(seen.broken, seen.mended, seen.kept)).toBeGreaterThan(3);
  });
});
