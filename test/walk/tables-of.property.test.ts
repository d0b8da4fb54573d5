import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READ } from '../../src/mmu/index.ts';
import { entriesOf, type TableInfo, tablesOf } from '../../src/walk/index.ts';
import {
  FRAMES,
  mmuOf,
  type RandomMachine,
  randomLinear,
  randomMemory,
  randomUnmaskedMachine,
} from '../support/arbitraries.ts';

const ALL = { writable: true, user: true, executable: true };
/** Levels times combinations of rights, for every entry in RAM, since some lead to any address at all; and the root. */
const MOST_TABLES = 5 * 8 * (FRAMES * 1024 + 1);

function sameTable(a: TableInfo, address: number, depth: number, rights: unknown): boolean {
  return a.address === address && a.depth === depth && JSON.stringify(a.rights) === JSON.stringify(rights);
}

describe('tablesOf', () => {
  it('tells every table and entry that a walk passes, with the rights that it has there', () => {
    const cases = randomUnmaskedMachine.chain((machine) =>
      fc.tuple(fc.constant(machine), fc.array(randomLinear(machine.mode), { minLength: 1, maxLength: 20 })),
    );
    fc.assert(
      fc.property(cases, ([machine, addresses]) => {
        const mmu = mmuOf(randomMemory(machine), machine);
        const tables = [...tablesOf(mmu)];
        for (const linear of addresses) {
          const { steps } = mmu.explain(linear, READ);
          let rights: unknown = ALL;
          for (const [depth, step] of steps.entries()) {
            const table = tables.find((found) => sameTable(found, step.tableAddress, depth, rights));
            expect(table, `${step.kind} table at ${step.tableAddress.toString(16)}`).toBeDefined();
            const entry = entriesOf(mmu, table!).find(({ index }) => index === step.index);
            if (step.leadsTo === 'not-present') expect(entry).toBeUndefined();
            else {
              const { leadsTo, target, rights: after, entry: value, entryAddress: address } = step;
              expect(entry).toMatchObject({ leadsTo, target, rights: after, value, address });
            }
            rights = step.rights;
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tells each once, by the first address that leads to it, and ends whatever the tables', () => {
    fc.assert(
      fc.property(randomUnmaskedMachine, (machine: RandomMachine) => {
        const mmu = mmuOf(randomMemory(machine), machine);
        const seen = new Set<string>();
        for (const table of tablesOf(mmu)) {
          const key = JSON.stringify([table.address, table.depth, table.rights]);
          expect(seen.has(key)).toBe(false);
          seen.add(key);
          expect(seen.size).toBeLessThan(MOST_TABLES);
          const step = mmu.explain(table.start, READ).steps[table.depth];
          expect(step).toMatchObject({ tableAddress: table.address, kind: table.level.kind });
          if (table.depth > 0)
            expect(mmu.explain(table.start, READ).steps[table.depth - 1]?.entryAddress).toBe(table.parent);
        }
      }),
      { numRuns: 40 },
    );
  });
});
