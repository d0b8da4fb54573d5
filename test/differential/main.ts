/** `npm run test:bochs`: a long round with its report, or one case with all that happens in it. */

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type EmulatorName, emulatorVersion, missingPrograms } from './emulators.ts';
import { fidelityPage } from './fidelity/page.ts';
import { runProbes } from './fidelity/run-probes.ts';
import { MACHINES } from './machines.ts';
import { markdownReport } from './report.ts';
import { missingDeviations, runRound } from './round.ts';
import { showCase } from './show.ts';
import { runTable, TABLE_MACHINES, type TableRun, tablePage } from './truth-tables.ts';

const HELP = `npm run test:bochs -- [options]

  --seed N      seed of the cases (default 1)
  --cases N     cases in each boot (default 5000)
  --boots N     boots of each machine, with different cases (default 4)
  --machine M   only this machine: ${MACHINES.map((_, i) => i).join(', ')} (see --case)
  --case N      run only case N of the machine, and print every step of both sides
  --no-report   do not write docs/differential.md
  --tables      write docs/truth-tables.md instead: --cases combinations of each published truth table on each machine
  --fidelity    write docs/fidelity.md instead: probes in Bochs, QEMU and v86, and one boot of each machine

Machines:
${MACHINES.map(({ emulator, cpuName, world }, i) => `  ${i}  ${emulator} ${cpuName}, ${world}`).join('\n')}
`;

/** @returns the exit status: 0 all agree, 1 something differs, 2 wrong usage, 3 a program is missing. */
export async function main(args: string[]): Promise<number> {
  const options = parse(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const missing = missingPrograms();
  if (missing.length > 0) {
    console.error(
      `not installed: ${missing.join(', ')}; on Debian: apt-get install bochs qemu-system-x86 nasm`,
    );
    return 3;
  }
  const { seed, cases, boots, machine, only } = options;
  if (only !== undefined) {
    const agreed = await showCase(MACHINES[machine ?? 0]!, seed, only);
    return agreed ? 0 : 1;
  }
  const machines = machine === undefined ? MACHINES : [MACHINES[machine]!];
  const versions = {
    bochs: emulatorVersion('bochs'),
    qemu: emulatorVersion('qemu'),
    v86: emulatorVersion('v86'),
  };
  if (options.fidelity) return await fidelity(versions, seed, cases);
  if (options.tables) return await truthTables(versions, cases);
  const results = await runRound({
    seed,
    cases,
    boots,
    from: 0,
    machines,
    progress: (line) => console.error(line),
  });

  let failures = 0;
  for (const { emulator, cpuName, world, groups, stopped } of results) {
    const name = `${emulator} ${cpuName}, ${world}`;
    if (stopped !== undefined) {
      failures++;
      console.error(`${name}: ${stopped}`);
    }
    for (const { index, field, ours, theirs, step } of [...groups.values()].flatMap((g) => g.differences)) {
      failures++;
      if (failures <= 40)
        console.error(`${name}: case ${index}, step ${step}: ${field}: ours ${ours}, theirs ${theirs}`);
    }
  }
  if (machine === undefined) {
    for (const { name, emulator } of missingDeviations(results, (one: EmulatorName) => versions[one])) {
      failures++;
      console.error(`${emulator}: the deviation ${name} was not seen; mend deviations.ts if it is gone`);
    }
  }
  const all = results.flatMap(({ groups }) => [...groups.values()]);
  const total = all.reduce((sum, group) => sum + group.cases, 0);
  const agreed = all.reduce((sum, group) => sum + group.agreed, 0);
  console.log(`${agreed} of ${total} cases agree`);
  if (options.report && machine === undefined) {
    const path = resolve(import.meta.dirname, '../../docs/differential.md');
    writeFileSync(path, markdownReport({ results, versions, seed, cases, boots }));
    console.error('wrote docs/differential.md');
  }
  return failures === 0 ? 0 : 1;
}

/** Writes docs/fidelity.md. @returns the exit status: 1 if the random cases leave a difference unexplained. */
async function fidelity(
  versions: Readonly<Record<EmulatorName, string>>,
  seed: number,
  cases: number,
): Promise<number> {
  const probes = {
    bochs: await runProbes('bochs'),
    qemu: await runProbes('qemu'),
    v86: await runProbes('v86'),
  };
  const results = await runRound({ seed, cases, boots: 1, from: 0, progress: (line) => console.error(line) });
  const page = fidelityPage({ versions, probes, results, seed, cases });
  writeFileSync(resolve(import.meta.dirname, '../../docs/fidelity.md'), page);
  console.error('wrote docs/fidelity.md');
  const differences = results.flatMap(({ groups }) => [...groups.values()].flatMap((g) => g.differences));
  return differences.length === 0 ? 0 : 1;
}

/** Writes docs/truth-tables.md. @returns the exit status: 1 if a difference is left unexplained. */
async function truthTables(versions: Readonly<Record<EmulatorName, string>>, cases: number): Promise<number> {
  const runs: TableRun[] = [];
  for (const [mode, machine] of TABLE_MACHINES) {
    runs.push(await runTable(mode, machine, cases));
    const { agreed, cases: done, unexplained } = runs.at(-1)!;
    console.error(
      `${machine.emulator} ${machine.cpuName}, ${mode}: ${agreed} of ${done} agree, ${unexplained.length} unexplained`,
    );
  }
  writeFileSync(resolve(import.meta.dirname, '../../docs/truth-tables.md'), tablePage(runs, versions, cases));
  console.error('wrote docs/truth-tables.md');
  return runs.every(({ unexplained, stopped }) => unexplained.length === 0 && stopped === undefined) ? 0 : 1;
}

interface Options {
  readonly seed: number;
  readonly cases: number;
  readonly boots: number;
  readonly machine: number | undefined;
  readonly only: number | undefined;
  readonly report: boolean;
  readonly fidelity: boolean;
  readonly tables: boolean;
  readonly help: boolean;
}

/** @returns the options, or what is wrong with them. */
function parse(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: { type: 'string', default: '1' },
        cases: { type: 'string', default: '5000' },
        boots: { type: 'string', default: '4' },
        machine: { type: 'string' },
        case: { type: 'string' },
        fidelity: { type: 'boolean', default: false },
        tables: { type: 'boolean', default: false },
        'no-report': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return {
      seed: whole('--seed', values.seed, 0, 0xffff_ffff),
      cases: whole('--cases', values.cases, 1, 20_000),
      boots: whole('--boots', values.boots, 1, 1000),
      machine:
        values.machine === undefined ? undefined : whole('--machine', values.machine, 0, MACHINES.length - 1),
      only: values.case === undefined ? undefined : whole('--case', values.case, 0, 0xffff_ffff),
      report: !values['no-report'],
      fidelity: values.fidelity,
      tables: values.tables,
      help: values.help,
    };
  } catch (error) {
    return `${(error as Error).message}\n\n${HELP}`;
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} ${text} is not a whole number from ${least} to ${most}`);
  }
  return value;
}
