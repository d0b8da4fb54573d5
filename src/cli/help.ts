/** What `--help` prints, made from the descriptions that also parse the command line. */

import { wrap } from '../render/index.ts';
import { COMMON_OPTIONS, type Command, type Options } from './command.ts';

const EXIT_CODES =
  'Exit: 0 done · 1 a negative answer (a fault, a failed check) · 2 usage · 3 unreadable or bad input · 70 a mistake in this program';

/** All commands. @param width - Columns to fit; undefined: lines may be of any length. */
export function overview(commands: readonly Command[], width: number | undefined): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  const more = [
    ['x86-paging COMMAND --help', 'options and examples of a command'],
    ['x86-paging --version', ''],
  ] as const;
  return `x86-paging: a byte-accurate x86 paging emulator

Usage: x86-paging COMMAND [OPTIONS]

${hanging(rows, width).join('\n')}

${hanging(more, width).join('\n')}

${wrap(EXIT_CODES, width ?? Number.POSITIVE_INFINITY).join('\n')}
`;
}

/** One command: its usage, options and examples. */
export function help(command: Command, width: number | undefined): string {
  const usage = ['x86-paging', command.name, command.operands, '[OPTIONS]'].filter(Boolean).join(' ');
  return `${wrap(command.summary, width ?? Number.POSITIVE_INFINITY).join('\n')}

Usage: ${usage}

Options:
${hanging(optionRows({ ...command.options, ...COMMON_OPTIONS }), width).join('\n')}

Examples:
${command.examples.flatMap((example) => exampleLines(example, width)).join('\n')}
`;
}

/** An example as a shell takes it: a line that is too long goes on behind a backslash. */
function exampleLines(example: string, width: number | undefined): string[] {
  // Not inside quotes, where the indent would count: a space that is not one keeps their words together.
  const whole = example.replace(/"[^"]*"/g, (quoted) => quoted.replaceAll(' ', '\u00a0'));
  const lines = wrap(whole, (width ?? Number.POSITIVE_INFINITY) - 8).map((line) =>
    line.replaceAll('\u00a0', ' '),
  );
  return lines.map((line, i) => `${i === 0 ? '  ' : '      '}${line}${i < lines.length - 1 ? ' \\' : ''}`);
}

function optionRows(options: Options): (readonly [string, string])[] {
  return Object.entries(options).map(([name, { short, value, help }]) => {
    const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
    return [value === undefined ? names : `${names} ${value}`, help];
  });
}

/** Heads in one column, texts in the next; where that leaves the texts too little room, below their heads. */
function hanging(
  rows: readonly (readonly [head: string, text: string])[],
  width: number | undefined,
): string[] {
  const column = Math.max(...rows.map(([head]) => head.length)) + 4;
  if (width === undefined) return rows.map(([head, text]) => `  ${head.padEnd(column - 2)}${text}`.trimEnd());
  const indent = column > width / 2 ? 6 : column;
  return rows.flatMap(([head, text]) => {
    const lines = wrap(text, width - indent);
    const below = lines.map((line) => `${' '.repeat(indent)}${line}`.trimEnd());
    if (indent !== column) return [`  ${head}`, ...(text === '' ? [] : below)];
    return [`  ${head.padEnd(column - 2)}${lines[0] ?? ''}`.trimEnd(), ...below.slice(1)];
  });
}
