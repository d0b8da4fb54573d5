#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, type Command, type Invocation, type Options, parseArgsOptions } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, InputError, UsageError } from './errors.ts';
import { removeUnfinished } from './files.ts';
import { styleFor } from './terminal.ts';

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version') {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    process.stdout.write(`x86-paging ${(JSON.parse(manifest) as { version: string }).version}\n`);
    return EXIT.done;
  }
  if (name === undefined || name === '--help' || name === 'help') {
    const topic = COMMANDS.find((command) => command.name === rest[0]);
    process.stdout.write(topic === undefined ? overview() : help(topic));
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    throw new UsageError(
      `there is no command '${name}'; there are ${COMMANDS.map((known) => known.name).join(', ')}`,
    );
  }
  return await run(command, rest);
}

async function run(command: Command, args: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: parseArgsOptions(command), allowPositionals: true });
  } catch (error) {
    throw new UsageError(
      `${(error as Error).message.split('. ')[0]} (see x86-paging ${command.name} --help)`,
    );
  }
  const values = parsed.values as Invocation['values'];
  if (values['help']) {
    process.stdout.write(help(command));
    return EXIT.done;
  }
  if (command.operands === '' && parsed.positionals.length > 0) {
    throw new UsageError(
      `${command.name} takes no '${parsed.positionals[0]}' (see x86-paging ${command.name} --help)`,
    );
  }
  const told = values['color'] ? true : values['no-color'] ? false : undefined;
  return await command.run({
    values,
    operands: parsed.positionals,
    style: styleFor(process.stdout, told),
    json: values['json'] === true,
    print: (text) => process.stdout.write(`${text}\n`),
  });
}

function overview(): string {
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return `x86-paging: a byte-accurate x86 paging emulator

Usage: x86-paging COMMAND [OPTIONS]

${lines.join('\n')}

  x86-paging COMMAND --help   options and examples of a command
  x86-paging --version

Exit: 0 done · 1 a negative answer (a fault, a failed check) · 2 usage · 3 unreadable or bad input
`;
}

function help(command: Command): string {
  const usage = ['x86-paging', command.name, command.operands, '[OPTIONS]'].filter(Boolean).join(' ');
  return `${command.summary}

Usage: ${usage}

Options:
${optionLines({ ...command.options, ...COMMON_OPTIONS }).join('\n')}

Examples:
${command.examples.map((example) => `  ${example}`).join('\n')}
`;
}

function optionLines(options: Options): string[] {
  const heads = Object.entries(options).map(
    ([name, { value }]) => `--${name}${value === undefined ? '' : ` ${value}`}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return Object.values(options).map(({ help }, i) => `  ${heads[i]!.padEnd(width)}  ${help}`);
}

// A reader that has seen enough, such as head, closes the pipe: no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.on(signal, () => {
    removeUnfinished();
    process.exit(128 + number);
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof InputError)) throw error;
  process.stderr.write(`x86-paging: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.input;
}
