/**
 * What claims and campaigns cost: each claim on a kernel of 64 MiB in scattered frames, what it takes to read the tables
 * and to ask the MMU for confirmation, and how many cases of a campaign a core tries in a second.
 *
 * Usage: npm run bench:claims [-- --quick] [--only claims|campaigns] [--report]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  atMost,
  type CheckOptions,
  cacheType,
  checkLayout,
  closedTo,
  denies,
  executableOnly,
  global,
  grants,
  hidden,
  type LayoutClaim,
  maps,
  noTables,
  noWritableAlias,
  only,
  pageSize,
  readOnly,
  unmapped,
  wxExclusive,
} from 'x86-paging/claims';
import { FrameAllocator, PhysicalMemory } from 'x86-paging/memory';
import { Mmu, READ, USER_READ } from 'x86-paging/mmu';
import { Mapper, type TableMode } from 'x86-paging/tables';
import { median, quartiles, timeOf } from './harness.ts';
import { type MachineInfo, machineInfo } from './machine.ts';
import type { Spread } from './measure.ts';
import { replacePart } from './report.ts';

const project = join(import.meta.dirname, '../..');
const MODES = ['32-bit', 'PAE', '4-level'] as const satisfies readonly TableMode[];
const PAGES = 64 * 256;
const KERNEL = [0xc000_0000, 0xc000_0000 + PAGES * 4096] as const;
const TABLES = [0xe000_0000, 0xe010_0000] as const;
/** A claim is judged so many times beside once: what it costs stands out from what all of them share. */
const TIMES = 20;
const READING = 'reading the tables, once for all claims';

interface Row {
  readonly what: string;
  /** By column. */
  readonly values: readonly (Spread | undefined)[];
}

interface Subject {
  readonly mmu: Mmu;
  readonly claims: Readonly<Record<string, LayoutClaim>>;
}

/** Every page in a frame far from its neighbour's, so that none are mapped as one. The tables are shown read-only. */
function kernelIn(mode: TableMode): Subject {
  const memory = new PhysicalMemory(96 * 2 ** 20);
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 256 }] });
  const frames = allocator.allocate(PAGES, { order: 'scattered', seed: 7 });
  const mapper = new Mapper(memory, { mode, allocateFrame: () => allocator.allocate(1)[0]! });
  const attributes = { writable: true, global: true, executable: mode === '32-bit' };
  for (const [i, frame] of frames.entries()) mapper.map(KERNEL[0] + i * 4096, frame * 4096, 4096, attributes);
  for (let i = 0; i < mapper.tableFrames.length; i++)
    mapper.map(TABLES[0] + i * 4096, mapper.tableFrames[i]! * 4096, 4096, { executable: mode === '32-bit' });
  const claims = {
    'maps, each frame given': maps(KERNEL, frames, { writable: true, user: false }),
    unmapped: unmapped([0x1000_0000, KERNEL[0]]),
    noTables: noTables([0x1000_0000, 0x8000_0000]),
    only: only([KERNEL, TABLES]),
    "readOnly('tables')": readOnly('tables'),
    'noWritableAlias, of 16,384 frames': noWritableAlias(frames),
    'hidden, of 255 frames': hidden(Array.from({ length: 255 }, (_, i) => i + 1)),
    "closedTo('user')": closedTo('user'),
    grants: grants(KERNEL, [READ]),
    denies: denies(KERNEL, [USER_READ]),
    // Entries of 32 bits have no NX.
    ...(mode !== '32-bit' && { executableOnly: executableOnly([]), wxExclusive: wxExclusive() }),
    global: global(KERNEL),
    pageSize: pageSize(KERNEL, 4096),
    cacheType: cacheType(KERNEL, 'WB'),
    atMost: atMost({ tables: 100 }),
  };
  return { mmu: new Mmu(memory, mapper.registers), claims };
}

/** Milliseconds: the tables, each claim, the MMU. All in turn, round by round. */
function costOfClaims(rounds: number, seconds: number): Row[] {
  const subjects = MODES.map(kernelIn);
  const names = [READING, ...Object.keys(subjects.at(-1)!.claims)];
  const rows = new Map(names.map((name) => [name, MODES.map((): number[] => [])]));
  const add = (what: string, column: number, ms: number): void => {
    const columns = rows.get(what) ?? MODES.map((): number[] => []);
    rows.set(what, columns);
    columns[column]!.push(ms);
  };
  const time = ({ mmu }: Subject, claims: LayoutClaim[], confirm: CheckOptions['confirm']): number =>
    timeOf(() => {
      if (!checkLayout(mmu, claims, { confirm: confirm ?? false }).ok)
        throw new Error('a claim does not hold');
    }, seconds) / 1e6;
  // One round more than counts, for the compilers.
  for (let round = -1; round < rounds; round++) {
    for (const [column, subject] of subjects.entries()) {
      const counted = (what: string, ms: number): void => {
        if (round >= 0) add(what, column, ms);
      };
      const tables = time(subject, [], false);
      counted(READING, tables);
      for (const [name, claim] of Object.entries(subject.claims)) {
        const many = time(subject, Array(TIMES).fill(claim), false);
        counted(name, Math.max(0, (many - tables) / TIMES));
      }
      counted("confirm: 'mapped'", time(subject, [], 'mapped') - tables);
      counted("confirm: 'every'", time(subject, [], 'every') - tables);
    }
  }
  return [...rows].map(([what, columns]) => ({
    what,
    values: columns.map((column) => (column.length === 0 ? undefined : spreadOf(column))),
  }));
}

/**
 * Cases a second and core, by the time that more cases take more: starting up, and being compiled, does not count.
 * @param cases - For each core; a multiple of 1024.
 */
function throughput(rounds: number, cases: number): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'x86-paging-bench-'));
  try {
    const module = join(project, 'examples/builders/builder.mjs');
    const program = join(folder, 'builder');
    const source = join(project, 'examples/builders/builder.c');
    const hasC = spawnSync('gcc', ['-O2', '-o', program, source]).status === 0;
    const cores = cpus().length;
    const works = [
      { what: 'a module, one worker', builder: module, workers: 1, most: cases },
      { what: `a module, ${cores} workers`, builder: module, workers: cores, most: cores * cases },
      ...(hasC
        ? [{ what: 'a program in C, one worker', builder: program, workers: 1, most: cases / 4 }]
        : []),
    ];
    const rates = works.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, { builder, workers, most }] of works.entries()) {
        const few = most / 4;
        const more = secondsOf(builder, workers, most) - secondsOf(builder, workers, few);
        rates[i]!.push((most - few) / more / workers);
      }
    }
    return works.map(({ what }, i) => ({ what, values: [spreadOf(rates[i]!)] }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How long a campaign of so many cases takes, in all four paging modes. */
function secondsOf(builder: string, workers: number, cases: number): number {
  const main = join(project, 'dist/cli/main.js');
  const args = ['campaign', builder, '--seed', '7', '--runs', `${cases / 4}`, '--workers', `${workers}`];
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - start) / 1000;
}

function spreadOf(values: readonly number[]): Spread {
  const [low, high] = quartiles(values);
  return { median: median(values), low, high };
}

function tableOf(
  rows: readonly Row[],
  unit: string,
  columns: readonly string[],
  digits: (value: number) => string,
): string {
  const cell = (spread: Spread | undefined): string =>
    spread === undefined ? '' : `${digits(spread.median)} [${digits(spread.low)}–${digits(spread.high)}]`;
  return [
    `| ${unit} | ${columns.join(' | ')} |`,
    `|---|${'--:|'.repeat(columns.length)}`,
    ...rows.map(({ what, values }) => `| ${what} | ${values.map(cell).join(' | ')} |`),
  ].join('\n');
}

function heading({ processor, processors, platform, node, v8, commit, date }: MachineInfo): string {
  return `Measured ${date} at commit ${commit} on ${processor} (${processors} processors, ${platform}), Node ${node} with V8 ${v8}.
Medians, with the quartiles in brackets.`;
}

function claimsPart(machine: MachineInfo, rows: readonly Row[]): string {
  const ms = (value: number): string => value.toFixed(value < 0.0995 ? 3 : value < 9.95 ? 2 : 0);
  return `\n\n${heading(machine)} The kernel has 16,384 pages of 4 KiB, each in a frame far from its neighbour's.

${tableOf(rows, 'milliseconds', MODES, ms)}

`;
}

function campaignsPart(machine: MachineInfo, rows: readonly Row[]): string {
  return `\n\n${heading(machine)} Requests in all four modes, every page of each proved; a program is started
anew for every case.

${tableOf(rows, 'builder', ['cases a second and core'], (value) => value.toFixed(0))}

`;
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const machine = machineInfo(undefined, undefined);
const { quick, only: wanted } = values;
const parts: readonly (readonly [name: string, page: string, part: () => string])[] = [
  [
    'claims',
    'docs/claims.md',
    () => claimsPart(machine, quick ? costOfClaims(1, 0.001) : costOfClaims(5, 0.01)),
  ],
  [
    'campaigns',
    'docs/campaigns.md',
    () => campaignsPart(machine, quick ? throughput(1, 1024) : throughput(5, 2048)),
  ],
];
if (wanted !== undefined && !parts.some(([name]) => name === wanted)) {
  console.error(`--only '${wanted}' is neither claims nor campaigns`);
  process.exit(2);
}
for (const [name, page, make] of parts) {
  if (wanted !== undefined && wanted !== name) continue;
  const part = make();
  console.log(`${part.trim()}\n`);
  if (!values.report) continue;
  replacePart(project, page, 'bench:claims', part);
  console.log(`wrote ${page}\n`);
}
