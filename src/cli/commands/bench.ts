import {
  type BenchResult,
  benchConstruction,
  type ConstructionStrategy,
  STRATEGIES,
} from '../../bench/index.ts';
import { alignColumns } from '../../render/table.ts';
import { parseFrames } from '../build-options.ts';
import type { Command } from '../command.ts';
import { text } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { parseSize } from '../numbers.ts';

const MIB = 2 ** 20;

export const bench: Command = {
  name: 'bench',
  summary: 'compare ways to build page tables, each checked by the MMU first',
  operands: '',
  options: {
    memory: { type: 'string', value: 'SIZE', help: 'address space to map, 1M to 960M (default 64M)' },
    frames: {
      type: 'string',
      value: 'ORDER',
      help: 'machine frames: ascending, descending or scattered[:SEED] (default scattered:7)',
    },
    filter: { type: 'string', value: 'TEXT', help: 'only strategies whose name contains TEXT' },
    quick: { type: 'boolean', help: 'a few rounds, to see that it works' },
  },
  examples: ['x86-paging bench', 'x86-paging bench --memory 512M --frames ascending --filter "4 MiB"'],
  run({ values, style, json, print, printJson, progress }) {
    const size = parseSize(text(values, 'memory') ?? '64M', '--memory');
    if (size % MIB !== 0 || size < MIB || size > 960 * MIB)
      throw new UsageError(`--memory ${text(values, 'memory')} is no whole number of MiB from 1M to 960M`);
    const frames = parseFrames(text(values, 'frames') ?? 'scattered:7');
    const options = {
      mebibytes: size / MIB,
      ...frames,
      ...(values['quick'] ? { rounds: 3, milliseconds: 1 } : {}),
    };
    const strategies = chosen(text(values, 'filter') ?? '');
    const bar = progress('measuring');
    const results = strategies.map((strategy, i) => {
      bar.update(i, strategies.length);
      return benchConstruction(strategy, options);
    });
    bar.end();
    if (json) for (const result of results) printJson({ schema: 'x86-paging/bench/1', ...result });
    else {
      print(
        `${size / MIB} MiB, ${size / 4096} pages, frames ${frames.order}; ratios to ours are taken round by round\n`,
      );
      for (const line of alignColumns([HEADINGS, ...results.map(row)], (cell, r) =>
        r === 0 ? style.dim(cell) : cell,
      ))
        print(line);
    }
    return EXIT.done;
  },
};

function chosen(filter: string): readonly ConstructionStrategy[] {
  const found = STRATEGIES.filter(({ name }) => name.includes(filter));
  if (found.length > 0) return found;
  throw new UsageError(
    `no strategy has '${filter}' in its name; there are ${STRATEGIES.map(({ name }) => `'${name}'`).join(', ')}`,
  );
}

const HEADINGS = ['strategy', 'ns a page', 'to ours', 'quartiles'];

function row({ name, time, ratio }: BenchResult): string[] {
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
  return [
    name,
    number(time.median),
    `${number(ratio.median)} ×`,
    `${number(ratio.low)}–${number(ratio.high)}`,
  ];
}
