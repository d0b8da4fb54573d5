/** A command line from its words to its exit code. Knows nothing of the process that it runs in. */

import { parseArgs } from 'node:util';
import { doAtEnd } from './at-end.ts';
import { COMMON_OPTIONS, type Command, type Invocation, parseArgsOptions, type Values } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, InputError, ReaderGone, UsageError } from './errors.ts';
import { fitTo, printable, printableStyled } from './fit.ts';
import { help, overview } from './help.ts';
import type { Sink } from './output.ts';
import { closest } from './suggest.ts';
import { progressBar, styleFor } from './terminal.ts';
import { packageVersion } from './version.ts';

/** Where a run gets and puts things. */
export interface Host {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: NodeJS.ProcessEnv;
}

/** Narrower, a terminal is taken to be as wide as this. */
const LEAST_COLUMNS = 20;

/** Runs a command line and says what is wrong with it. @returns the exit code. */
export async function runCommandLine(
  args: readonly string[],
  host: Host,
  commands: readonly Command[] = COMMANDS,
): Promise<number> {
  try {
    const code = await toTheEnd(() => dispatch(args, host, commands));
    host.stdout.flush();
    return code;
  } catch (error) {
    if (error instanceof ReaderGone) return EXIT.done;
    const { message, code } = explained(error, host.env);
    flushQuietly(host.stdout);
    tell(host.stderr, message);
    return code;
  }
}

/** Does work and what it left to be done at its end; of two failures the first is told. */
async function toTheEnd(work: () => Promise<number>): Promise<number> {
  let code: number;
  try {
    code = await work();
  } catch (error) {
    try {
      doAtEnd();
    } catch {
      // It follows from the first, as a rule.
    }
    throw error;
  }
  doAtEnd();
  return code;
}

/** A message for whoever runs this. If it cannot be written, nobody wants it. */
function tell(stderr: Sink, message: string): void {
  const text = printable(message);
  const columns = columnsOf(stderr);
  try {
    stderr.write(`${columns === undefined ? text : fitTo(text, columns)}\n`);
    stderr.flush();
  } catch {
    // Standard error is closed, or its disk full.
  }
}

/** What was printed before something went wrong still belongs to the answer, if it can be written. */
function flushQuietly(sink: Sink): void {
  try {
    sink.flush();
  } catch {
    // It is what went wrong, or something worse is told already.
  }
}

function explained(error: unknown, env: NodeJS.ProcessEnv): { message: string; code: number } {
  const { message, stack } = error as Error;
  if (error instanceof UsageError) return { message: `x86-paging: ${message}`, code: EXIT.usage };
  if (error instanceof InputError) return { message: `x86-paging: ${message}`, code: EXIT.input };
  const trace = env['X86_PAGING_TRACE'] ? `\n${stack}` : '; X86_PAGING_TRACE=1 shows where';
  return { message: `x86-paging: a mistake in this program: ${message}${trace}`, code: EXIT.bug };
}

async function dispatch(args: readonly string[], host: Host, commands: readonly Command[]): Promise<number> {
  const [name, ...rest] = args;
  const columns = columnsOf(host.stdout);
  if (name === '--version' || name === '-V') {
    host.stdout.write(`x86-paging ${packageVersion()}\n`);
    return EXIT.done;
  }
  if (name === undefined) {
    host.stderr.write(overview(commands, columnsOf(host.stderr)));
    host.stderr.flush();
    return EXIT.usage;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const [topic] = rest;
    host.stdout.write(
      topic === undefined ? overview(commands, columns) : help(commandOf(topic, commands), columns),
    );
    return EXIT.done;
  }
  return await run(commandOf(name, commands), rest, host);
}

function columnsOf(sink: Sink): number | undefined {
  return sink.columns === undefined ? undefined : Math.max(LEAST_COLUMNS, sink.columns);
}

function commandOf(name: string, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  if (name.startsWith('-')) {
    throw new UsageError(
      `'${name}' is no option of x86-paging itself, which has --help and --version; options of a command stand behind its name`,
    );
  }
  const names = commands.map((command) => command.name);
  const meant = closest(name, names);
  const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean '${meant}'?`;
  throw new UsageError(`there is no command '${name}'; ${hint}`);
}

async function run(command: Command, args: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = parse(command, args);
  const width = columnsOf(host.stdout);
  if (values['help']) {
    host.stdout.write(help(command, width));
    return EXIT.done;
  }
  checkChoices(command, values);
  if (command.operands === '' && positionals.length > 0) {
    throw new UsageError(
      `${command.name} takes no '${positionals[0]}' (see x86-paging ${command.name} --help)`,
    );
  }
  const told = values['color'] ? true : values['no-color'] ? false : undefined;
  const data = (text: string): void => host.stdout.write(`${text}\n`);
  const style = styleFor(host.stdout, host.env, told);
  const invocation: Invocation = {
    values,
    operands: positionals,
    style,
    json: values['json'] === true,
    width,
    data,
    print(text) {
      const safe = printableStyled(text);
      data(width === undefined ? safe : fitTo(safe, width));
    },
    note(text) {
      tell(host.stderr, `x86-paging: ${text}`);
    },
    printJson: (value) => data(jsonLine(value)),
    stdout: host.stdout,
    progress: (label) => progressBar(host.stderr, label),
  };
  return await command.run(invocation);
}

function parse(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: parseArgsOptions(command), allowPositionals: true }) as {
      values: Values;
      positionals: string[];
    };
  } catch (error) {
    const [message = ''] = (error as Error).message.split('. ');
    const names = Object.keys({ ...command.options, ...COMMON_OPTIONS }).map((name) => `--${name}`);
    const unknown = /^Unknown option '(--[^']+)'/.exec(message)?.[1];
    const meant = unknown === undefined ? undefined : closest(unknown, names);
    const hint = meant === undefined ? `see x86-paging ${command.name} --help` : `did you mean ${meant}?`;
    throw new UsageError(`${message} (${hint})`);
  }
}

function checkChoices({ options }: Command, values: Values): void {
  for (const [name, { choices }] of Object.entries(options)) {
    const value = values[name];
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    const meant = closest(value, choices);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw new UsageError(`--${name} '${value}' is none of ${choices.join(', ')}${hint}`);
  }
}

/** JSON on one line. Escapes what JSON leaves as it is but a terminal would obey. */
function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
