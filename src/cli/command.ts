import type { ParseArgsConfig } from 'node:util';
import type { Style } from '../render/index.ts';
import { UsageError } from './errors.ts';
import type { Sink } from './output.ts';
import type { Progress } from './terminal.ts';

/** An option of a command, as `parseArgs` takes it, with its help. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** One letter that stands for it. */
  readonly short?: string;
  /** Placeholder of its value, such as `SIZE`. */
  readonly value?: string;
  /** The values that it takes, where they can be listed. Others are refused before the command runs. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export type Options = Readonly<Record<string, OptionSpec>>;
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** What a command is given. */
export interface Invocation {
  readonly values: Values;
  readonly operands: readonly string[];
  /** For standard output. */
  readonly style: Style;
  readonly json: boolean;
  /** Columns of the terminal that the output goes to; undefined where it goes into a pipe or file, which wraps nothing. */
  readonly width: number | undefined;
  /** Writes a line of text, or several, for somebody to read: on a terminal no wider than it, controls made harmless. */
  readonly print: (text: string) => void;
  /** Writes a line for a program, as it is: JSON, SVG, a script. */
  readonly data: (text: string) => void;
  /** Writes a value as one line of JSON. It has a field `schema`, whose schema is in `schemas/`. */
  readonly printJson: (value: unknown) => void;
  /** Says something beside the answer, on standard error. */
  readonly note: (text: string) => void;
  /** Standard output itself, for bytes. */
  readonly stdout: Sink;
  /** A progress bar on standard error. */
  readonly progress: (label: string) => Progress;
}

/** One command of `x86-paging`: its help comes from the same description as its parsing. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the name on the command line, such as `ADDRESS…`. */
  readonly operands: string;
  /** What the operands may be, where that can be listed. */
  readonly operandChoices?: readonly string[];
  readonly options: Options;
  readonly examples: readonly string[];
  /** @returns the exit code. */
  run(invocation: Invocation): number | Promise<number>;
}

/** Options that every command has. */
export const COMMON_OPTIONS: Options = {
  json: { type: 'boolean', help: 'print JSON, one value a line' },
  color: { type: 'boolean', help: 'use colours, also when the output is no terminal' },
  'no-color': { type: 'boolean', help: 'use no colours' },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
};

/** A command's options in the form of `parseArgs`. */
export function parseArgsOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const all = { ...command.options, ...COMMON_OPTIONS };
  return Object.fromEntries(
    Object.entries(all).map(([name, { type, short }]) => [
      name,
      { type, ...(short !== undefined && { short }) },
    ]),
  );
}

/** The value of a string option. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The one operand of a command that takes one or none. @throws UsageError */
export function oneOperand(command: string, operands: readonly string[], what: string): string | undefined {
  if (operands.length > 1)
    throw new UsageError(`${command} takes one ${what}, and ${operands.length} are given`);
  return operands[0];
}

/** @throws UsageError if more than one of some options that exclude each other is given. */
export function atMostOne(values: Values, ...names: readonly string[]): void {
  const given = names.filter((name) => values[name] !== undefined && values[name] !== false);
  if (given.length > 1)
    throw new UsageError(`${given.map((name) => `--${name}`).join(' and ')} exclude each other`);
}
