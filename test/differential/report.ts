/** The results of a round as the Markdown page `docs/differential.md`. */

import type { Group } from './cases.ts';
import { DEVIATIONS } from './deviations.ts';
import type { EmulatorName } from './emulators.ts';
import type { BootResult } from './round.ts';

export interface ReportInput {
  readonly results: readonly BootResult[];
  readonly versions: Readonly<Record<EmulatorName, string>>;
  readonly seed: number;
  readonly cases: number;
  readonly boots: number;
}

interface Sum {
  cases: number;
  accesses: number;
  agreed: number;
  deviated: number;
}

/** @returns the page, ending in a newline. */
export function markdownReport({ results, versions, seed, cases, boots }: ReportInput): string {
  const lines = [
    '# Live differential',
    '',
    'Random page tables, control registers and accesses, replayed on this project, in Bochs, QEMU (TCG) and v86 by a',
    'small ROM ([how it works](../test/differential/README.md)). Compared for every access: vector, error code, CR2,',
    'the value read, and every byte of the memory that holds tables and data, so all accessed and dirty bits too.',
    '',
    `Bochs ${versions.bochs}, QEMU ${versions.qemu}, v86 ${versions.v86}; seed ${seed}, ${boots} ${boots === 1 ? 'boot' : 'boots'} of up to ${cases} cases for each machine.`,
    'This page is written by the run:',
    '',
    '```sh',
    `npm run test:bochs -- --seed ${seed} --cases ${cases} --boots ${boots}`,
    '```',
    '',
    '"Agree" counts cases in which nothing differs but known deviations of the emulator, listed below; "deviate" counts',
    'those of them in which a deviation was seen. A dash means that the emulator lacks the feature,',
    'or that such cases would take from the ROM the mapping that it runs on.',
    '',
    '| cases about | Bochs: cases | accesses | agree | deviate | QEMU: cases | accesses | agree | deviate | v86: cases | accesses | agree | deviate |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...groupsOf(results).map((group) => groupRow(group, results)),
    totalRow(results),
    '',
    '## Machines',
    '',
    '| emulator | CPU | boots | cases | seconds | paging features it lacks |',
    '|---|---|---|--:|--:|---|',
    ...machineRows(results),
    '',
    'Bochs and QEMU address 40 physical bits. By these CPUs, 5-level paging and keys for supervisor pages (PKS) are compared',
    'with QEMU alone, PCID and INVPCID with Bochs alone.',
    '',
    '## Known deviations of the emulators',
    '',
    'Each is a predicate in [deviations.ts](../test/differential/deviations.ts), and expected: one that is no longer seen',
    'in its version fails the run.',
    '',
    '| name | emulator | seen | what differs |',
    '|---|---|--:|---|',
    ...DEVIATIONS.map((deviation) => {
      const seen = results.reduce((sum, { deviations }) => sum + (deviations.get(deviation) ?? 0), 0);
      return `| ${deviation.name} | ${deviation.emulator} ${deviation.version} | ${seen} | ${deviation.reason} |`;
    }),
    '',
  ];
  return lines.join('\n');
}

function groupsOf(results: readonly BootResult[]): Group[] {
  return [...new Set(results.flatMap(({ groups }) => [...groups.keys()]))];
}

function sum(results: readonly BootResult[], emulator: EmulatorName, groups: readonly Group[]): Sum {
  const total: Sum = { cases: 0, accesses: 0, agreed: 0, deviated: 0 };
  for (const result of results) {
    if (result.emulator !== emulator) continue;
    for (const group of groups) {
      const one = result.groups.get(group);
      if (one === undefined) continue;
      total.cases += one.cases;
      total.accesses += one.accesses;
      total.agreed += one.agreed;
      total.deviated += one.deviated;
    }
  }
  return total;
}

function cells({ cases, accesses, agreed, deviated }: Sum): string {
  return cases === 0 ? '– | – | – | –' : `${cases} | ${accesses} | ${agreed} | ${deviated}`;
}

const EMULATORS: readonly EmulatorName[] = ['bochs', 'qemu', 'v86'];

function groupRow(group: Group, results: readonly BootResult[]): string {
  return `| ${group} | ${EMULATORS.map((one) => cells(sum(results, one, [group]))).join(' | ')} |`;
}

function totalRow(results: readonly BootResult[]): string {
  const groups = groupsOf(results);
  return `| **all** | ${EMULATORS.map((one) => cells(sum(results, one, groups))).join(' | ')} |`;
}

function machineRows(results: readonly BootResult[]): string[] {
  const machines = new Map<string, BootResult[]>();
  for (const result of results) {
    const key = `| ${result.emulator} | \`${result.cpuName}\` | ${result.world} |`;
    machines.set(key, [...(machines.get(key) ?? []), result]);
  }
  return [...machines].map(([key, list]) => {
    const cases = list.reduce(
      (total, { groups }) => total + [...groups.values()].reduce((n, g) => n + g.cases, 0),
      0,
    );
    const seconds = list.reduce((total, result) => total + result.seconds, 0).toFixed(0);
    return `${key} ${cases} | ${seconds} | ${list[0]?.absent.join(', ') || 'none'} |`;
  });
}
