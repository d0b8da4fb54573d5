import { cpus } from 'node:os';
import {
  type BenchOptions,
  type BenchResult,
  benchConstruction,
  type ConstructionStrategy,
  STRATEGIES,
  WrongTablesError,
} from '../../bench/index.ts';
import { randomFrom } from '../../random/random.ts';
import { alignColumns } from '../../render/table.ts';
import { parseFrames } from '../build-options.ts';
import { countFrom } from '../builders/request-options.ts';
import { type Command, text, type Values } from '../command.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { parseSize } from '../numbers.ts';
import { strategiesIn } from '../strategies.ts';

const MIB = 2 ** 20;

export const bench: Command = {
  name: 'bench',
  summary: 'compare ways to build page tables, your own too, each checked by the MMU before and after',
  operands: '[MODULE…]',
  options: {
    memory: { type: 'string', value: 'SIZE', help: 'address space to map, 1M to 960M (default 64M)' },
    frames: {
      type: 'string',
      value: 'ORDER',
      help: 'machine frames: ascending, descending or scattered[:SEED] (default scattered)',
    },
    seed: {
      type: 'string',
      value: 'N',
      help: 'of scattered frames, and of the order in which the strategies come (default 7)',
    },
    rounds: {
      type: 'string',
      value: 'N',
      help: 'in each, ours and another are timed in turn (default 15)',
    },
    filter: { type: 'string', value: 'TEXT', help: 'only strategies whose name contains TEXT' },
    quick: { type: 'boolean', help: 'a few short rounds, to see that it works' },
  },
  examples: [
    'x86-paging bench',
    'x86-paging bench --memory 512M --frames ascending --filter "4 MiB"',
    'x86-paging bench ./mine.mjs --rounds 30 --seed 1 --json',
  ],
  async run({ values, operands, style, json, print, printJson, note, progress }) {
    const options = optionsFrom(values);
    const strategies = await chosen(operands, text(values, 'filter'));
    const bar = progress('measuring');
    const results = new Map<ConstructionStrategy, BenchResult>();
    let hasFailed = false;
    for (const [done, strategy] of inOrder(strategies, options.seed).entries()) {
      bar.update(done, strategies.length);
      try {
        const onRound = (round: number): void => bar.update(done + round / options.rounds, strategies.length);
        results.set(strategy, benchConstruction(strategy, { ...options, onRound }));
      } catch (error) {
        // A build that is asynchronous or changes its plan is a mistake of the module, as is whatever it throws; wrong tables are an answer.
        if (error instanceof TypeError) throw new InputError(error.message);
        if (!(error instanceof WrongTablesError)) throw error;
        note(error.message);
        hasFailed = true;
      }
    }
    bar.end();
    const shown = strategies.flatMap((strategy) => results.get(strategy) ?? []);
    if (json) {
      for (const [i, result] of [...results.values()].entries())
        printJson({ schema: 'x86-paging/bench/1', ...result, settings: options, turn: i + 1, host: host() });
    } else if (shown.length > 0) {
      print(`${conditions(options)}\n`);
      const lines = alignColumns([HEADINGS, ...shown.map(row)], (cell, r) =>
        r === 0 ? style.dim(cell) : cell,
      );
      for (const line of lines) print(line);
    }
    return hasFailed ? EXIT.negative : EXIT.done;
  },
};

type Settings = Required<Omit<BenchOptions, 'now' | 'onRound'>>;

function optionsFrom(values: Values): Settings {
  const size = parseSize(text(values, 'memory') ?? '64M', '--memory');
  if (size % MIB !== 0 || size < MIB || size > 960 * MIB)
    throw new UsageError(`--memory ${text(values, 'memory')} is no whole number of MiB from 1M to 960M`);
  const seed = countFrom(values, 'seed', 7, 0, 0xffff_ffff);
  const frames = text(values, 'frames') ?? 'scattered';
  if (frames.includes(':') && values['seed'] !== undefined)
    throw new UsageError(`--frames ${frames} has a seed already; leave --seed ${seed} out`);
  const quick = values['quick'] === true;
  return {
    mebibytes: size / MIB,
    seed,
    ...parseFrames(frames === 'scattered' ? `scattered:${seed}` : frames),
    rounds: countFrom(values, 'rounds', quick ? 3 : 15, 1, 10_000),
    milliseconds: quick ? 1 : 10,
  };
}

/** Those of the modules, or else ours; of both where a filter asks for more. */
async function chosen(modules: readonly string[], filter?: string): Promise<ConstructionStrategy[]> {
  const own = (await Promise.all(modules.map(strategiesIn))).flat();
  if (filter === undefined) return own.length > 0 ? own : [...STRATEGIES];
  const all = [...own, ...STRATEGIES];
  const found = all.filter(({ name }) => name.includes(filter));
  if (found.length > 0) return found;
  throw new UsageError(
    `no strategy has '${filter}' in its name; there are ${all.map(({ name }) => `'${name}'`).join(', ')}`,
  );
}

/** In an order that follows from the seed: what runs first finds another heap and another compiler than what runs last. */
function inOrder(strategies: readonly ConstructionStrategy[], seed: number): ConstructionStrategy[] {
  const { length } = strategies;
  const order = randomFrom(`bench ${seed}`).distinct(length, 0, length - 1);
  return order.map((i) => strategies[i]!);
}

interface Host {
  readonly node: string;
  readonly v8: string;
  readonly processor: string;
  readonly processors: number;
  readonly platform: string;
}

function host(): Host {
  const processors = cpus();
  return {
    node: process.version,
    v8: process.versions.v8,
    processor: processors[0]?.model.trim() ?? 'unknown',
    processors: processors.length,
    platform: `${process.platform} ${process.arch}`,
  };
}

function conditions({ mebibytes, order, seed, rounds, milliseconds }: Settings): string {
  const { node, v8, processor, processors, platform } = host();
  return [
    `${mebibytes} MiB, ${(mebibytes * MIB) / 4096} pages, frames ${order}, seed ${seed}; ${rounds} rounds of ${milliseconds} ms or more each`,
    `${processors} × ${processor}, ${platform}, Node ${node}, V8 ${v8}`,
    'ratios to ours are taken round by round; quartiles follow the medians',
  ].join('\n');
}

const HEADINGS = ['strategy', 'ns a page', 'quartiles', 'to ours', 'quartiles'];

function row({ name, time, ratio }: BenchResult): string[] {
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
  const range = ({ low, high }: BenchResult['time']): string => `${number(low)}–${number(high)}`;
  return [name, number(time.median), range(time), `${number(ratio.median)} ×`, range(ratio)];
}
