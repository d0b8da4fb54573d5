/** The published truth tables of PAE and long mode, run in Bochs, QEMU and v86 by the ROM: `npm run test:bochs -- --tables`. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CR4_PKE, CR4_PKS, CR4_PSE } from '../../src/arch/index.ts';
import { cr4Bits } from '../../src/arch/registers.ts';
import type { CpuFeatures } from '../../src/mmu/index.ts';
import {
  SectionPaths,
  type WideCase,
  type WideOutcome,
  type WidePath,
  type WideTable,
} from '../../src/vectors/index.ts';
import type { Group, GroupedCase } from './cases.ts';
import { compareCase, type Difference } from './compare.ts';
import { DEVIATIONS, type Deviation } from './deviations.ts';
import { type EmulatorName, runBoot } from './emulators.ts';
import { bootImage } from './image.ts';
import { FETCH_OFFSET } from './layout.ts';
import { MACHINES, type Machine } from './machines.ts';
import { OurMachine } from './ours.ts';
import { enter } from './parts.ts';
import { type Operation, packStream, unpackReports } from './stream.ts';

/** A combination as a case of the ROM. */
interface TableCase extends GroupedCase {
  readonly path: WidePath;
  readonly state: WideCase;
  /** What the table says. */
  readonly expected: WideOutcome;
}

/** A machine's answers to a table. */
export interface TableRun {
  readonly machine: Machine;
  readonly mode: WideTable['mode'];
  readonly cases: number;
  readonly agreed: number;
  /** By known deviation: how often, and the first combination that showed it. */
  readonly deviations: ReadonlyMap<Deviation, { count: number; readonly first: string }>;
  /** What no known deviation explains. */
  readonly unexplained: readonly string[];
  readonly stopped: string | undefined;
}

/** The machines that can run a table. */
export const TABLE_MACHINES: readonly TableMachine[] = MACHINES.flatMap((machine): TableMachine[] => {
  const { world, features, emulator } = machine;
  // Of the boots without long mode, one for each emulator, with the most features.
  if (world === '32-bit') return emulator === 'v86' || features.nx ? [['PAE', machine]] : [];
  return [[world, machine]];
});
type TableMachine = readonly [mode: WideTable['mode'], machine: Machine];

/** The addresses of tables and pages in the tables are those of the ROM's arena, so that it can run them as they are. */
export function readTable(mode: WideTable['mode']): WideTable {
  const file = new URL(`../../vectors/truth-table-${mode}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as WideTable;
}

/** About `most` combinations that the CPU can run, spread over the table. */
export function tableCases(table: WideTable, { emulator, features }: Machine, most: number): TableCase[] {
  const found: TableCase[] = [];
  const [main] = Object.keys(table.cpus);
  const isPossible = (state: WideCase): boolean =>
    state.cpu === main && canEnter(features, state) && state.who !== 'implicit';
  const all = table.sections.reduce(
    (sum, { cases, uppers, leaves }) => sum + cases.filter(isPossible).length * uppers.length * leaves.length,
    0,
  );
  // Odd, so that it shares no factor with most lengths of the lists.
  const every = Math.max(1, Math.floor(all / most)) | 1;
  let next = 0;
  for (const section of table.sections) {
    const paths = new SectionPaths(table.mode, section);
    for (const state of section.cases) {
      if (!isPossible(state)) continue;
      for (let upper = 0; upper < section.uppers.length; upper++) {
        const first = (every - (next % every)) % every;
        next += section.leaves.length;
        for (let leaf = first; leaf < section.leaves.length; leaf += every) {
          // A page above 64 GiB is nowhere in the ROM's machines.
          if (((BigInt(section.leaves[leaf]!) >> 36n) & 0xfn) !== 0n) continue;
          const path = paths.at(upper, leaf);
          const expected = section.outcomes[section.rows[section.plans[state.plan]![upper]!]![leaf]!]!;
          found.push({
            ...caseOf(table, state, path, emulator, features, found.length),
            path,
            state,
            expected,
          });
        }
      }
    }
  }
  return found;
}

function canEnter(cpu: CpuFeatures, { cr4, efer }: WideCase): boolean {
  return (Number(cr4) & ~cr4Bits(cpu)) === 0 && (cpu.nx === true || (Number(efer) & 0x800) === 0);
}

function caseOf(
  table: WideTable,
  state: WideCase,
  { linear, entries }: WidePath,
  emulator: EmulatorName,
  cpu: CpuFeatures,
  index: number,
): GroupedCase {
  // v86 takes the ROM's own large pages away without CR4.PSE, which means nothing to PAE.
  const cr4 = Number(state.cr4) | (emulator === 'v86' ? CR4_PSE : 0);
  const fetch = state.access === 'fetch';
  const keys = (register: 'pkru' | 'pkrs', mask: number): Operation[] =>
    (cr4 & mask) === 0 ? [] : [{ op: 'set', register, value: BigInt(state[register]) }];
  return {
    index,
    group: groupOf(table.mode, cr4),
    operations: [
      ...entries.map(({ physical, value }): Operation => ({ op: 'poke', physical, value, bytes: 8 })),
      ...enter(
        { cr0: Number(state.cr0), cr4, nxe: (Number(state.efer) & 0x800) !== 0 },
        cpu,
        BigInt(table.cr3),
      ),
      ...keys('pkru', CR4_PKE),
      ...keys('pkrs', CR4_PKS),
      {
        op: 'access',
        instruction: state.access,
        bytes: 4,
        cpl: state.who === 'user' ? 3 : 0,
        ac: state.ac,
        // Where the ROM's arena has an instruction to fetch.
        linear: fetch ? (linear & ~0xfffn) | BigInt(FETCH_OFFSET) : linear,
        value: 0x1234_5678n,
      },
      { op: 'check' },
    ],
  };
}

function groupOf(mode: WideTable['mode'], cr4: number): Group {
  if ((cr4 & CR4_PKS) !== 0) return 'protection keys (PKS)';
  return (cr4 & CR4_PKE) !== 0 ? 'protection keys (PKU)' : mode;
}

/** Runs combinations of a table in an emulator. What must come is what our Mmu does, which the tests hold to the table. */
export async function runTable(mode: WideTable['mode'], machine: Machine, most: number): Promise<TableRun> {
  const { emulator, cpuName, world, features } = machine;
  const cases = tableCases(readTable(mode), machine, most);
  const { settings, image } = bootImage(world, features.nx === true);
  const stream = packStream(settings, image, cases);
  const word = world === '32-bit' ? 32 : 64;
  const timeoutSeconds = 30 + cases.length / 40;
  const report = unpackReports(await runBoot({ emulator, cpu: cpuName, word, stream, timeoutSeconds }));
  const ours = new OurMachine(settings, image, features);
  const known = DEVIATIONS.filter((one) => one.emulator === emulator);
  const deviations = new Map<Deviation, { count: number; first: string }>();
  const unexplained: string[] = [];
  let [compared, agreed] = [0, 0];
  for (const one of cases) {
    const theirs = report.cases.get(one.index);
    if (theirs === undefined) continue;
    compared++;
    const our = ours.run(one);
    let isSame = true;
    const met = new Set<Deviation>();
    const explain = (difference: Difference): Deviation | undefined => {
      isSame = false;
      const deviation = known.find((each) => each.explains({ difference, one, ours: our }));
      if (deviation === undefined) unexplained.push(exampleText(one, difference));
      else {
        const seen = deviations.get(deviation) ?? { count: 0, first: exampleText(one, difference) };
        if (!met.has(deviation)) seen.count++;
        met.add(deviation);
        deviations.set(deviation, seen);
      }
      return deviation;
    };
    compareCase(one, our, theirs, (physical) => ours.pristine(physical), explain);
    if (isSame) agreed++;
  }
  const stopped = report.complete ? undefined : (report.stopped ?? 'unknown');
  return { machine, mode, cases: compared, agreed, deviations, unexplained, stopped };
}

/** A combination in numbers, as a report to the emulator's authors needs it. */
function exampleText({ path, state, operations }: TableCase, { field, ours, theirs }: Difference): string {
  const { cr0, cr4, efer, ac, pkru, pkrs, who, access } = state;
  const keys = (Number(cr4) & (CR4_PKE | CR4_PKS)) === 0 ? '' : `, PKRU ${pkru}, PKRS ${pkrs}`;
  const entries = path.entries.map(({ physical, value }) => `${hex(physical)}: ${hex(value)}`).join(', ');
  const done = operations.find((one) => one.op === 'access')!;
  return `CR0 ${cr0}, CR4 ${cr4}, EFER ${efer}${ac ? ', EFLAGS.AC' : ''}${keys}; entries ${entries}; ${who} ${access} of ${hex((done as { linear: bigint }).linear)}: ${field} ${theirs}, not ${ours}`;
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** The results as the Markdown page `docs/truth-tables.md`. */
export function tablePage(
  runs: readonly TableRun[],
  versions: Readonly<Record<EmulatorName, string>>,
  most: number,
): string {
  const number = (n: number): string => n.toLocaleString('en');
  const name = ({ emulator, cpuName }: Machine): string =>
    emulator === cpuName ? emulator : `${emulator} ${cpuName}`;
  const seen = DEVIATIONS.filter((one) => runs.some(({ deviations }) => deviations.has(one)));
  return [
    '# The truth tables in other emulators',
    '',
    'Combinations of the [published truth tables](../vectors/README.md#pae-4-level-and-5-level-paging), evenly spread, run in Bochs, QEMU (TCG) and',
    'v86 by [a ROM](../test/differential/README.md). Compared: exception, error code, CR2, the value read, and every accessed and dirty bit. Written by the run:',
    '',
    '```sh',
    `npm run test:bochs -- --tables --cases ${most}`,
    '```',
    '',
    `Bochs ${versions.bochs}, QEMU ${versions.qemu}, v86 ${versions.v86}.`,
    '',
    '| emulator | table | combinations | as the table says | differ |',
    '|---|---|--:|--:|--:|',
    ...runs.map(
      ({ machine, mode, cases, agreed }) =>
        `| ${name(machine)} | ${mode} | ${number(cases)} | ${number(agreed)} | ${number(cases - agreed)} |`,
    ),
    '',
    '## Where they differ',
    '',
    'Each with how often it was seen, and with one combination: registers, 64-bit entries by their physical addresses, the access, and what came of it',
    'instead of what the manual says. None of them is a matter of taste: the cited section decides.',
    '',
    ...seen.flatMap((deviation) => {
      const found = runs.flatMap((run) => {
        const one = run.deviations.get(deviation);
        return one === undefined
          ? []
          : [`- ${name(run.machine)}, ${run.mode}: ${number(one.count)} combinations. ${one.first}`];
      });
      return [`### ${deviation.emulator}: ${deviation.name}`, '', deviation.reason, '', ...found, ''];
    }),
    ...runs
      .filter(({ unexplained, stopped }) => unexplained.length > 0 || stopped !== undefined)
      .flatMap(({ machine, mode, unexplained, stopped }) => [
        `### ${name(machine)}, ${mode}: not yet understood`,
        '',
        ...(stopped === undefined ? [] : [`- The ROM stopped: ${stopped}`]),
        `- ${number(unexplained.length)} differences. ${unexplained[0] ?? ''}`,
        '',
      ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
