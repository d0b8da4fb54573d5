/** docs/fidelity.md: every feature in this project, Bochs, QEMU and v86, each cell with what it stands on. */

import { CPU_FEATURE_NEEDS } from '../../../src/arch/cpu-features.ts';
import { DEVIATIONS } from '../deviations.ts';
import type { EmulatorName } from '../emulators.ts';
import { MACHINES } from '../machines.ts';
import type { BootResult } from '../round.ts';
import { PROBES } from './probes.ts';
import { ROWS, type Row } from './rows.ts';
import type { ProbeRun } from './run-probes.ts';

export interface PageInput {
  readonly versions: Readonly<Record<EmulatorName, string>>;
  readonly probes: Readonly<Record<EmulatorName, ProbeRun>>;
  /** Of the random differential. */
  readonly results: readonly BootResult[];
  readonly seed: number;
  readonly cases: number;
}

const EMULATORS: readonly EmulatorName[] = ['bochs', 'qemu', 'v86'];

/** Differences that the architecture allows: a TLB may forget, so a stale or global entry need not be seen. */
const LEGAL = new Set(['stale', 'global']);

/** @returns the page, ending in a newline. */
export function fidelityPage(input: PageInput): string {
  const { versions, seed, cases } = input;
  return [
    '# Fidelity',
    '',
    'What this project, Bochs, QEMU (TCG) and v86 do of x86 paging, measured on the machine that wrote this page:',
    '',
    '```sh',
    `npm run test:bochs -- --fidelity --seed ${seed} --cases ${cases}`,
    '```',
    '',
    `Bochs ${versions.bochs}, QEMU ${versions.qemu}, v86 ${versions.v86}. "As the manual" is what the Intel manual (SDM 3A chapter 4) says.`,
    '',
    '- **Probes** (`name`) are small fixed cases, run by the same ROM in each emulator: [probes.ts](../test/differential/fidelity/probes.ts).',
    '- **Numbers** are cases of the random differential that agree with this project, of those compared:',
    '  [how it works](../test/differential/README.md), [a long round](differential.md). A _deviation_ is a predicate in',
    '  [deviations.ts](../test/differential/deviations.ts) that the cases have met.',
    "- **Tests** of this project lie below `test/`; a number such as T09 is in the test's name.",
    '- A dash: the emulator has no such feature, as its CPUID says. "Not probed" means that nothing here asks.',
    '- "The ROM is lost": the probe takes the mapping that the ROM itself runs on, or switches it off. Random cases that',
    '  would do so are left out for that emulator.',
    '',
    `| feature | this project | Bochs ${short(versions.bochs)} | QEMU ${short(versions.qemu)} | v86 ${versions.v86} |`,
    '|---|---|---|---|---|',
    ...ROWS.map(
      (row) =>
        `| ${[row.feature, ours(row), ...EMULATORS.map((one) => cell(row, one, input))].join(' | ')} |`,
    ),
    '',
    '## The probes',
    '',
    '| probe | asks |',
    '|---|---|',
    ...PROBES.map(({ name, asks }) => `| \`${name}\` | ${asks} |`),
    '',
    '## The deviations',
    '',
    '| deviation | what differs |',
    '|---|---|',
    ...DEVIATIONS.map(({ emulator, name, reason }) => `| ${emulator}: ${name} | ${reason} |`),
    '',
  ].join('\n');
}

function ours({ tests }: Row): string {
  return `as the manual: ${tests.map((test) => `\`${test}\``).join(', ')}`;
}

function cell(row: Row, emulator: EmulatorName, input: PageInput): string {
  const absent = absence(row, emulator, input);
  if (absent !== undefined) return absent;
  const right: string[] = [];
  const wrong: string[] = [];
  for (const name of row.probes ?? []) {
    const result = input.probes[emulator].results.find(({ probe }) => probe === name);
    if (result === undefined) throw new Error(`there is no probe ${name}`);
    if (result.difference === undefined) right.push(`\`${name}\``);
    else if (LEGAL.has(name)) right.push(`\`${name}\` (forgets the entry, which is allowed)`);
    else wrong.push(`\`${name}\`: ${result.difference}`);
  }
  const compared = differential(row, emulator, input.results);
  if (compared !== undefined) {
    right.push(`${compared.agreed} of ${compared.cases}`);
    for (const [name, seen] of compared.deviations) wrong.push(`deviation ${name} (${seen})`);
  }
  if (wrong.length > 0) return `**differs**: ${wrong.join('; ')}`;
  return right.length === 0 ? 'not probed' : `as the manual: ${right.join(', ')}`;
}

/** Why an emulator has no such feature; undefined where it has. */
function absence(row: Row, emulator: EmulatorName, { probes }: PageInput): string | undefined {
  const { needs } = row;
  if (needs === undefined) return undefined;
  if (emulator === 'v86') {
    // What the ROM's CPUID does not ask for is absent where something that it rests on is.
    const rests = CPU_FEATURE_NEEDS.filter(([feature]) => feature === needs).map(([, needed]) => needed);
    for (const feature of [needs, ...rests]) {
      const reason = probes.v86.absent.find((text) => text.startsWith(`${feature} `));
      if (reason !== undefined) return `– ${reason.slice(feature.length + 1)}`;
    }
    return undefined;
  }
  const machines = MACHINES.filter((machine) => machine.emulator === emulator);
  return machines.some(({ features }) => features[needs] === true) ? undefined : '– CPUID';
}

interface Compared {
  readonly cases: number;
  readonly agreed: number;
  readonly deviations: ReadonlyMap<string, number>;
}

function differential(
  row: Row,
  emulator: EmulatorName,
  results: readonly BootResult[],
): Compared | undefined {
  let [cases, agreed] = [0, 0];
  const deviations = new Map<string, number>();
  for (const result of results) {
    const { needs } = row;
    if (result.emulator !== emulator || (needs !== undefined && result.features[needs] !== true)) continue;
    for (const group of row.groups ?? []) {
      const one = result.groups.get(group);
      cases += one?.cases ?? 0;
      agreed += one?.agreed ?? 0;
    }
    for (const [{ name }, seen] of result.deviations) {
      if (row.deviations?.includes(name)) deviations.set(name, (deviations.get(name) ?? 0) + seen);
    }
  }
  return cases === 0 ? undefined : { cases, agreed, deviations };
}

/** `7.2.22 (Debian …)` as `7.2.22`. */
function short(version: string): string {
  return version.split(' ')[0]!;
}
