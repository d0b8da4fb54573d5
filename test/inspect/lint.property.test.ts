import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINT_RULE_NAMES, type LintFinding, type LintRuleName, lintTables } from '../../src/inspect/index.ts';
import { READ, USER_READ, USER_WRITE, type WalkReport } from '../../src/mmu/index.ts';
import { contextOf, explainWalk, type WalkContext } from '../../src/walk/index.ts';
import { FRAMES, mmuOf, randomLinear, randomUnmaskedMachine, sparseMemory } from '../support/arbitraries.ts';

const RAM = FRAMES * 4096;

/** The last address of a place that has the same page as its end. */
const lastOf = ({ end }: { end: number | bigint }): bigint => BigInt(end) - 1n;

/** Where an address leads, rights left aside; undefined where no walk gets to a page. */
function pageAt(context: WalkContext, linear: number | bigint): WalkReport['steps'][number] | undefined {
  const last = explainWalk(context, linear, READ).steps.at(-1);
  return last?.leadsTo === 'page' ? last : undefined;
}

function physicalAt(context: WalkContext, linear: number | bigint): number | undefined {
  const page = pageAt(context, linear);
  return page && page.target! + Number(BigInt.asUintN(page.shift, BigInt(linear)));
}

/** The tables that a walk reads. */
const tablesOn = ({ steps }: WalkReport): number[] => steps.map(({ tableAddress }) => tableAddress);

/** What each rule claims, asked of a walk. @returns What the walk denies. */
const CLAIMS: Readonly<Record<LintRuleName, (context: WalkContext, finding: LintFinding) => unknown>> = {
  'table-writable-by-user': (context, { start, access, physical, other }) => {
    const write = explainWalk(context, start, USER_WRITE);
    if (access === USER_WRITE && !write.ok) return write.fault;
    if (access === undefined && (write.ok || write.fault.reason !== 'protection-key')) return write;
    const target = physicalAt(context, start);
    if (target === undefined || Math.floor(target / 4096) !== Math.floor(physical! / 4096)) return target;
    return tablesOn(explainWalk(context, other!.start, READ)).includes(physical!) || 'no table of any walk';
  },
  'user-kernel-page': (context, { start, end, access }) => {
    const reports = [start, lastOf({ end })].map((linear) => explainWalk(context, linear, USER_READ));
    if ((access === undefined) === reports[0]!.ok) return reports[0];
    const kernel = context.cr4 & 0x20 && context.efer & 0x400 ? 2n ** 63n : 0xc000_0000n;
    if (BigInt(start) < kernel) return 'not in the kernel';
    return reports.every(
      (report) => report.steps.at(-1)!.leadsTo === 'page' && report.steps.at(-1)!.rights.user,
    );
  },
  'writable-executable': (context, { start, end }) =>
    [start, lastOf({ end })].every((linear) => {
      const rights = pageAt(context, linear)?.rights;
      return rights?.writable && rights.executable;
    }),
  'executable-data': (context, { start }) => pageAt(context, start)?.rights.executable,
  'alias-rights': (context, { start, end, physical, other }) => {
    const [a, b] = [start, other!.start].map((linear) => pageAt(context, linear)?.rights);
    if (physicalAt(context, start) !== physical || physicalAt(context, other!.start) !== physical)
      return [a, b];
    if (physicalAt(context, lastOf({ end })) !== physicalAt(context, lastOf(other!)))
      return 'the ends differ';
    return JSON.stringify(a) !== JSON.stringify(b);
  },
  'alias-cache': (context, { start, physical, other }) => {
    const types = [start, other!.start].map((linear) => typeAt(context, linear));
    if (physicalAt(context, start) !== physical || physicalAt(context, other!.start) !== physical)
      return types;
    return types[0] !== types[1] || types[0] === undefined;
  },
  'reserved-bits': (context, { start, entryAddress, text }) => {
    const report = explainWalk(context, start, READ);
    const bits = report.steps.at(-1)!.reservedBits.join(', ');
    if (report.ok || report.fault.reason !== 'reserved-bit') return report;
    return report.steps.at(-1)!.entryAddress === entryAddress && text.includes(bits);
  },
  'outside-ram': (context, { start, physical, entryAddress }) => {
    if (physical! < RAM) return 'RAM is there';
    const { steps } = explainWalk(context, start, READ);
    if (steps.some((step) => step.target === physical || step.tableAddress === physical)) return true;
    return physicalAt(context, start) === physical || entryAddress;
  },
  'table-shared': (context, { start, physical, entryAddress, other }) => {
    const walks = [start, other!.start].map((linear) => explainWalk(context, linear, READ));
    const users = walks.map(({ steps }) =>
      steps.filter((step) => step.target === physical).map((step) => step.entryAddress),
    );
    return users[0]!.includes(entryAddress) && users[1]!.includes(other!.entryAddress);
  },
  'recursive-slot': (context, { start, physical }) => {
    const tables = tablesOn(explainWalk(context, start, READ));
    return tables.indexOf(physical!) !== tables.lastIndexOf(physical!);
  },
};

function typeAt(context: WalkContext, linear: number | bigint): string | undefined {
  // With every right, so that the walk tells the type of a page that it would refuse.
  const report = explainWalk(
    { ...context, cr0: context.cr0 & ~0x1_0000, cr4: context.cr4 & ~0x70_0000 },
    linear,
    READ,
  );
  return report.ok ? report.memoryType : undefined;
}

describe('lintTables', () => {
  it('claims nothing that a walk denies, in any mode', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(randomUnmaskedMachine, (machine) => {
        const context = contextOf(mmuOf(sparseMemory(machine), machine));
        const data = [{ start: 0, end: 2 ** 32, name: 'data' }];
        for (const finding of lintTables(context, { data, limit: 12 })) {
          seen.add(finding.rule);
          const denied = CLAIMS[finding.rule](context, finding);
          if (denied !== true) expect(denied, `${finding.rule}: ${finding.text}`).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
    expect(seen.size).toBeGreaterThan(LINT_RULE_NAMES.length - 3);
  });

  it('misses nothing that walks come upon', () => {
    const cases = randomUnmaskedMachine.chain((machine) =>
      fc.tuple(fc.constant(machine), fc.array(randomLinear(machine.mode), { minLength: 10, maxLength: 40 })),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(cases, ([machine, addresses]) => {
        const context = contextOf(mmuOf(sparseMemory(machine), machine));
        let complete = true;
        const onIncomplete = (): void => {
          complete = false;
        };
        const findings = lintTables(context, { limit: 1e6, onIncomplete });
        fc.pre(complete);
        const expectOne = (rule: LintRuleName, matches: (finding: LintFinding) => unknown): void => {
          seen.add(rule);
          if (!findings.some((finding) => finding.rule === rule && matches(finding)))
            expect.fail(`${rule} is missing`);
        };
        const walks = addresses.map((linear) => explainWalk(context, linear, READ));
        const tables = new Set(walks.flatMap(tablesOn).filter((table) => table < RAM));
        for (const walk of walks) {
          const last = walk.steps.at(-1);
          if (last?.leadsTo === 'reserved-bit' && last.source === 'ram')
            expectOne('reserved-bits', ({ entryAddress }) => entryAddress === last.entryAddress);
          const turn = tablesOn(walk).findIndex((table, i, all) => table < RAM && all.indexOf(table) < i);
          if (turn > 0)
            expectOne(
              'recursive-slot',
              ({ entryAddress }) => entryAddress === walk.steps[turn - 1]!.entryAddress,
            );
          if (last?.leadsTo !== 'page') continue;
          const physical = physicalAt(context, walk.linear)!;
          const { writable, user, executable } = last.rights;
          if (writable && executable && context.efer & 0x800 && machine.mode !== '32-bit')
            expectOne('writable-executable', (finding) => holds(finding, walk.linear));
          if (physical >= RAM) expectOne('outside-ram', (finding) => holds(finding, walk.linear));
          if (writable && user) {
            for (const table of tables) {
              if (Math.floor(table / 4096) === Math.floor(physical / 4096))
                expectOne('table-writable-by-user', (finding) => finding.physical === table);
            }
          }
          for (const other of walks) {
            const frame = Math.floor(physical / 4096) * 4096;
            if (other.steps.at(-1)?.leadsTo !== 'page') continue;
            if (Math.floor(physicalAt(context, other.linear)! / 4096) * 4096 !== frame) continue;
            if (JSON.stringify(other.steps.at(-1)!.rights) !== JSON.stringify(last.rights)) {
              expectOne('alias-rights', ({ physical: from, start, end }) => {
                return frame >= from! && frame < from! + Number(BigInt(end) - BigInt(start));
              });
            }
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(seen.size).toBeGreaterThan(3);
  });
});

function holds({ start, end }: LintFinding, linear: number | bigint): boolean {
  return linear >= start && linear < end;
}
