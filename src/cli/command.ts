import type { ParseArgsConfig } from 'node:util';
import type { Style } from '../render/index.ts';

/** An option of a command, as `parseArgs` takes it, with its help. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Placeholder of its value, such as `SIZE`. */
  readonly value?: string;
  /** The values that it takes, where they can be listed. */
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
  /** Writes a line of data to standard output. */
  readonly print: (text: string) => void;
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
  help: { type: 'boolean', help: 'show this help' },
};

/** A command's options in the form of `parseArgs`. */
export function parseArgsOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const all = { ...command.options, ...COMMON_OPTIONS };
  return Object.fromEntries(Object.entries(all).map(([name, { type }]) => [name, { type }]));
}

/** The value of a string option. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
