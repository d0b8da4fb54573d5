/** Symbols on the command line: names in the output, and addresses given by name. */

import { byteSource } from '../bytes/byte-source.ts';
import { type MapRun, readSymbols, SymbolError, type SymbolTable } from '../inspect/index.ts';
import { type Options, text, type Values } from './command.ts';
import { InputError, UsageError } from './errors.ts';
import { fileSource, readInput } from './files.ts';
import { parseAddress, parseSize } from './numbers.ts';

/** Options of every command that names addresses. */
export const SYMBOL_OPTIONS: Options = {
  symbols: {
    type: 'string',
    value: 'FILE',
    help: 'names of addresses: System.map, what nm prints, or an ELF file with symbols such as vmlinux',
  },
  slide: {
    type: 'string',
    value: 'N',
    help: 'added to the addresses of the symbols: how far KASLR moved the kernel',
  },
};

/** Through a pipe, all of it must be held in memory. */
const PIPED = { bytes: 2 ** 28, why: 'more than any list of symbols has' };

/** The names that a command works with. */
export interface Names {
  /** Undefined: no file of symbols was given. */
  readonly table: SymbolTable | undefined;
  /**
   * An operand with the name in it replaced: `start_kernel` and `start_kernel+0x10` become numbers; numbers stay.
   * @throws UsageError for a name that there is not.
   */
  readonly resolve: (operand: string) => string;
  /** The same for a range, `FIRST-LAST` or `FIRST+SIZE`. */
  readonly resolveRange: (range: string) => string;
  /** Runs with the names of the symbols in them, behind that of their region. */
  readonly named: (runs: Iterable<MapRun>) => Iterable<MapRun>;
}

/** The symbols that the options name. @throws UsageError, InputError */
export function namesFrom(values: Values): Names {
  const file = text(values, 'symbols');
  const slide = text(values, 'slide');
  if (file === undefined) {
    if (slide !== undefined)
      throw new UsageError('--slide is said of symbols; name their file with --symbols');
    return {
      table: undefined,
      resolve: (operand) => operand,
      resolveRange: (range) => range,
      named: (runs) => runs,
    };
  }
  const table = tableOf(file, slide === undefined ? 0n : BigInt(parseAddress(slide, '--slide')));
  const resolve = (operand: string): string => resolved(table, file, operand);
  return {
    table,
    resolve,
    resolveRange: (range) => resolvedRange(range, resolve),
    named: (runs) => namedRuns(runs, table),
  };
}

function* namedRuns(runs: Iterable<MapRun>, table: SymbolTable): Generator<MapRun> {
  for (const run of runs) {
    const name = [run.name, table.namesIn(run)].filter(Boolean).join(': ');
    yield { ...run, name: name === '' ? undefined : name };
  }
}

function tableOf(file: string, slide: bigint): SymbolTable {
  try {
    return readSymbols(fileSource(file, 'symbols') ?? byteSource(readInput(file, 'symbols', PIPED)), slide);
  } catch (error) {
    if (error instanceof SymbolError) throw new InputError(`the symbols '${file}': ${error.message}`);
    throw error;
  }
}

/** A number begins with a digit; what begins otherwise, and is no number by slip, could be a name. */
function isName(operand: string): boolean {
  return /^[A-Za-z_.$]/.test(operand);
}

function resolved(table: SymbolTable, file: string, operand: string): string {
  if (!isName(operand)) return operand;
  const [, name = '', offset] = /^([^+]+)(?:\+(.+))?$/.exec(operand) ?? [];
  const symbol = table.find(name);
  if (symbol === undefined) {
    const like = table.like(name);
    const hint = like.length === 0 ? `it has ${table.count}` : `it has ${like.join(', ')}`;
    throw new UsageError(`there is no symbol '${name}' in ${file}; ${hint}`);
  }
  const distance = offset === undefined ? 0n : BigInt(parseSize(offset, `'${operand}': the distance`));
  return `0x${(symbol.address + distance).toString(16)}`;
}

function resolvedRange(range: string, resolve: (operand: string) => string): string {
  const [, first, sign, second] = /^([^-+]+)([-+])(.+)$/.exec(range) ?? [];
  // What is no range is told as such by whoever reads it.
  if (first === undefined || second === undefined) return range;
  return `${resolve(first)}${sign}${sign === '-' ? resolve(second) : second}`;
}
