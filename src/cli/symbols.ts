/** Symbols on the command line: names in the output, and addresses given by name. */

import { byteSource } from '../bytes/byte-source.ts';
import { findSlide, type MapRun, readSymbols, SymbolError, type SymbolTable } from '../inspect/index.ts';
import type { Mmu } from '../mmu/index.ts';
import { type Options, text, type Values } from './command.ts';
import { InputError, UsageError } from './errors.ts';
import { fileSource, readInput } from './files.ts';
import { type AddressRange, parseAddress, parseRange, parseSize } from './numbers.ts';

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
    help: 'added to the addresses of the symbols: how far KASLR moved the kernel; auto: as the page tables tell',
  },
};

/** Through a pipe, all of it must be held in memory. */
const PIPED = { bytes: 2 ** 28, why: 'more than any list of symbols has' };

/** The names that a command works with. */
export class Names {
  #table: SymbolTable | undefined;
  readonly #file: string;
  #unsettled: boolean;

  /** @param unsettled - Where the kernel lies is still to be found. */
  constructor(table: SymbolTable | undefined, file: string, unsettled: boolean) {
    this.#table = table;
    this.#file = file;
    this.#unsettled = unsettled;
  }

  /** Undefined: no file of symbols was given. */
  get table(): SymbolTable | undefined {
    return this.#table;
  }

  /** Names addresses. */
  get nameOf(): ((linear: number | bigint) => string | undefined) | undefined {
    const table = this.#table;
    return table && ((linear) => table.nameAt(linear));
  }

  /**
   * Finds where the kernel lies, if `--slide auto` asks for it. Until then, names stand for where it was linked.
   * @throws UsageError if no place fits.
   */
  settle(mmu: Mmu, note: (text: string) => void): void {
    if (!this.#unsettled || this.#table === undefined) return;
    const slide = findSlide(mmu, this.#table);
    if (slide === undefined) {
      throw new UsageError(
        `--slide auto finds no place where the symbols of ${this.#file} fit what is mapped, or several; are they of this kernel? else give --slide N`,
      );
    }
    note(`the kernel lies 0x${slide.toString(16)} from where its symbols have it`);
    this.#table = this.#table.slidBy(slide);
    this.#unsettled = false;
  }

  /**
   * An operand with the name in it replaced: `start_kernel` and `start_kernel+0x10` become numbers; numbers stay.
   * @throws UsageError for a name that there is not, and for any where no symbols were given.
   */
  resolve(operand: string): string {
    return this.#table === undefined ? unnamed(operand) : resolved(this.#table, this.#file, operand);
  }

  /** A range, in which `FIRST-LAST` and `FIRST+SIZE` may be names. @throws UsageError */
  range(told: string | undefined): AddressRange | undefined {
    if (told === undefined) return undefined;
    const [, first, sign, second] = /^([^-+]+)([-+])(.+)$/.exec(told) ?? [];
    // What is no range is told as such below.
    if (first === undefined || second === undefined) return parseRange(told, '--range', 64);
    const end = sign === '-' ? this.resolve(second) : second;
    return parseRange(`${this.resolve(first)}${sign}${end}`, '--range', 64);
  }

  /** Runs with the names of the symbols in them, behind that of their region. */
  named(runs: Iterable<MapRun>): Iterable<MapRun> {
    return this.#table === undefined ? runs : namedRuns(runs, this.#table);
  }
}

/** The symbols that the options name. @throws UsageError, InputError */
export function namesFrom(values: Values): Names {
  const file = text(values, 'symbols');
  const slide = text(values, 'slide');
  if (file === undefined) {
    if (slide !== undefined) throw new UsageError('--slide goes with --symbols, which names their file');
    return new Names(undefined, '', false);
  }
  const auto = slide === 'auto';
  const by = slide === undefined || auto ? 0n : BigInt(parseAddress(slide, '--slide'));
  return new Names(tableOf(file, by), file, auto);
}

/** An operand where there are no names. @throws UsageError for what can be nothing else. */
function unnamed(operand: string): string {
  if (isName(operand) && !/^[0-9a-f_]+$/i.test(operand)) {
    throw new UsageError(
      `'${operand}' is no address; symbols are taken from --symbols FILE, and a machine from --image FILE`,
    );
  }
  return operand;
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
