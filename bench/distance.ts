/**
 * The distance to the limit: instructions and nanoseconds of one translation, ours, C's and v86's, and what a TLB hit
 * costs in QEMU. Instructions are counted by valgrind, which takes some five minutes.
 *
 * Usage: npm run bench:distance [-- --report] [-- --times] [-- --ours]
 *   --report  writes bench/results/distance.json and the figures of docs/distance-to-the-limit.md
 *   --ours    counts our own instructions only, and keeps the peers' counts of bench/results/distance.json
 *   --times   counts nothing, and keeps all counts
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Count, type Distance, type DistanceRow, distancePart } from './distance-report.ts';
import { distanceWorks } from './distance-work.ts';
import { THOROUGH } from './harness.ts';
import { countInstructions, type Mark, valgrindVersion } from './instructions.ts';
import { machineInfo, rerunOnOneProcessor } from './machine.ts';
import { spreadOf } from './measure.ts';
import { COMPILER_FLAGS, PeerProcess } from './peer-process.ts';
import { type QemuHit, qemuHit, qemuVersion } from './qemu-hit.ts';
import { replacePart } from './report.ts';
import { PeerFiles } from './scene.ts';
import type { Work } from './work.ts';

/** The compiled program lies in build/bench. */
const project = join(import.meta.dirname, '../..');
const native = join(project, 'bench/native');
const results = join(project, 'bench/results/distance.json');
/** valgrind knows no AVX-512, which this compiler would use on processors that have it. */
const COUNTED_FLAGS: readonly string[] = ['-O3', '-march=x86-64-v3'];
/** Compiled by then, whatever the JIT's compilers think of it. */
const WARM_UP = 80;
/** What valgrind runs once and three times as often: what is done once for each `run` falls away in the difference. */
const REPEATS = 8;

type Counts = DistanceRow['instructions'];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      report: { type: 'boolean', default: false },
      ours: { type: 'boolean', default: false },
      times: { type: 'boolean', default: false },
    },
  });
  const missing = [
    ...(values.times || valgrindVersion() !== undefined ? [] : ['valgrind']),
    ...(qemuVersion() === undefined ? ['qemu-system-x86_64 and nasm'] : []),
  ];
  const files = new PeerFiles();
  const c = PeerProcess.c(join(native, 'peer.c'), files.folder);
  if (c === undefined) missing.push('a C compiler');
  if (c === undefined || missing.length > 0) {
    console.error(`nothing is measured without ${missing.join(', ')}`);
    files.dispose();
    return 2;
  }
  try {
    const kept =
      values.times || values.ours ? (JSON.parse(readFileSync(results, 'utf8')) as Distance) : undefined;
    const qemu: Record<string, QemuHit> = {};
    for (const mode of ['32-bit', '4-level'] as const) {
      qemu[mode] = await qemuHit(mode, THOROUGH.rounds, native, files.folder);
      console.log(
        `QEMU, ${mode}: ${qemu[mode].load.hit.length} instructions, ${qemu[mode].time.median.toFixed(2)} ns`,
      );
    }
    const works = distanceWorks(files);
    const [load = 0] = loadavg();
    const rows: DistanceRow[] = [];
    for (const work of works) rows.push({ ...(await timed(work, c)), instructions: {} });
    for (const [i, work] of works.entries()) {
      const known = kept?.rows.find(({ name }) => name === work.name)?.instructions;
      const instructions = values.times && known ? known : counted(work, files.folder, known);
      rows[i] = { ...rows[i]!, instructions };
      console.log(JSON.stringify(rows[i]));
    }
    const distance: Distance = {
      machine: machineInfo(c.version, PeerProcess.v86Version()),
      valgrind: kept?.valgrind ?? valgrindVersion() ?? 'none',
      qemuVersion: qemuVersion() ?? 'none',
      compilerFlags: { timed: COMPILER_FLAGS, counted: COUNTED_FLAGS },
      load,
      qemu,
      rows,
    };
    if (values.report) {
      mkdirSync(join(results, '..'), { recursive: true });
      writeFileSync(results, `${JSON.stringify(distance, null, 1)}\n`);
      replacePart(project, 'docs/distance-to-the-limit.md', 'bench:distance', distancePart(distance));
      console.log('wrote bench/results/distance.json, docs/distance-to-the-limit.md');
    } else console.log(distancePart(distance));
    return 0;
  } finally {
    c.end();
    files.dispose();
  }
}

/** Ours, in a process of its own, and C in turn. */
async function timed(work: Work, c: PeerProcess): Promise<Omit<DistanceRow, 'instructions'>> {
  const { name, title, unit, operations } = work;
  const { work: command, setup } = work.program!;
  const ours = PeerProcess.alone(join(import.meta.dirname, 'distance-program.js'), name);
  try {
    for (const line of setup()) await c.ask(line);
    const repeatsOf = async (peer: PeerProcess): Promise<number> => {
      await peer.run(command, WARM_UP);
      const { time } = await peer.run(command, REPEATS);
      return Math.max(1, Math.round((THOROUGH.seconds * 1e9) / time));
    };
    const [ourRepeats, theirRepeats] = [await repeatsOf(ours), await repeatsOf(c)];
    const times: [number, number][] = [];
    for (let round = 0; round < THOROUGH.rounds; round++) {
      const [own, theirs] = [await ours.run(command, ourRepeats), await c.run(command, theirRepeats)];
      if (own.hash !== theirs.hash) throw new Error(`${name}: C gives ${theirs.hash}, we give ${own.hash}`);
      times.push([own.time / operations, theirs.time / operations]);
    }
    return {
      ...{ name, title, unit },
      time: { ours: spreadOf(times.map(([own]) => own)), C: spreadOf(times.map(([, theirs]) => theirs)) },
      ratio: spreadOf(times.map(([own, theirs]) => own / theirs)),
    };
  } finally {
    ours.end();
  }
}

/** Instructions of one operation. v86 is asked where it can do the same. @param known - Of C and v86, to be kept. */
function counted(work: Work, folder: string, known: Counts | undefined): Counts {
  const { work: command, setup, v86 } = work.program!;
  const node = [process.execPath, '--single-threaded'];
  const runs = [WARM_UP, REPEATS, 3 * REPEATS, REPEATS, 3 * REPEATS].map(
    (count) => `run ${command} ${count}`,
  );
  const count = (program: readonly string[], mark: Mark, before: readonly string[]): Count => {
    const counts = countInstructions(program, mark, [...before, ...runs], folder);
    const [, once, thrice, onceMore, thriceMore] = counts;
    if (counts.length !== runs.length || thriceMore === undefined)
      throw new Error(
        `${work.name}: ${counts.length} counts of ${program.join(' ')} for ${runs.length} runs`,
      );
    const per = 2 * REPEATS * work.operations;
    const both = [(thrice! - once!) / per, (thriceMore - onceMore!) / per];
    return { low: Math.min(...both), high: Math.max(...both) };
  };
  const here = import.meta.dirname;
  const ours = count([...node, join(here, 'distance-program.js'), work.name], 'uv_os_getppid', []);
  if (known !== undefined) return { ...known, ours };
  const peer = join(folder, 'peer-counted');
  execFileSync('cc', [...COUNTED_FLAGS, join(native, 'peer.c'), '-o', peer]);
  return {
    ours,
    C: count([peer], 'clock_gettime*', setup()),
    ...(v86 === true && PeerProcess.v86Version() !== undefined
      ? { v86: count([...node, join(here, 'v86-program.js')], 'uv_os_getppid', setup()) }
      : {}),
  };
}

process.exitCode = rerunOnOneProcessor() ?? (await main());
