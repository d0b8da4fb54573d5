/**
 * The benchmarks: our MMU and builder beside C, a naive walker and v86, on the same memory, in one run.
 *
 * Usage: npm run bench [-- [--quick] [--filter TEXT | --report]], or npm run bench -- --render, which measures nothing and
 * writes charts and figures of the document anew from the last report's results
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { QUICK, THOROUGH } from './harness.ts';
import { machineInfo, rerunOnOneProcessor } from './machine.ts';
import { type Figure, measure, type Spread } from './measure.ts';
import { COMPILER_FLAGS, PeerProcess } from './peer-process.ts';
import { renderReport, writeReport } from './report.ts';
import { PeerFiles } from './scene.ts';
import { topics } from './topics.ts';

/** The compiled program lies in build/bench. */
const project = join(import.meta.dirname, '../..');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
      filter: { type: 'string', default: '' },
    },
  });
  if (values.render) return told(renderReport(project));
  if (values.report && values.filter !== '') {
    console.error(`a report has all figures: leave out --filter ${values.filter}`);
    return 2;
  }
  const patience = values.quick ? QUICK : THOROUGH;
  const files = new PeerFiles();
  const c = PeerProcess.c(join(project, 'bench/native/peer.c'), files.folder);
  const v86 = PeerProcess.v86(join(import.meta.dirname, 'v86-program.js'));
  const alone = PeerProcess.alone(join(import.meta.dirname, 'alone-program.js'));
  const programs = { ...(c && { C: c }), ...(v86 && { v86 }), alone };
  try {
    const machine = machineInfo(c?.version, v86?.version);
    console.log(`${machine.processor}, ${machine.platform}, Node ${machine.node} (V8 ${machine.v8})`);
    console.log(c ? `C: ${c.version}, ${COMPILER_FLAGS.join(' ')}` : 'C: no compiler, left out');
    console.log(v86 ? `v86 ${v86.version}` : 'v86: not installed, left out');
    console.log(
      `${patience.rounds} rounds, ${patience.otherRounds} of what has no aim; medians, ratios of the same round, quartiles in brackets\n`,
    );
    const chosen = topics(files, (name) => name.includes(values.filter));
    if (chosen.length === 0) {
      console.error(`no work has '${values.filter}' in its name`);
      return 2;
    }
    const figures: Figure[] = [];
    for (const { heading, works } of chosen) {
      console.log(`${heading}:`);
      for (const work of works) {
        const figure = await measure(work, heading, programs, patience);
        figures.push(figure);
        console.log(line(figure));
      }
    }
    if (values.report) return told(writeReport(project, machine, figures));
    return 0;
  } finally {
    c?.end();
    v86?.end();
    alone.end();
    files.dispose();
  }
}

function told(files: readonly string[]): number {
  for (const file of files) console.log(`wrote ${file}`);
  return 0;
}

function line({ name, unit, time, ratio, target }: Figure): string {
  const parts = [`${name.padEnd(26)} ${nanoseconds(time.ours!)} ns a ${unit}`.padEnd(60)];
  for (const peer of ['C', 'naive', 'v86', 'alone', 'unchecked'] as const) {
    const spread = ratio[peer];
    if (spread === undefined) continue;
    const aim = peer === 'C' && target !== undefined ? `, at most ${target}` : '';
    parts.push(
      `${spread.median.toFixed(2)} × ${peer} [${spread.low.toFixed(2)}–${spread.high.toFixed(2)}${aim}]`,
    );
  }
  return parts.join('  ');
}

function nanoseconds({ median }: Spread): string {
  return median >= 100 ? median.toFixed(0) : median.toFixed(2);
}

process.exitCode = rerunOnOneProcessor() ?? (await main());
